// Tells the server what other extensions report: a model is asked for next edits where errors are.

import * as vscode from 'vscode';
import { DidChangeDiagnostics } from './protocol';
import { quietReason } from './quiet';
import type { Session } from './server/session';

const THROTTLE_MS = 300;

export class DiagnosticsReporter implements vscode.Disposable {
  private timer: NodeJS.Timeout | undefined;
  private readonly waiting = new Map<string, vscode.Uri>();
  private readonly reported = new Set<string>();
  private readonly subscription: vscode.Disposable;

  constructor(private readonly session: Session) {
    this.subscription = vscode.languages.onDidChangeDiagnostics(({ uris }) => {
      uris.forEach((uri) => this.waiting.set(uri.toString(), uri));
      this.timer ??= setTimeout(() => this.report(), THROTTLE_MS);
    });
  }

  /** Of open documents only, and of those that had errors and have none any more. */
  private report(): void {
    this.timer = undefined;
    const client = this.session.running;
    const open = new Map(vscode.workspace.textDocuments.map((document) => [document.uri.toString(), document]));
    for (const [key, uri] of this.waiting) {
      const document = open.get(key);
      const errors = vscode.languages
        .getDiagnostics(uri)
        .filter(({ severity }) => severity === vscode.DiagnosticSeverity.Error);
      if (!client || !document || quietReason(document) || (errors.length === 0 && !this.reported.delete(key))) {
        continue;
      }
      if (errors.length > 0) {
        this.reported.add(key);
      }
      void client.sendNotification(DidChangeDiagnostics, {
        textDocument: { uri: client.code2ProtocolConverter.asUri(uri) },
        diagnostics: errors.map((error) => ({
          range: client.code2ProtocolConverter.asRange(error.range),
          severity: 1,
          message: error.message,
        })),
      });
    }
    this.waiting.clear();
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.subscription.dispose();
  }
}
