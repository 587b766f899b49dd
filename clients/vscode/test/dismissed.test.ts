import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Dismissed } from '../src/dismissed';

const said = (text: string, line = 3, uri = 'file:///a') => ({ uri, line, text });

test('what was dismissed stays away on its line, also after a space or a character of it', () => {
  const dismissed = new Dismissed();
  assert.equal(dismissed.holds(said('return x')), false);
  dismissed.note(said(' return x'));
  assert.equal(dismissed.holds(said('return x')), true);
  assert.equal(dismissed.holds(said('eturn x')), true);
  assert.equal(dismissed.holds(said('  return x\n')), true);
});

test('something else, another line and another file may speak', () => {
  const dismissed = new Dismissed();
  dismissed.note(said('return x'));
  assert.equal(dismissed.holds(said('return y')), false);
  dismissed.note(said(')'));
  assert.equal(dismissed.holds(said('call(x)')), false);
  dismissed.note(said('return x'));
  assert.equal(dismissed.holds(said('return x', 4)), false);
  assert.equal(dismissed.holds(said('return x', 3, 'file:///b')), false);
});
