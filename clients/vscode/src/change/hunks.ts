// The hunks of a change that waits for a decision, as plain data.

import { moveRange, type Change, type Range } from '../nextEdit/edit';

/** Replace `range`, which reads `oldText`, by `text`. */
export interface Hunk {
  readonly id: number;
  readonly range: Range;
  readonly oldText: string;
  readonly text: string;
}

/** Return where the hunks are after the document changed; one that the change touched is gone. */
export function moved(hunks: readonly Hunk[], changes: readonly Change[]): readonly Hunk[] {
  return changes.reduce<readonly Hunk[]>(
    (now, change) =>
      now.flatMap((hunk) => {
        const range = moveRange(hunk.range, change);
        return range ? [{ ...hunk, range }] : [];
      }),
    hunks,
  );
}

/** Return the hunk at a line, or the next one below it, or the last one. */
export function hunkAt(hunks: readonly Hunk[], line: number): Hunk | undefined {
  return hunks.find(({ range }) => range.end.line >= line) ?? hunks[hunks.length - 1];
}

/** Return the text of a document after all hunks were accepted; `offsetAt` counts in the document as it is. */
export function applied(text: string, hunks: readonly Hunk[], offsetAt: (position: Range['start']) => number): string {
  let result = '';
  let done = 0;
  for (const { range, text: newText } of hunks) {
    result += text.slice(done, offsetAt(range.start)) + newText;
    done = offsetAt(range.end);
  }
  return result + text.slice(done);
}
