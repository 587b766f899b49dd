import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Edit } from '../src/nextEdit/edit';
import { preview, width, type Preview } from '../src/nextEdit/layout';

/** Draw the replacement of whole lines `from`..`to` of a document. */
function draw(document: string[], from: number, to: number, text: string, tabSize = 4): Preview {
  const oldText = document.slice(from, to).map((line) => `${line}\n`).join('');
  const range = { start: { line: from, character: 0 }, end: { line: to, character: 0 } };
  const edit: Edit = { uri: '', range, oldText, text, kind: '', confidence: 1, reason: '' };
  return preview(edit, (line) => document[line], tabSize);
}

const plain = (text: string): string => text.replace(/\u00a0/g, ' ');

test('a change inside one line stands where it will be', () => {
  const drawn = draw(['x = old(1)', 'y'], 0, 1, 'x = new(1)\n');
  assert.deepEqual(drawn.removals, [{ start: { line: 0, character: 4 }, end: { line: 0, character: 7 } }]);
  assert.deepEqual(drawn.inline.map(({ at, text }) => [at.character, text]), [[7, 'new']]);
  assert.equal(drawn.beside.length, 0);
});

test('several lines stand beside the old ones at one column', () => {
  const drawn = draw(['    a = 1', '    bcd = 2', 'end'], 0, 2, '    one = 1\n    two = 2\n');
  assert.deepEqual(drawn.beside.map(({ text }) => plain(text)), ['one = 1', 'two = 2']);
  const columns = drawn.beside.map(({ at, pad }) => at.character + pad);
  assert.equal(new Set(columns).size, 1);
});

test('a changed tail of a block shows only what changed', () => {
  const drawn = draw(['a', 'b', 'c', 'd'], 0, 3, 'a\nB1\nB2\nc\n');
  assert.deepEqual(drawn.beside.map(({ text }) => plain(text).trim()), ['B1', 'B2']);
  assert.deepEqual(drawn.beside.map(({ at }) => at.line), [1, 2]);
  assert.deepEqual(drawn.removals, [{ start: { line: 1, character: 0 }, end: { line: 1, character: 1 } }]);
});

test('lines that only arrive are marked and start at the line above', () => {
  const drawn = draw(['a', 'b'], 0, 1, 'a\nnew\n');
  assert.deepEqual(drawn.beside.map(({ at, text }) => [at.line, plain(text)]), [[0, '+ new']]);
  assert.equal(drawn.removals.length, 0);
});

test('lines that only go are struck through', () => {
  const drawn = draw(['a', 'gone', 'b'], 1, 2, '');
  assert.deepEqual(drawn.removals, [{ start: { line: 1, character: 0 }, end: { line: 1, character: 4 } }]);
  assert.deepEqual([drawn.inline.length, drawn.beside.length], [0, 0]);
});

test('more lines than the document has are counted, not lost', () => {
  const drawn = draw(['a', ''], 0, 1, 'p\nq\nr\ns\n');
  assert.equal(drawn.beside.length, 2);
  assert.equal(plain(drawn.beside[1]?.text ?? ''), 'q  … 2 more lines');
});

test('widths count tabs, wide characters and marks', () => {
  assert.equal(width('\tx', 4), 5);
  assert.equal(width('ab\tx', 4), 5);
  assert.equal(width('名前', 4), 4);
  assert.equal(width('e\u0301', 4), 1);
  assert.equal(width('😀', 4), 2);
});

test('a block beside wide text is aligned on the screen', () => {
  const drawn = draw(['名前 = 1', 'name = 2'], 0, 2, 'p = 1\nq = 2\nr = 3\n');
  const columns = drawn.beside.map(({ at, pad }) => width(['名前 = 1', 'name = 2'][at.line] ?? '', 4) + pad);
  assert.equal(new Set(columns).size, 1);
});
