// The decorations of a next edit. Only stable API: the editor's own edit widgets need proposals.

import * as vscode from 'vscode';
import type { Edit } from './edit';
import { preview, visible, width, type Addition } from './layout';

// VS Code puts this text into a style attribute as it is; `none` ends the property it belongs to.
const KEEP_SPACES = 'none; white-space: pre; ';

/** After the end of a line, so many columns to the right. */
export interface Place {
  readonly line: number;
  readonly pad: number;
}

export class Drawing implements vscode.Disposable {
  private readonly removed = vscode.window.createTextEditorDecorationType({
    backgroundColor: new vscode.ThemeColor('diffEditor.removedTextBackground'),
    textDecoration: 'line-through',
    overviewRulerColor: new vscode.ThemeColor('editorOverviewRuler.modifiedForeground'),
    overviewRulerLane: vscode.OverviewRulerLane.Center,
    rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed,
  });
  private readonly added = vscode.window.createTextEditorDecorationType({
    overviewRulerColor: new vscode.ThemeColor('editorOverviewRuler.modifiedForeground'),
    overviewRulerLane: vscode.OverviewRulerLane.Center,
    rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed,
  });
  private readonly hint = vscode.window.createTextEditorDecorationType({
    rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed,
  });

  /** Draw the edit in an editor that shows its document; returns the place below a block that was drawn. */
  showEdit(editor: vscode.TextEditor, edit: Edit): Place | undefined {
    const { document } = editor;
    const lineAt = (line: number): string | undefined => (line < document.lineCount ? document.lineAt(line).text : undefined);
    const tabSize = Number(editor.options.tabSize) || 4;
    const drawn = preview(edit, lineAt, tabSize);
    editor.setDecorations(this.removed, drawn.removals.map(toRange));
    editor.setDecorations(this.added, [...drawn.inline, ...drawn.beside].map(addition));
    const last = drawn.beside[drawn.beside.length - 1];
    const below = last && lineAt(last.at.line + 1);
    if (!last || below === undefined) {
      return undefined;
    }
    const column = width(lineAt(last.at.line) ?? '', tabSize) + last.pad;
    return { line: last.at.line + 1, pad: Math.max(2, column - width(below, tabSize)) };
  }

  /** Show `text` in grey after the end of a line. */
  showHint(editor: vscode.TextEditor, { line, pad }: Place, text: string): void {
    const end = editor.document.lineAt(Math.min(line, editor.document.lineCount - 1)).range.end;
    const contentText = visible(text, 4);
    const hint: vscode.ThemableDecorationAttachmentRenderOptions = {
      contentText,
      margin: `0 0 0 ${pad}ch`,
      color: new vscode.ThemeColor('editorInlayHint.foreground'),
      backgroundColor: new vscode.ThemeColor('editorInlayHint.background'),
      textDecoration: `${KEEP_SPACES}border-radius: 3px; padding: 0 0.5ch; font-size: 0.9em`,
    };
    editor.setDecorations(this.hint, [{ range: new vscode.Range(end, end), renderOptions: { after: hint } }]);
  }

  clear(): void {
    for (const editor of vscode.window.visibleTextEditors) {
      for (const type of [this.removed, this.added, this.hint]) {
        editor.setDecorations(type, []);
      }
    }
  }

  dispose(): void {
    vscode.Disposable.from(this.removed, this.added, this.hint).dispose();
  }
}

/** Show the text of a preview after its place, as text that is to come. */
export function addition({ at, pad, text }: Addition): vscode.DecorationOptions {
  const place = new vscode.Position(at.line, at.character);
  const after: vscode.ThemableDecorationAttachmentRenderOptions = {
    contentText: text,
    margin: `0 0 0 ${pad}ch`,
    color: new vscode.ThemeColor('editor.foreground'),
    backgroundColor: new vscode.ThemeColor('diffEditor.insertedTextBackground'),
    textDecoration: pad ? `${KEEP_SPACES}padding: 0 1ch` : KEEP_SPACES,
  };
  return { range: new vscode.Range(place, place), renderOptions: { after } };
}

export function toRange(range: Edit['range']): vscode.Range {
  return new vscode.Range(range.start.line, range.start.character, range.end.line, range.end.character);
}
