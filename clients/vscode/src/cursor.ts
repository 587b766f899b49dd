// Tells the server where the user looks: the document in front, the cursor, the lines on the screen.

import * as vscode from 'vscode';
import { DidChangeCursor, DidFocus } from './protocol';
import { quietReason } from './quiet';
import type { Session } from './server/session';

const THROTTLE_MS = 200;

export class CursorReporter implements vscode.Disposable {
  private timer: NodeJS.Timeout | undefined;
  private lastEdit = -1;
  private readonly disposables: vscode.Disposable[];

  constructor(private readonly session: Session) {
    this.disposables = [
      vscode.window.onDidChangeActiveTextEditor((editor) => this.focus(editor)),
      vscode.window.onDidChangeTextEditorSelection(({ textEditor }) => this.schedule(textEditor)),
      vscode.window.onDidChangeTextEditorVisibleRanges(({ textEditor }) => this.schedule(textEditor)),
      vscode.workspace.onDidChangeTextDocument(({ document }) => (this.lastEdit = document.version)),
      session.onDidStart(() => this.focus(vscode.window.activeTextEditor)),
    ];
  }

  private focus(editor: vscode.TextEditor | undefined): void {
    if (editor && !quietReason(editor.document)) {
      void this.session.running?.sendNotification(DidFocus, { textDocument: { uri: this.uri(editor.document) } });
      this.schedule(editor);
    }
  }

  private schedule(editor: vscode.TextEditor): void {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.report(vscode.window.activeTextEditor ?? editor);
    }, THROTTLE_MS);
  }

  /** A cursor that moved because of typing is known to the server from the change itself. */
  private report(editor: vscode.TextEditor): void {
    const client = this.session.running;
    const { document } = editor;
    if (!client || quietReason(document) || document.version === this.lastEdit) {
      this.lastEdit = -1;
      return;
    }
    const visible = editor.visibleRanges[0];
    void client.sendNotification(DidChangeCursor, {
      textDocument: { uri: this.uri(document), version: document.version },
      position: client.code2ProtocolConverter.asPosition(editor.selection.active),
      ...(visible ? { visible: client.code2ProtocolConverter.asRange(visible) } : {}),
    });
  }

  private uri(document: vscode.TextDocument): string {
    return this.session.running?.code2ProtocolConverter.asUri(document.uri) ?? document.uri.toString();
  }

  dispose(): void {
    clearTimeout(this.timer);
    vscode.Disposable.from(...this.disposables).dispose();
  }
}
