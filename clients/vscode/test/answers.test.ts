import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Conversations, type Conversation } from '../src/answers/conversations';
import { placesMarkdown } from '../src/answers/places';

function memory(): { get(key: string): unknown; update(key: string, value: unknown): Promise<void> } {
  const kept = new Map<string, unknown>();
  return { get: (key) => kept.get(key), update: async (key, value) => void kept.set(key, value) };
}

function conversation(id: string): Conversation {
  return { id, at: 1, turns: [{ question: `about ${id}`, about: '', markdown: 'answer', choices: [] }] };
}

test('conversations are kept newest first, each once, fifty at most', async () => {
  const all = new Conversations(memory());
  assert.deepEqual(all.all(), []);
  for (let number = 0; number < 60; number += 1) {
    await all.keep(conversation(String(number)));
  }
  await all.keep(conversation('30'));
  assert.equal(all.all().length, 50);
  assert.deepEqual(all.all().slice(0, 2).map(({ id }) => id), ['30', '59']);
  await all.clear();
  assert.deepEqual(all.all(), []);
});

test('places are links that a path or a signature cannot break', () => {
  const range = { start: { line: 4, character: 0 }, end: { line: 9, character: 0 } };
  const markdown = placesMarkdown([{ uri: 'file:///a(b).py', path: 'a`(b).py', range, signature: 'def f(x: `t`)\n -> y' }]);
  assert.match(markdown, /- \[`a \(b\)\.py:5`\]\(<file:\/\/\/a\(b\)\.py#L5>\) `def f\(x:  t \)  -> y`/);
});
