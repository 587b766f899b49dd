// Next edits on the screen: when to ask, what is shown, and what Tab and Escape do.

import * as vscode from 'vscode';
import type { GhostText } from '../ghostText';
import type { Pause } from '../pause';
import { DidReject, DidShowInlineEdit, feedback } from '../protocol';
import { quietReason } from '../quiet';
import type { Session } from '../server/session';
import { clientSetting } from '../settings';
import { Drawing, toRange } from './drawing';
import { insertion, moveRange, placeOf } from './edit';
import { askNextEdits, type Answer, type Proposal } from './source';
import { TabKey } from './tab';

const AFTER_EDIT_MS = 120;
const AFTER_MOVE_MS = 300;
/** A moved cursor is a reason to ask only while the user is in the middle of a change. */
const EDITING_MS = 10_000;
const UNDO_STOPS = { undoStopBefore: true, undoStopAfter: true };
const VISIBLE = 'segue.nextEditVisible';
const TAB = 'segue.nextEditTab';

export class NextEdits implements vscode.Disposable {
  private readonly drawing = new Drawing();
  private current: Proposal | undefined;
  private answer: Answer | undefined;
  private pending: vscode.CancellationTokenSource | undefined;
  private timer: NodeJS.Timeout | undefined;
  private lastEdit = 0;
  private readonly key = new TabKey(() => this.draw());
  private applying = false;
  private readonly disposables: vscode.Disposable[];

  constructor(
    private readonly session: Session,
    private readonly pause: Pause,
    private readonly ghost: GhostText,
    private readonly log: vscode.LogOutputChannel,
  ) {
    this.disposables = [
      this.drawing,
      vscode.workspace.onDidChangeTextDocument((event) => this.documentChanged(event)),
      vscode.window.onDidChangeTextEditorSelection((event) => this.cursorMoved(event)),
      vscode.window.onDidChangeActiveTextEditor(() => this.draw()),
      vscode.window.onDidChangeVisibleTextEditors(() => this.draw()),
      ghost.onDidChangeVisibility(() => this.draw()),
      ghost.onDidImproveNextEdits(() => this.schedule(0)),
      pause.onDidChange(() => this.clear()),
      session.onDidEnd(() => this.clear()),
    ];
  }

  /** The answer of the server for the text as it is, for the list of next edits. */
  async ask(): Promise<Answer | undefined> {
    const editor = vscode.window.activeTextEditor;
    if (!editor || !this.isWelcome(editor.document)) {
      return undefined;
    }
    this.pending?.cancel();
    const source = (this.pending = new vscode.CancellationTokenSource());
    const { document } = editor;
    const version = document.version;
    try {
      const answer = await askNextEdits(this.session, document, editor.selection.active, source.token);
      return source.token.isCancellationRequested || document.version !== version ? undefined : answer;
    } catch (error) {
      this.log.debug(`No next edits: ${String(error)}`);
      return undefined;
    }
  }

  /** Ask and show the best edit; `manual` shows it even where the gate would rather not. */
  async update(manual: boolean): Promise<void> {
    const answer = await this.ask();
    if (!answer) {
      return;
    }
    this.answer = answer;
    const [best] = answer.proposals;
    if (best && (answer.shown || manual)) {
      this.show(best);
    } else {
      this.clear();
      if (manual) {
        vscode.window.setStatusBarMessage(`Segue: ${answer.silence || 'no next edit'}`, 4000);
      }
    }
  }

  /** Show one edit of the list. */
  show(proposal: Proposal): void {
    const isNew = proposal.id !== this.current?.id;
    this.current = proposal;
    this.draw();
    if (isNew) {
      void this.session.running?.sendNotification(DidShowInlineEdit, feedback(proposal.id));
    }
  }

  /** What Tab does: go to the edit, or apply it when the cursor is there. Another key does it in front of a line's text too. */
  tab(key = ''): Promise<void> {
    const editor = vscode.window.activeTextEditor;
    if (key === 'tab' && editor && this.current && !this.tabIsOurs(editor, this.isAt(editor, this.current))) {
      return Promise.resolve(); // the key came before the editor knew of the line that was begun
    }
    return this.key.press(
      () => this.follow(),
      () => this.update(false),
    );
  }

  /** Returns whether an edit was applied, so that the next one is to be asked for. */
  private async follow(): Promise<boolean> {
    const proposal = this.current;
    const editor = vscode.window.activeTextEditor;
    if (!proposal) {
      return false;
    }
    if (!editor || !this.isAt(editor, proposal)) {
      await this.jump(proposal);
      return false;
    }
    return proposal.placeOnly ? this.leavePlace() : this.accept(editor, proposal);
  }

  dismiss(): void {
    if (this.current) {
      void this.session.running?.sendNotification(DidReject, { id: this.current.id, reason: 'dismissed' });
    }
    clearTimeout(this.timer);
    this.pending?.cancel();
    this.clear();
  }

  async jump(proposal: Proposal): Promise<void> {
    this.show(proposal);
    const start = toRange(placeOf(proposal)).start;
    const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(proposal.uri));
    if (this.current !== proposal) {
      return;
    }
    // With the cursor at its place from the first moment on: what is typed meanwhile must not land elsewhere in that file.
    const editor = await vscode.window.showTextDocument(document, { preview: false, selection: new vscode.Range(start, start) });
    editor.revealRange(new vscode.Range(start, start), vscode.TextEditorRevealType.InCenterIfOutsideViewport);
    this.draw();
  }

  private async accept(editor: vscode.TextEditor, proposal: Proposal): Promise<boolean> {
    if (editor.document.getText(toRange(proposal.range)) !== proposal.oldText) {
      this.clear();
      return false;
    }
    const { range, before, selected, after } = insertion(proposal);
    const snippet = new vscode.SnippetString().appendText(before);
    (selected ? snippet.appendPlaceholder(selected, 0) : snippet.appendTabstop(0)).appendText(after);
    this.applying = true;
    try {
      // A snippet places the cursor in the same step: a cursor that is set afterwards undoes what was typed meanwhile.
      if (!(await editor.insertSnippet(snippet, toRange(range), { ...UNDO_STOPS, keepWhitespace: true }))) {
        // Something was typed in the meantime, which was not followed.
        this.clear();
        this.schedule(AFTER_EDIT_MS);
        return false;
      }
    } finally {
      this.applying = false;
    }
    this.clear();
    if (proposal.command) {
      await vscode.commands.executeCommand(proposal.command.command, ...(proposal.command.arguments ?? []));
    }
    this.lastEdit = Date.now();
    return true;
  }

  private async leavePlace(): Promise<boolean> {
    const command = this.current?.command;
    this.clear();
    if (command) {
      await vscode.commands.executeCommand(command.command, ...(command.arguments ?? []));
    }
    return false;
  }

  private documentChanged(event: vscode.TextDocumentChangeEvent): void {
    if (!event.contentChanges.length || this.applying) {
      return;
    }
    this.key.release();
    const current = this.current;
    if (current && event.document.uri.toString() === current.uri) {
      const range = event.contentChanges.reduce<Proposal['range'] | undefined>(
        (place, { range: changed, text }) => place && moveRange(place, { range: changed, text }),
        current.range,
      );
      if (range) {
        this.current = { ...current, range };
        this.draw();
      } else {
        this.clear();
      }
    }
    const editor = vscode.window.activeTextEditor;
    if (editor?.document === event.document) {
      this.lastEdit = Date.now();
      this.schedule(AFTER_EDIT_MS);
    }
  }

  private cursorMoved(event: vscode.TextEditorSelectionChangeEvent): void {
    const byUser =
      event.kind === vscode.TextEditorSelectionChangeKind.Keyboard || event.kind === vscode.TextEditorSelectionChangeKind.Mouse;
    if (byUser) {
      this.key.release();
    }
    this.draw();
    if (!this.current && event.kind !== undefined && Date.now() - this.lastEdit < EDITING_MS) {
      this.schedule(AFTER_MOVE_MS);
    }
  }

  private schedule(delayMs: number): void {
    clearTimeout(this.timer);
    if (clientSetting('nextEdits', true)) {
      this.timer = setTimeout(() => void this.update(false), delayMs);
    }
  }

  private isWelcome(document: vscode.TextDocument): boolean {
    return !quietReason(document) && !this.pause.reason(document.languageId);
  }

  private isAt(editor: vscode.TextEditor, proposal: Proposal): boolean {
    if (editor.document.uri.toString() !== proposal.uri) {
      return false;
    }
    const { start, end } = placeOf(proposal);
    const line = editor.selection.active.line;
    return line >= start.line && line <= Math.max(start.line, end.line);
  }

  /** Bring decorations and context keys in line with the state. */
  private draw(): void {
    const proposal = this.current;
    this.drawing.clear();
    const active = vscode.window.activeTextEditor;
    if (!proposal || !active) {
      this.setKeys(this.key.isBusy, this.key.isBusy);
      return;
    }
    const here = this.isAt(active, proposal);
    const hidden = this.ghost.isVisible;
    let place = { line: active.selection.active.line, pad: 2 };
    for (const editor of vscode.window.visibleTextEditors) {
      if (editor.document.uri.toString() === proposal.uri && !(hidden && here)) {
        const below = this.drawing.showEdit(editor, proposal);
        place = here && editor === active && below ? below : place;
      }
    }
    const tab = this.tabIsOurs(active, here);
    if (!hidden && !quietReason(active.document)) {
      this.drawing.showHint(active, place, this.hintText(active, proposal, here, tab));
    }
    this.setKeys(true, tab);
  }

  private hintText(editor: vscode.TextEditor, proposal: Proposal, here: boolean, tab: boolean): string {
    const key = tab ? 'Tab' : 'Alt+Enter';
    if (here) {
      return proposal.placeOnly ? `${key}: done here` : `${key}: accept  Esc: dismiss`;
    }
    const { start } = placeOf(proposal);
    const place =
      editor.document.uri.toString() === proposal.uri
        ? `line ${start.line + 1} ${start.line < editor.selection.active.line ? '↑' : '↓'}`
        : `${vscode.workspace.asRelativePath(vscode.Uri.parse(proposal.uri))}:${start.line + 1}`;
    return `${key}: go to ${place}${proposal.reason ? ` (${proposal.reason})` : ''}`;
  }

  private tabIsOurs(editor: vscode.TextEditor, here: boolean): boolean {
    const { active } = editor.selection;
    return this.key.isOurs(here, editor.document.lineAt(active.line).text.slice(0, active.character));
  }

  private setKeys(visible: boolean, tab: boolean): void {
    void vscode.commands.executeCommand('setContext', VISIBLE, visible);
    void vscode.commands.executeCommand('setContext', TAB, visible && tab);
  }

  private clear(): void {
    this.current = undefined;
    this.draw();
  }

  /** What the server said last, for whoever asks why nothing is shown. */
  get lastAnswer(): Answer | undefined {
    return this.answer;
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.pending?.cancel();
    vscode.Disposable.from(...this.disposables).dispose();
  }
}
