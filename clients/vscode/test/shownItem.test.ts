import assert from 'node:assert/strict';
import { test } from 'node:test';
import { quietReason } from '../src/quiet';
import { ShownItem } from '../src/shownItem';

const insert = (rangeOffset: number, text: string) => [{ rangeOffset, rangeLength: 0, text }];

test('typing a suggestion through keeps it alive', () => {
  const item = new ShownItem('c-1', 'file:///a', 10, 'return x');
  assert.deepEqual(item.change(insert(10, 'r'), 'r)'), { kind: 'alive' });
  assert.deepEqual(item.change(insert(11, 'e'), 're)'), { kind: 'alive' });
  assert.equal(item.cursor, 12);
});

test('a word at once is a partial acceptance, and lengths add up', () => {
  const item = new ShownItem('c-1', 'file:///a', 10, 'return x');
  assert.deepEqual(item.change(insert(10, 'return'), 'return)'), { kind: 'partly', acceptedLength: 6 });
  assert.deepEqual(item.change(insert(16, ' '), 'return )'), { kind: 'alive' });
  assert.deepEqual(item.change(insert(17, 'x'), 'return x'), { kind: 'used' });
});

test('the whole text at once is an acceptance, not a partial one', () => {
  assert.deepEqual(new ShownItem('c', 'u', 0, 'abc').change(insert(0, 'abc'), 'abc'), { kind: 'used' });
  const around = new ShownItem('c', 'u', 0, 'a):\n b');
  assert.deepEqual(around.change([...insert(2, ':\n b'), ...insert(0, 'a')], 'a):\n b'), { kind: 'used' });
});

test('other text, another place, a deletion and several cursors reject', () => {
  const fresh = () => new ShownItem('c', 'u', 5, 'abc');
  assert.deepEqual(fresh().change(insert(5, 'x'), 'x'), { kind: 'rejected', reason: 'typed' });
  assert.deepEqual(fresh().change(insert(2, 'a'), ''), { kind: 'rejected', reason: 'typed' });
  assert.deepEqual(fresh().change([{ rangeOffset: 4, rangeLength: 1, text: '' }], ''), { kind: 'rejected', reason: 'deleted' });
  assert.deepEqual(fresh().change([...insert(5, 'a'), ...insert(9, 'a')], 'a'), { kind: 'rejected', reason: 'typed' });
});

test('views, git files and the settings are quiet, code is not', () => {
  const document = (scheme: string, path: string, languageId: string, lineCount = 10) =>
    quietReason({ uri: { scheme, path }, languageId, lineCount });
  assert.equal(document('file', '/repo/a.py', 'python'), '');
  assert.equal(document('untitled', 'Untitled-1', 'plaintext'), '');
  assert.notEqual(document('output', 'x', 'log'), '');
  assert.notEqual(document('git', '/repo/a.py', 'python'), '');
  assert.notEqual(document('file', '/repo/.git/COMMIT_EDITMSG', 'git-commit'), '');
  assert.notEqual(document('file', '/repo/.vscode/settings.json', 'jsonc'), '');
  assert.notEqual(document('file', '/repo/big.sql', 'sql', 1_000_000), '');
  assert.equal(document('file', '/repo/.gitignore', 'ignore'), '');
});
