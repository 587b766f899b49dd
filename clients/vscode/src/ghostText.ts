// Inline completions: what stands between the editor's request and the language client, and what is told back.

import * as vscode from 'vscode';
import type { Middleware } from 'vscode-languageclient/node';
import { Dismissed } from './dismissed';
import type { Pause } from './pause';
import { DidPartiallyAccept, DidReject, DidShowCompletion, feedback, RefreshNotification } from './protocol';
import { quietReason } from './quiet';
import type { Session } from './server/session';
import { ShownItem } from './shownItem';

type Provide = NonNullable<Middleware['provideInlineCompletionItems']>;

/** An item counts as seen when it has stayed this long. */
const SEEN_MS = 80;
/** A server that starts so soon after a key is asked what the one before it owed. */
const OWED_MS = 30_000;

export class GhostText implements vscode.Disposable {
  private shown: ShownItem | undefined;
  private reported = false;
  private timer: NodeJS.Timeout | undefined;
  private refreshing = false;
  private lastChange = 0;
  private readonly dismissed = new Dismissed();
  private readonly disposables: vscode.Disposable[] = [];
  private readonly visibility = new vscode.EventEmitter<boolean>();
  /** Fires when a suggestion appears or goes, as far as an extension can know. */
  readonly onDidChangeVisibility = this.visibility.event;
  private readonly nextEdits = new vscode.EventEmitter<void>();
  /** Fires when the server has better next edits than those it gave. */
  readonly onDidImproveNextEdits = this.nextEdits.event;

  constructor(
    private readonly session: Session,
    private readonly pause: Pause,
    private readonly log: vscode.LogOutputChannel,
  ) {
    this.disposables.push(
      vscode.workspace.onDidChangeTextDocument((event) => this.documentChanged(event)),
      vscode.window.onDidChangeTextEditorSelection((event) => this.cursorMoved(event)),
      vscode.window.onDidChangeActiveTextEditor(() => this.gone('moved')),
      session.onDidStart((client) => {
        client.onNotification(RefreshNotification, ({ textDocument, feature }) =>
          feature === 'nextEdits' ? this.nextEdits.fire() : void this.refresh(textDocument),
        );
        // Once `start` is done the client's features are there.
        void client.start().then(
          () => this.catchUp(),
          () => undefined,
        );
      }),
    );
  }

  get isVisible(): boolean {
    return this.shown !== undefined;
  }

  /** Middleware of the language client. */
  readonly provide: Provide = async (document, position, context, token, next) => {
    if (quietReason(document) || this.pause.reason(document.languageId)) {
      return undefined;
    }
    const began = performance.now();
    const automatic = vscode.InlineCompletionTriggerKind.Automatic;
    const result = await next(document, position, this.refreshing ? { ...context, triggerKind: automatic } : context, token);
    const given = Array.isArray(result) ? result : (result?.items ?? []);
    const asked = context.triggerKind === vscode.InlineCompletionTriggerKind.Invoke && !this.refreshing;
    const items = asked ? given : given.filter((item) => !this.isDismissed(document, position, item));
    if (token.isCancellationRequested || !items.length) {
      return items;
    }
    this.log.debug(`${items.length} suggestion(s) after ${Math.round(performance.now() - began)} ms`);
    this.offer(document, position, items[0]);
    return items;
  };

  private isDismissed(document: vscode.TextDocument, position: vscode.Position, item: vscode.InlineCompletionItem): boolean {
    const text = typeof item.insertText === 'string' ? item.insertText : item.insertText.value;
    return this.dismissed.holds({ uri: document.uri.toString(), line: position.line, text });
  }

  /** Take away what is shown; it does not come back on this line. */
  async dismiss(): Promise<void> {
    const item = this.shown;
    const editor = vscode.window.activeTextEditor;
    if (item && editor?.document.uri.toString() === item.uri) {
      const line = editor.document.positionAt(item.offset).line;
      this.dismissed.note({ uri: item.uri, line, text: item.text });
      this.gone('dismissed');
    }
    await vscode.commands.executeCommand('editor.action.inlineSuggest.hide');
  }

  private offer(document: vscode.TextDocument, position: vscode.Position, item: vscode.InlineCompletionItem | undefined): void {
    const id: unknown = item?.command?.arguments?.[0];
    if (!item || typeof id !== 'string' || typeof item.insertText !== 'string') {
      return;
    }
    if (this.shown?.id === id) {
      return;
    }
    const before = item.range ? document.getText(new vscode.Range(item.range.start, position)) : '';
    const text = item.insertText.startsWith(before) ? item.insertText.slice(before.length) : item.insertText;
    const inserted = document.eol === vscode.EndOfLine.CRLF ? text.replace(/\r?\n/g, '\r\n') : text;
    this.shown = new ShownItem(id, document.uri.toString(), document.offsetAt(position), inserted);
    this.reported = false;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.seen(id), SEEN_MS);
    this.visibility.fire(true);
  }

  private seen(id: string): void {
    if (this.shown?.id === id && !this.reported) {
      this.reported = true;
      void this.session.running?.sendNotification(DidShowCompletion, feedback(id));
    }
  }

  private documentChanged(event: vscode.TextDocumentChangeEvent): void {
    if (event.contentChanges.length && event.document === vscode.window.activeTextEditor?.document) {
      this.lastChange = Date.now();
    }
    const item = this.shown;
    if (!item || event.document.uri.toString() !== item.uri || !event.contentChanges.length) {
      return;
    }
    const start = event.document.positionAt(item.offset);
    const end = event.document.positionAt(item.offset + item.length);
    const outcome = item.change(event.contentChanges, event.document.getText(new vscode.Range(start, end)));
    if (outcome.kind === 'partly') {
      const params = { ...feedback(item.id), acceptedLength: outcome.acceptedLength };
      void this.session.running?.sendNotification(DidPartiallyAccept, params);
    } else if (outcome.kind !== 'alive') {
      this.gone(outcome.kind === 'rejected' ? outcome.reason : '');
    }
  }

  private cursorMoved(event: vscode.TextEditorSelectionChangeEvent): void {
    const item = this.shown;
    if (!item || event.textEditor.document.uri.toString() !== item.uri) {
      return;
    }
    const cursor = event.textEditor.document.offsetAt(event.selections[0]?.active ?? new vscode.Position(0, 0));
    if (cursor !== item.cursor) {
      this.gone('moved');
    }
  }

  /** The suggestion is no longer on the screen; with a reason, it went without being used. */
  private gone(reason: string): void {
    const item = this.shown;
    if (!item) {
      return;
    }
    this.shown = undefined;
    clearTimeout(this.timer);
    if (reason && this.reported) {
      void this.session.running?.sendNotification(DidReject, { id: item.id, reason });
    }
    this.visibility.fire(false);
  }

  /** The server has a better answer than the one it gave: ask again, if the text is still the same. */
  private async refresh(target: { readonly uri: string; readonly version: number }): Promise<void> {
    const document = vscode.window.activeTextEditor?.document;
    if (!document || document.uri.toString() !== vscode.Uri.parse(target.uri).toString() || document.version !== target.version) {
      return;
    }
    await this.askAgain();
  }

  /** What was typed while no server ran had no answer, and the editor asks at the next key only. */
  private async catchUp(): Promise<void> {
    if (!this.isVisible && Date.now() - this.lastChange < OWED_MS) {
      await this.askAgain();
    }
  }

  private async askAgain(): Promise<void> {
    this.refreshing = true;
    try {
      await vscode.commands.executeCommand('editor.action.inlineSuggest.trigger');
    } finally {
      this.refreshing = false;
    }
  }

  dispose(): void {
    clearTimeout(this.timer);
    vscode.Disposable.from(...this.disposables, this.visibility, this.nextEdits).dispose();
  }
}
