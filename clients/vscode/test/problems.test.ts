import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compared, type Problem } from '../src/change/problems';

const problem = (message: string, source = 'checker'): Problem => ({ source, message });

test('what went and what came are counted apart', () => {
  const before = [problem('a is not defined'), problem('b is not defined')];
  assert.deepEqual(compared(before, [problem('b is not defined'), problem('c is unused')]), {
    fewer: 1,
    added: 1,
    first: 'c is unused',
  });
  assert.deepEqual(compared(before, before), { fewer: 0, added: 0, first: '' });
});

test('one problem more of a kind that was there is new', () => {
  const one = problem('a is not defined');
  assert.deepEqual(compared([one], [one, one]), { fewer: 0, added: 1, first: 'a is not defined' });
});

test('a number in a message is no difference, another source is', () => {
  assert.equal(compared([problem('f is redefined from line 3')], [problem('f is redefined from line 12')]).added, 0);
  assert.equal(compared([problem('x', 'one')], [problem('x', 'two')]).added, 1);
});
