// How the last suggestion came about: its engine, its context and the prompt, in a read-only document.

import * as vscode from 'vscode';
import type { Session } from './server/session';

const SCHEME = 'segue-prompt';

interface LastCompletion {
  readonly engine: string;
  readonly text: string | null;
  readonly confidence: number;
  readonly cached: boolean;
  readonly reasonMessages: readonly string[];
  readonly postprocessMessages: readonly string[];
  readonly context: readonly { path: string; startLine: number; endLine: number; source: string }[];
  readonly timingsMs: Readonly<Record<string, number>>;
  readonly prompt: string | null;
}

export class LastCompletionView implements vscode.Disposable {
  private text = '';
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  private readonly uri = vscode.Uri.from({ scheme: SCHEME, path: 'Last completion.txt' });
  private readonly registration = vscode.workspace.registerTextDocumentContentProvider(SCHEME, {
    onDidChange: this.changed.event,
    provideTextDocumentContent: () => this.text,
  });

  constructor(private readonly session: Session) {}

  async show(): Promise<void> {
    if (!this.session.running) {
      void vscode.window.showInformationMessage('The Segue server is not running, so nothing was suggested.');
      return;
    }
    const last = await vscode.commands.executeCommand<LastCompletion | null>('segue.lastCompletion');
    if (!last) {
      void vscode.window.showInformationMessage('Segue has not suggested anything yet.');
      return;
    }
    this.text = render(last);
    this.changed.fire(this.uri);
    const document = await vscode.workspace.openTextDocument(this.uri);
    await vscode.window.showTextDocument(document, { viewColumn: vscode.ViewColumn.Beside, preview: true, preserveFocus: true });
  }

  dispose(): void {
    vscode.Disposable.from(this.changed, this.registration).dispose();
  }
}

/** Lay the answer out for reading. */
export function render(last: LastCompletion): string {
  const timings = Object.entries(last.timingsMs ?? {}).map(([name, ms]) => `${name} ${Math.round(ms * 10) / 10} ms`);
  const context = (last.context ?? []).map(
    ({ path, startLine, endLine, source }) => `  ${path}:${startLine + 1}-${endLine}  (${source})`,
  );
  return [
    `Engine:      ${last.engine}${last.cached ? ', from the cache' : ''}`,
    `Confidence:  ${Math.round(last.confidence * 100)} %`,
    `Time:        ${timings.join(', ')}`,
    ...(last.reasonMessages?.length ? [`Not shown:   ${last.reasonMessages.join(' ')}`] : []),
    ...(last.postprocessMessages?.length ? [`Processing:  ${last.postprocessMessages.join(', ')}`] : []),
    `Context:     ${context.length ? '' : 'none'}`,
    ...context,
    '',
    '──── suggestion ────',
    last.text ?? '(nothing)',
    '',
    '──── prompt, as it was sent to the model ────',
    last.prompt ?? '(no model was asked)',
    '',
  ].join('\n');
}
