// A change that the user asked for, shown in place as a diff: nothing is changed before a hunk, or all of them, is accepted.

import * as vscode from 'vscode';
import { addition, toRange } from '../nextEdit/drawing';
import type { Edit } from '../nextEdit/edit';
import { preview } from '../nextEdit/layout';
import { applied, hunkAt, moved, type Hunk } from './hunks';
import { noted, type Before, type ProblemWatch } from './watch';

const VISIBLE = 'segue.changeVisible';
const SCHEME = 'segue-change';

interface Review {
  readonly uri: vscode.Uri;
  readonly title: string;
  readonly warning: string;
  hunks: readonly Hunk[];
  /** The document before the first hunk was accepted. */
  before?: Before;
}

export class ChangeReview implements vscode.CodeLensProvider, vscode.TextDocumentContentProvider, vscode.Disposable {
  private review: Review | undefined;
  private written: { readonly uri: vscode.Uri; readonly range: vscode.Range; text: string } | undefined;
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChangeCodeLenses = this.changed.event;
  private readonly removed = vscode.window.createTextEditorDecorationType({
    isWholeLine: true,
    backgroundColor: new vscode.ThemeColor('diffEditor.removedLineBackground'),
    overviewRulerColor: new vscode.ThemeColor('editorOverviewRuler.modifiedForeground'),
    overviewRulerLane: vscode.OverviewRulerLane.Center,
  });
  private readonly struck = vscode.window.createTextEditorDecorationType({
    textDecoration: 'line-through',
    backgroundColor: new vscode.ThemeColor('diffEditor.removedTextBackground'),
  });
  private readonly added = vscode.window.createTextEditorDecorationType({});
  private readonly disposables: vscode.Disposable[];

  constructor(private readonly problems: ProblemWatch) {
    this.disposables = [
      this.changed,
      this.removed,
      this.struck,
      this.added,
      vscode.languages.registerCodeLensProvider([{ scheme: 'file' }, { scheme: 'untitled' }], this),
      vscode.workspace.registerTextDocumentContentProvider(SCHEME, this),
      vscode.workspace.onDidChangeTextDocument((event) => this.documentChanged(event)),
      vscode.window.onDidChangeVisibleTextEditors(() => this.draw()),
    ];
  }

  /** Show what is being written for a range, beside what it replaces. */
  stream(uri: vscode.Uri, range: vscode.Range, piece: string): void {
    this.end();
    this.written = { uri, range, text: (this.written?.text ?? '') + piece };
    this.draw();
  }

  /** Show a change, hunk by hunk; what was streamed goes. */
  open(document: vscode.TextDocument, edits: readonly vscode.TextEdit[], title: string, warning: string): void {
    const hunks = edits.map(({ range, newText }, id) => ({ id, range, oldText: document.getText(range), text: newText }));
    this.written = undefined;
    this.review = { uri: document.uri, title, warning, hunks };
    this.draw();
    const first = hunks[0];
    const editor = vscode.window.visibleTextEditors.find((one) => one.document === document);
    if (first && editor) {
      editor.revealRange(toRange(first.range), vscode.TextEditorRevealType.InCenterIfOutsideViewport);
    }
  }

  /** Leave everything as it is. */
  close(): void {
    this.written = undefined;
    this.end();
    this.draw();
  }

  /** Accept one hunk: the one at the cursor unless another is named. */
  accept(id?: number): Promise<void> {
    return this.apply(this.chosen(id));
  }

  acceptAll(): Promise<void> {
    return this.apply(this.review?.hunks ?? []);
  }

  /** Take one hunk from the screen: the one at the cursor unless another is named. */
  reject(id?: number): void {
    const gone = this.chosen(id);
    if (this.review) {
      this.review.hunks = this.review.hunks.filter((hunk) => !gone.includes(hunk));
      this.draw();
    }
  }

  provideCodeLenses(document: vscode.TextDocument): vscode.CodeLens[] {
    const review = this.review;
    if (!review || review.uri.toString() !== document.uri.toString()) {
      return [];
    }
    const many = review.hunks.length > 1;
    return review.hunks.flatMap(({ id, range }, index) => {
      const at = new vscode.Range(range.start.line, 0, range.start.line, 0);
      const lens = (title: string, command: string, ...args: unknown[]): vscode.CodeLens =>
        new vscode.CodeLens(at, { title, command, arguments: args });
      return [
        lens('$(check) Accept', 'segue.acceptHunk', id),
        lens('$(x) Reject', 'segue.rejectHunk', id),
        ...(index === 0
          ? [
              ...(many ? [lens(`$(check-all) Accept all ${review.hunks.length}`, 'segue.acceptChange'), lens('$(close-all) Reject all', 'segue.rejectChange')] : []),
              lens('$(diff) Show as a diff', 'segue.showChangeAsDiff'),
              ...(review.warning ? [lens(`$(warning) ${review.warning}`, '')] : []),
            ]
          : []),
      ];
    });
  }

  provideTextDocumentContent(): string {
    const document = vscode.workspace.textDocuments.find(({ uri }) => uri.toString() === this.review?.uri.toString());
    return document && this.review
      ? applied(document.getText(), this.review.hunks, (at) => document.offsetAt(new vscode.Position(at.line, at.character)))
      : '';
  }

  /** Show the document beside what it would be. */
  async showAsDiff(): Promise<void> {
    const { uri, title } = this.review ?? {};
    if (uri) {
      const then = uri.with({ scheme: SCHEME, query: String(Date.now()) });
      await vscode.commands.executeCommand('vscode.diff', uri, then, title);
    }
  }

  private chosen(id: number | undefined): readonly Hunk[] {
    const hunks = this.review?.hunks ?? [];
    const line = vscode.window.activeTextEditor?.selection.active.line ?? 0;
    const hunk = id === undefined ? hunkAt(hunks, line) : hunks.find((one) => one.id === id);
    return hunk ? [hunk] : [];
  }

  private async apply(hunks: readonly Hunk[]): Promise<void> {
    const review = this.review;
    if (!review || !hunks.length) {
      return;
    }
    const document = await vscode.workspace.openTextDocument(review.uri);
    const edit = new vscode.WorkspaceEdit();
    for (const { range, text } of hunks) {
      edit.replace(review.uri, toRange(range), text);
    }
    if (hunks.some(({ range, oldText }) => document.getText(toRange(range)) !== oldText)) {
      void vscode.window.showWarningMessage('Segue: the text there has changed since; nothing was inserted.');
      return;
    }
    const rest = review.hunks.filter((hunk) => !hunks.includes(hunk));
    review.before ??= noted(document);
    // The change event moves what is left; what is accepted is none of it any more.
    review.hunks = rest;
    await vscode.workspace.applyEdit(edit);
    this.draw();
  }

  private documentChanged({ document, contentChanges }: vscode.TextDocumentChangeEvent): void {
    if (this.written?.uri.toString() === document.uri.toString() && contentChanges.length) {
      this.written = undefined;
    }
    if (this.review?.uri.toString() === document.uri.toString() && contentChanges.length) {
      this.review.hunks = moved(this.review.hunks, contentChanges);
      this.draw();
    }
  }

  /** Nothing is left to decide about; what was accepted is compared with what was there before. */
  private end(): void {
    const { uri, before } = this.review ?? {};
    this.review = undefined;
    const document = vscode.workspace.textDocuments.find((one) => one.uri.toString() === uri?.toString());
    if (document && before) {
      this.problems.start(document, before);
    }
  }

  private draw(): void {
    if (this.review && !this.review.hunks.length) {
      this.end();
    }
    for (const editor of vscode.window.visibleTextEditors) {
      this.drawIn(editor);
    }
    void vscode.commands.executeCommand('setContext', VISIBLE, this.review !== undefined);
    this.changed.fire();
  }

  private drawIn(editor: vscode.TextEditor): void {
    const { document } = editor;
    const isOf = (uri: vscode.Uri | undefined): boolean => uri?.toString() === document.uri.toString();
    const edits = isOf(this.review?.uri) ? (this.review?.hunks ?? []) : isOf(this.written?.uri) ? [this.streamed(document)] : [];
    const lineAt = (line: number): string | undefined => (line < document.lineCount ? document.lineAt(line).text : undefined);
    const tabSize = Number(editor.options.tabSize) || 4;
    const drawn = edits.map((hunk) => ({ hunk, ...preview(asEdit(document.uri, hunk), lineAt, tabSize) }));
    const within = drawn.filter(({ inline }) => inline.length);
    const lines = drawn.filter(({ inline }) => !inline.length);
    editor.setDecorations(this.struck, within.flatMap(({ removals }) => removals.map(toRange)));
    editor.setDecorations(this.removed, lines.flatMap(({ removals }) => removals.map(toRange)));
    editor.setDecorations(this.added, drawn.flatMap(({ inline, beside }) => [...inline, ...beside].map(addition)));
  }

  private streamed(document: vscode.TextDocument): Hunk {
    const { range, text } = this.written ?? { range: new vscode.Range(0, 0, 0, 0), text: '' };
    return { id: -1, range, oldText: document.getText(range), text };
  }

  dispose(): void {
    vscode.Disposable.from(...this.disposables).dispose();
  }
}

function asEdit(uri: vscode.Uri, hunk: Hunk): Edit {
  return { ...hunk, uri: uri.toString(), kind: 'change', confidence: 1, reason: '' };
}
