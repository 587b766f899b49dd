import assert from 'node:assert/strict';
import { test } from 'node:test';
import { applied, hunkAt, moved, type Hunk } from '../src/change/hunks';

const TEXT = 'one\ntwo\nthree\nfour\nfive\n';
const HUNKS: readonly Hunk[] = [
  { id: 0, range: { start: { line: 1, character: 0 }, end: { line: 2, character: 0 } }, oldText: 'two\n', text: 'TWO\nTWO AND A HALF\n' },
  { id: 1, range: { start: { line: 3, character: 0 }, end: { line: 4, character: 0 } }, oldText: 'four\n', text: 'FOUR\n' },
];

function offsetAt({ line, character }: { line: number; character: number }): number {
  return TEXT.split('\n').slice(0, line).reduce((sum, one) => sum + one.length + 1, 0) + character;
}

test('all hunks together make the new text', () => {
  assert.equal(applied(TEXT, HUNKS, offsetAt), 'one\nTWO\nTWO AND A HALF\nthree\nFOUR\nfive\n');
  assert.equal(applied(TEXT, [], offsetAt), TEXT);
});

test('a change above moves hunks, a change inside one takes it away', () => {
  const above = { range: { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } }, text: 'zero\n' };
  assert.deepEqual(moved(HUNKS, [above]).map(({ range }) => range.start.line), [2, 4]);
  const inside = { range: { start: { line: 1, character: 1 }, end: { line: 1, character: 2 } }, text: '' };
  assert.deepEqual(moved(HUNKS, [inside]).map(({ id }) => id), [1]);
});

test('accepting the first hunk moves the second', () => {
  const [first] = HUNKS;
  assert.ok(first);
  assert.deepEqual(moved(HUNKS.slice(1), [first]).map(({ range }) => range.start.line), [4]);
});

test('the hunk at the cursor is the one there, else the next, else the last', () => {
  assert.deepEqual([0, 1, 2, 3, 9].map((line) => hunkAt(HUNKS, line)?.id), [0, 0, 0, 1, 1]);
  assert.equal(hunkAt([], 3), undefined);
});
