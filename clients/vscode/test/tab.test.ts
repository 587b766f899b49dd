import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TabKey } from '../src/nextEdit/tab';

/** Something that is done when the test says so. */
function later<T>(): { promise: Promise<T>; done: (value: T) => void } {
  let done!: (value: T) => void;
  const promise = new Promise<T>((resolve) => (done = resolve));
  return { promise, done };
}

test('at the edit Tab is ours at any column, elsewhere not in the indentation', () => {
  const tab = new TabKey(() => {});
  assert.equal(tab.isOurs(true, ''), true);
  assert.equal(tab.isOurs(true, '\t  '), true);
  assert.equal(tab.isOurs(false, '    '), false);
  assert.equal(tab.isOurs(false, '  x'), true);
});

test('a Tab while an edit is applied is swallowed, and never indents', async () => {
  const tab = new TabKey(() => {});
  const [applied, asked] = [later<boolean>(), later<void>()];
  let runs = 0;
  const first = tab.press(async () => { runs += 1; return applied.promise; }, () => asked.promise);
  assert.equal(tab.isOurs(false, ''), true);
  await tab.press(async () => { runs += 1; return false; }, async () => {});
  assert.equal(runs, 1);
  applied.done(true);
  await applied.promise;
  assert.equal(tab.isBusy, true, 'the next answer is not there yet');
  asked.done();
  await first;
  assert.equal(tab.isOurs(false, ''), false);
});

test('typing gives Tab back at once, and the end of the old work does not end the new one', async () => {
  let changes = 0;
  const tab = new TabKey(() => (changes += 1));
  const [old, next] = [later<boolean>(), later<boolean>()];
  const first = tab.press(() => old.promise, async () => {});
  tab.release();
  assert.deepEqual([tab.isBusy, changes], [false, 1]);
  const second = tab.press(() => next.promise, async () => {});
  old.done(false);
  await first;
  assert.equal(tab.isBusy, true);
  next.done(false);
  await second;
  assert.equal(tab.isBusy, false);
});

test('a failed action gives Tab back', async () => {
  const tab = new TabKey(() => {});
  await assert.rejects(tab.press(() => Promise.reject(new Error('no')), async () => {}));
  assert.equal(tab.isBusy, false);
});

test('an answer that never comes holds Tab only for a moment', async () => {
  const tab = new TabKey(() => {});
  await tab.press(async () => true, () => new Promise(() => {}));
  assert.equal(tab.isBusy, false);
});
