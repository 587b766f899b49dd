import assert from 'node:assert/strict';
import { test } from 'node:test';
import { linkToCommand, OPEN_PLACE, splitPlace } from '../src/answers/links';

/** The argument that VS Code hands to the command of the first link. */
function argument(markdown: string): unknown {
  const query = /\]\(command:[\w.]+\?([^)]*)\)/.exec(markdown)?.[1] ?? '';
  return (JSON.parse(decodeURIComponent(query)) as unknown[])[0];
}

test('a link to a file becomes one to the command, with its place', () => {
  const linked = linkToCommand('See [`a`](file:///project/a.py#L29) and [b](https://example.org).');
  assert.match(linked, new RegExp(`^See \\[\`a\`\\]\\(command:${OPEN_PLACE.replace('.', '\\.')}\\?`));
  assert.ok(linked.endsWith('and [b](https://example.org).'));
  assert.equal(argument(linked), 'file:///project/a.py#L29');
});

test('names with brackets, quotes and spaces stay whole', () => {
  assert.equal(argument(linkToCommand("[x](<file:///w/it's%20(1).py#L2>)")), "file:///w/it's%20(1).py#L2");
});

test('blocks of code are left alone', () => {
  const code = '```\n[a](file:///a.py)\n```';
  assert.equal(linkToCommand(code), code);
});

test('the line of a fragment counts from 0, and is the first without one', () => {
  assert.deepEqual(splitPlace('file:///a.py#L29'), { file: 'file:///a.py', line: 28 });
  assert.deepEqual(splitPlace('file:///a.py#L3-L9'), { file: 'file:///a.py', line: 2 });
  assert.deepEqual(splitPlace('file:///a.py'), { file: 'file:///a.py', line: 0 });
});
