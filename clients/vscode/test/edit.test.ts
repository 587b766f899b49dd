import assert from 'node:assert/strict';
import { test } from 'node:test';
import { advance, difference, insertion, moveRange, placeOf, type Edit, type Range } from '../src/nextEdit/edit';

function range(startLine: number, start: number, endLine: number, end: number): Range {
  return { start: { line: startLine, character: start }, end: { line: endLine, character: end } };
}

export function edit(at: Range, oldText: string, text: string): Edit {
  return { uri: 'file:///a', range: at, oldText, text, kind: 'k', confidence: 1, reason: '' };
}

test('a change above moves an edit by its lines', () => {
  assert.deepEqual(moveRange(range(5, 0, 6, 0), { range: range(1, 2, 1, 2), text: 'a\nb\n' }), range(7, 0, 8, 0));
  assert.deepEqual(moveRange(range(5, 0, 6, 0), { range: range(1, 0, 3, 0), text: '' }), range(3, 0, 4, 0));
});

test('a change before it on the same line moves an edit by its columns', () => {
  assert.deepEqual(moveRange(range(2, 8, 2, 11), { range: range(2, 1, 2, 3), text: 'long' }), range(2, 10, 2, 13));
  assert.deepEqual(moveRange(range(2, 8, 2, 11), { range: range(1, 4, 2, 6), text: 'x' }), range(1, 7, 1, 10));
});

test('a change behind an edit leaves it, one that touches it drops it', () => {
  const place = range(2, 4, 2, 8);
  assert.deepEqual(moveRange(place, { range: range(2, 9, 2, 9), text: 'x' }), place);
  assert.equal(moveRange(place, { range: range(2, 8, 2, 8), text: 'x' }), undefined);
  assert.equal(moveRange(place, { range: range(2, 5, 2, 6), text: '' }), undefined);
  assert.equal(moveRange(place, { range: range(2, 4, 2, 4), text: 'x' }), undefined);
});

test('the difference leaves out what both texts share', () => {
  const change = difference(edit(range(3, 0, 4, 0), 'call(old, 1)\n', 'call(new, 1)\n'));
  assert.equal(change.removed, 'old');
  assert.equal(change.inserted, 'new');
  assert.deepEqual([change.start, change.end], [{ line: 3, character: 5 }, { line: 3, character: 8 }]);
});

test('the difference of repeated text does not overlap', () => {
  assert.equal(difference(edit(range(0, 0, 0, 2), 'aa', 'aaa')).inserted, 'a');
  assert.equal(difference(edit(range(0, 0, 0, 3), 'aaa', 'aa')).removed, 'a');
});

test('the difference never splits a surrogate pair or a line ending', () => {
  const emoji = difference(edit(range(0, 0, 0, 2), '😀', '😁'));
  assert.deepEqual([emoji.removed, emoji.inserted], ['😀', '😁']);
  const ending = difference(edit(range(0, 0, 1, 0), 'a\r\n', 'a\r\nb\r\n'));
  assert.equal(ending.inserted, 'b\r\n');
});

test('advance counts lines of every kind of ending', () => {
  assert.deepEqual(advance({ line: 1, character: 4 }, 'ab'), { line: 1, character: 6 });
  assert.deepEqual(advance({ line: 1, character: 4 }, 'a\r\nbc\n'), { line: 3, character: 0 });
});

test('the place of an edit is where it changes something, of a mere place its start', () => {
  assert.deepEqual(placeOf(edit(range(3, 0, 5, 0), 'a\nold\n', 'a\nnew\n')).start, { line: 4, character: 0 });
  assert.deepEqual(placeOf(edit(range(119, 0, 120, 0), 'call(x)\n', 'call(x)\n')).start, { line: 119, character: 0 });
});

test('the cursor comes behind what is new, in front of the end of its last line', () => {
  const line = insertion(edit(range(3, 0, 4, 0), 'call(old, 1)\n', 'call(new, 1)\n'));
  assert.deepEqual(line, { range: range(3, 5, 3, 8), before: 'new', selected: '', after: '' });
  const lines = insertion(edit(range(3, 0, 3, 0), '', 'import a\r\nimport b\r\n'));
  assert.deepEqual([lines.before, lines.after], ['import a\r\nimport b', '\r\n']);
});

test('a part to fill in is selected, wherever it is in the new text', () => {
  const first = { ...edit(range(3, 4, 3, 8), 'f(a)', 'f(a, a)'), placeholder: range(3, 9, 3, 10) };
  assert.deepEqual(insertion(first), { range: range(3, 4, 3, 8), before: 'f(a, ', selected: 'a', after: ')' });
  const below = { ...edit(range(3, 0, 5, 0), 'f(\r\n)\r\n', 'f(\r\n  wide,\r\n)\r\n'), placeholder: range(4, 2, 4, 6) };
  assert.deepEqual(insertion(below), { range: range(3, 0, 5, 0), before: 'f(\r\n  ', selected: 'wide', after: ',\r\n)\r\n' });
});
