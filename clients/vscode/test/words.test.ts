import assert from 'node:assert/strict';
import { test } from 'node:test';
import { commandLinks, editorWords } from '../src/words';

const SETTINGS = new Map([
  ['assist.trusted_folders', 'assist.trustedFolders'],
  ['chat.provider', 'chat.provider'],
]);

test('a sentence names the settings and commands of the editor', () => {
  assert.equal(
    editorWords('Add it to assist.trusted_folders, set `chat.provider` or run `segue connect`.', SETTINGS),
    'Add it to segue.assist.trustedFolders, set `segue.chat.provider` or run “Segue: Connect a Model”.',
  );
  const other = 'See index.html, model.name and `segue index --force`.';
  assert.equal(editorWords(other, SETTINGS), other);
});

test('commands of the command line are links in Markdown', () => {
  assert.equal(commandLinks('Run `segue connect` or `rm -r x`.'), 'Run [Segue: Connect a Model](command:segue.connect) or `rm -r x`.');
});
