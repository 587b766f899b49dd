// After a change that Segue made: what the editor's own checkers say of it, and the offer to take it back.

import * as vscode from 'vscode';
import { difference } from '../nextEdit/edit';
import { toRange } from '../nextEdit/drawing';
import { compared, type Problem } from './problems';

const SETTLED_MS = 1_500; // checkers report in several steps
const LONGEST_MS = 60_000;
const SHOWN_MS = 10_000;
const REVERT = 'Revert the Change';

/** A document as it was before a change. */
export interface Before {
  readonly uri: vscode.Uri;
  readonly version: number;
  readonly text: string;
  readonly problems: readonly Problem[];
}

export function noted(document: vscode.TextDocument): Before {
  return { uri: document.uri, version: document.version, text: document.getText(), problems: reported(document.uri) };
}

/** Watches one document at a time, until somebody else changes it or nothing is reported any more. */
export class ProblemWatch implements vscode.Disposable {
  private watching: vscode.Disposable | undefined;

  /** Compare what is reported of a document from now on with what was reported `before` it was changed. */
  start(document: vscode.TextDocument, before: Before): void {
    this.watching?.dispose();
    const after = document.getText();
    if (after === before.text) {
      return;
    }
    let settled: NodeJS.Timeout | undefined;
    const stop = (): void => this.watching?.dispose();
    const limit = setTimeout(stop, LONGEST_MS);
    this.watching = vscode.Disposable.from(
      { dispose: () => [settled, limit].forEach(clearTimeout) },
      vscode.workspace.onDidCloseTextDocument((closed) => closed === document && stop()),
      vscode.workspace.onDidChangeTextDocument((event) => event.document === document && document.getText() !== after && stop()),
      vscode.languages.onDidChangeDiagnostics(({ uris }) => {
        if (uris.some((uri) => uri.toString() === document.uri.toString())) {
          clearTimeout(settled);
          settled = setTimeout(() => void this.judge(document, before, after), SETTLED_MS);
        }
      }),
    );
  }

  private async judge(document: vscode.TextDocument, before: Before, after: string): Promise<void> {
    const now = reported(document.uri);
    const { fewer, added, first } = compared(before.problems, now);
    const more = now.length - before.problems.length;
    if (more <= 0) {
      vscode.window.setStatusBarMessage(`Segue: problems after the change: ${fewer} fewer, ${added} new`, SHOWN_MS);
      return;
    }
    this.watching?.dispose();
    const what = more === 1 ? 'There is 1 more problem' : `There are ${more} more problems`;
    const choice = await vscode.window.showWarningMessage(`${what} than before the change: ${first}`, REVERT, 'Keep It');
    if (choice === REVERT) {
      await revert(document, before, after);
    }
  }

  dispose(): void {
    this.watching?.dispose();
  }
}

function reported(uri: vscode.Uri): Problem[] {
  return vscode.languages
    .getDiagnostics(uri)
    .filter(({ severity }) => severity <= vscode.DiagnosticSeverity.Warning)
    .map(({ source, message }) => ({ source: source ?? '', message }));
}

async function revert(document: vscode.TextDocument, before: Before, after: string): Promise<void> {
  if (document.isClosed || document.getText() !== after) {
    void vscode.window.showWarningMessage('Segue: the file has changed since; undo takes the changes back one by one.');
    return;
  }
  const whole = { start: document.positionAt(0), end: document.positionAt(after.length) };
  const { start, end, inserted } = difference({ ...EDIT, uri: document.uri.toString(), range: whole, oldText: after, text: before.text });
  const edit = new vscode.WorkspaceEdit();
  edit.replace(document.uri, toRange({ start, end }), inserted);
  await vscode.workspace.applyEdit(edit);
}

const EDIT = { kind: 'change', confidence: 1, reason: '' };
