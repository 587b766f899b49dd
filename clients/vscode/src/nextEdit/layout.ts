// How a next edit is drawn with decorations only: which text is struck out, which is shown beside it.

import { difference, type Edit, type Position, type Range } from './edit';

/** Text shown after a place of the document, `pad` columns to its right; it is not part of the document. */
export interface Addition {
  readonly at: Position;
  readonly pad: number;
  readonly text: string;
}

export interface Preview {
  /** Ranges of the document that the edit takes away. */
  readonly removals: readonly Range[];
  /** New text inside a line, at the place where it will stand. */
  readonly inline: readonly Addition[];
  /** New lines shown to the right of the old ones, one document line each. */
  readonly beside: readonly Addition[];
}

/** Give a line of the document, without its terminator; undefined past the end. */
export type LineReader = (line: number) => string | undefined;

const MOST_LINES = 30;
const WIDEST_START = 90;

/**
 * Draw `edit`: within one line the new text stands where it will be, a longer edit is shown as a block to the right
 * of the lines it replaces, all of its lines at one column.
 */
export function preview(edit: Edit, lineAt: LineReader, tabSize: number): Preview {
  const change = difference(edit);
  if (!/[\r\n]/.test(change.removed + change.inserted)) {
    const removals = change.removed ? [{ start: change.start, end: change.end }] : [];
    const inline = change.inserted ? [{ at: change.end, pad: 0, text: visible(change.inserted, tabSize) }] : [];
    return { removals, inline, beside: [] };
  }
  return block(edit, lineAt, tabSize);
}

function block(edit: Edit, lineAt: LineReader, tabSize: number): Preview {
  const { start, end } = edit.range;
  const now: string[] = [];
  for (let line = start.line; line <= end.line; line += 1) {
    now.push(lineAt(line) ?? '');
  }
  const then = wholeLines(edit, lineAt);
  const most = Math.min(now.length, then.length);
  let head = 0;
  while (head < most && now[head] === then[head]) {
    head += 1;
  }
  let tail = 0;
  while (tail < most - head && now[now.length - 1 - tail] === then[then.length - 1 - tail]) {
    tail += 1;
  }
  const goes = now.slice(head, now.length - tail);
  const comes = then.slice(head, then.length - tail);
  const first = start.line + head;
  const removals = goes.map((text, index) => contents(first + index, text)).filter((range) => range !== undefined);
  // Lines that only arrive are drawn from the line above them, marked, so that they cannot be read as a replacement.
  const arrives = goes.length === 0;
  const top = arrives && first > 0 ? first - 1 : first;
  return { removals, inline: [], beside: comes.length ? rows(comes, top, arrives ? '+ ' : '', lineAt, tabSize) : [] };
}

function contents(line: number, text: string): Range | undefined {
  const indent = text.length - text.trimStart().length;
  return indent < text.length ? { start: { line, character: indent }, end: { line, character: text.length } } : undefined;
}

/** Lay `lines` out beside the document's lines from `top` on; where those run out, the rest is counted. */
function rows(lines: readonly string[], top: number, mark: string, lineAt: LineReader, tabSize: number): Addition[] {
  const places = freeRows(top, Math.min(lines.length, MOST_LINES), lineAt);
  const shown = lines.slice(0, places.length);
  const indent = commonIndent(shown);
  const texts = shown.map((line) => mark + expandTabs(line.slice(indent), tabSize));
  const hidden = lines.length - shown.length;
  if (hidden > 0 && texts.length > 0) {
    texts[texts.length - 1] += `  … ${hidden} more ${hidden === 1 ? 'line' : 'lines'}`;
  }
  const widths = places.map((row) => width(lineAt(row) ?? '', tabSize));
  const column = Math.min(Math.max(...widths) + 4, WIDEST_START);
  const box = Math.max(...texts.map((text) => width(text, tabSize)));
  return places.map((row, index) => {
    const text = texts[index] ?? '';
    return {
      at: { line: row, character: (lineAt(row) ?? '').length },
      pad: Math.max(2, column - (widths[index] ?? 0)),
      text: visible(text + ' '.repeat(box - width(text, tabSize)), tabSize),
    };
  });
}

function freeRows(first: number, wanted: number, lineAt: LineReader): number[] {
  const rows: number[] = [];
  for (let line = first; rows.length < wanted && lineAt(line) !== undefined; line += 1) {
    rows.push(line);
  }
  return rows;
}

/** The lines that the edit leaves where it was, with what it keeps of its first and last line. */
function wholeLines(edit: Edit, lineAt: LineReader): string[] {
  const head = (lineAt(edit.range.start.line) ?? '').slice(0, edit.range.start.character);
  const tail = (lineAt(edit.range.end.line) ?? '').slice(edit.range.end.character);
  return (head + edit.text + tail).split(/\r\n|\r|\n/);
}

function commonIndent(lines: readonly string[]): number {
  const indents = lines.filter((line) => line.trim()).map((line) => line.length - line.trimStart().length);
  return indents.length ? Math.min(...indents) : 0;
}

function expandTabs(text: string, tabSize: number): string {
  return text.replace(/\t/g, ' '.repeat(tabSize));
}

const NBSP = '\u00a0';

/** Make white space survive in a decoration, where the browser would fold it. */
export function visible(text: string, tabSize: number): string {
  return expandTabs(text, tabSize).replace(/ /g, NBSP);
}

/** Columns that `text` takes on the screen in a fixed-width font. */
export function width(text: string, tabSize: number): number {
  let columns = 0;
  for (const character of text) {
    if (character === '\t') {
      columns += tabSize - (columns % tabSize);
    } else {
      columns += isWide(character.codePointAt(0) ?? 0) ? 2 : isZeroWidth(character) ? 0 : 1;
    }
  }
  return columns;
}

function isZeroWidth(character: string): boolean {
  return /^[\p{Mn}\p{Me}\p{Cf}]$/u.test(character);
}

/** East Asian wide and emoji blocks, coarsely: alignment of a preview is all that depends on it. */
function isWide(code: number): boolean {
  return (
    (code >= 0x1100 && code <= 0x115f) ||
    (code >= 0x2e80 && code <= 0xa4cf) ||
    (code >= 0xac00 && code <= 0xd7a3) ||
    (code >= 0xf900 && code <= 0xfaff) ||
    (code >= 0xfe30 && code <= 0xfe6f) ||
    (code >= 0xff00 && code <= 0xff60) ||
    (code >= 0x1f300 && code <= 0x1faff) ||
    (code >= 0x20000 && code <= 0x3fffd)
  );
}
