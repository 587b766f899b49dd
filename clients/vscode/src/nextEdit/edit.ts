// A next edit as plain data, and the arithmetic on it that needs no editor.

export interface Position {
  readonly line: number;
  readonly character: number;
}

export interface Range {
  readonly start: Position;
  readonly end: Position;
}

/** Replace `range` of the document `uri` by `text`, while that range still reads `oldText`. */
export interface Edit {
  readonly uri: string;
  readonly range: Range;
  readonly oldText: string;
  readonly text: string;
  readonly kind: string;
  readonly confidence: number;
  readonly reason: string;
}

/** What a document change did: `range` as it was before the change, and the text that took its place. */
export interface Change {
  readonly range: Range;
  readonly text: string;
}

export function comparePositions(a: Position, b: Position): number {
  return a.line - b.line || a.character - b.character;
}

/**
 * Return where `range` lies after `change`, or undefined when the change touched it: what was predicted for
 * that text is then no longer worth showing.
 */
export function moveRange(range: Range, change: Change): Range | undefined {
  if (comparePositions(change.range.start, range.end) > 0) {
    return range;
  }
  if (comparePositions(change.range.end, range.start) >= 0) {
    return undefined;
  }
  return { start: movePosition(range.start, change), end: movePosition(range.end, change) };
}

function movePosition(position: Position, change: Change): Position {
  const inserted = change.text.split(/\r\n|\r|\n/);
  const lineDelta = inserted.length - 1 - (change.range.end.line - change.range.start.line);
  if (position.line > change.range.end.line) {
    return { line: position.line + lineDelta, character: position.character };
  }
  const tail = inserted[inserted.length - 1] ?? '';
  const base = inserted.length === 1 ? change.range.start.character : 0;
  return {
    line: position.line + lineDelta,
    character: base + tail.length + position.character - change.range.end.character,
  };
}

/** The part of `edit` that really changes: `removed` at `start`, replaced by `inserted`. */
export interface Difference {
  readonly start: Position;
  readonly end: Position;
  readonly removed: string;
  readonly inserted: string;
}

/** Where an edit changes something; of a place without a change, all of it. */
export function placeOf(edit: Edit): Range {
  return edit.oldText === edit.text ? edit.range : difference(edit);
}

/** Cut what the old and the new text share at both ends, never inside a surrogate pair or a CRLF. */
export function difference(edit: Edit): Difference {
  const { oldText, text } = edit;
  const most = Math.min(oldText.length, text.length);
  let head = 0;
  while (head < most && oldText[head] === text[head]) {
    head += 1;
  }
  while (head > 0 && splitsCharacter(oldText, head)) {
    head -= 1;
  }
  let tail = 0;
  while (tail < most - head && oldText[oldText.length - 1 - tail] === text[text.length - 1 - tail]) {
    tail += 1;
  }
  while (tail > 0 && (splitsCharacter(oldText, oldText.length - tail) || splitsCharacter(text, text.length - tail))) {
    tail -= 1;
  }
  return {
    start: advance(edit.range.start, oldText.slice(0, head)),
    end: advance(edit.range.start, oldText.slice(0, oldText.length - tail)),
    removed: oldText.slice(head, oldText.length - tail),
    inserted: text.slice(head, text.length - tail),
  };
}

/** What to put in the place of `range`, cut where the cursor belongs: `selected` is a part that the user is to fill in. */
export interface Insertion {
  readonly range: Range;
  readonly before: string;
  readonly selected: string;
  readonly after: string;
}

/** Return how to apply `edit`: the cursor comes behind what is new, or selects `edit.placeholder` of the new text. */
export function insertion(edit: Edit & { readonly placeholder?: Range | undefined }): Insertion {
  if (edit.placeholder) {
    const [from, to] = [edit.placeholder.start, edit.placeholder.end].map((place) => offsetOf(place, edit.range.start, edit.text));
    return { range: edit.range, before: edit.text.slice(0, from), selected: edit.text.slice(from, to), after: edit.text.slice(to) };
  }
  const { start, end, inserted } = difference(edit);
  const before = inserted.replace(/\r?\n$/, '');
  return { range: { start, end }, before, selected: '', after: inserted.slice(before.length) };
}

/** The offset in `text`, which begins at `start`, of a position in the document. */
function offsetOf(position: Position, start: Position, text: string): number {
  const lines = text.split(/(?<=\r\n|\r(?!\n)|\n)/);
  const above = lines.slice(0, position.line - start.line).join('').length;
  return above + position.character - (position.line === start.line ? start.character : 0);
}

function splitsCharacter(text: string, offset: number): boolean {
  const before = text.charCodeAt(offset - 1);
  const after = text.charCodeAt(offset);
  const pair = before >= 0xd800 && before <= 0xdbff && after >= 0xdc00 && after <= 0xdfff;
  return pair || (before === 13 && after === 10);
}

/** Return the position after `text` when it starts at `position`. */
export function advance(position: Position, text: string): Position {
  const lines = text.split(/\r\n|\r|\n/);
  const last = lines[lines.length - 1] ?? '';
  if (lines.length === 1) {
    return { line: position.line, character: position.character + last.length };
  }
  return { line: position.line + lines.length - 1, character: last.length };
}
