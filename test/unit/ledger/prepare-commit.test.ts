import { describe, expect, test } from 'vitest';
import { prepareCommit } from '../../../src/core/ledger/prepare-commit.ts';
import { epochMillis } from '../../../src/core/ports/clock.ts';
import type { Commit } from '../../../src/core/ports/ledger.ts';
import { auditDraft, commitOf, envelope, put, stateKey } from '../../contract/support/sample-commit.ts';

const key = stateKey('g', 'k');
const writing = (...writes: Commit['writes']) => commitOf('t', { writes });
const indexed = (pk: string, sk: string) => ({ ...put(key, 'absent'), index: { pk, sk } }) as Commit['writes'][number];

describe('preparing a commit', () => {
  test.each<[string, Commit, string, RegExp]>([
    [
      'an empty token',
      commitOf('', { writes: [put(key, 'absent')] }),
      'COMMIT_INVALID',
      /token must have 1 to 512 characters, had 0/,
    ],
    ['a long token', commitOf('t'.repeat(513), { writes: [put(key, 'absent')] }), 'COMMIT_INVALID', /had 513/],
    ['nothing to do', commitOf('t', {}), 'COMMIT_INVALID', /was empty/],
    [
      'a key written twice',
      writing(put(key, 1), { kind: 'check', key, expected: 1 }),
      'COMMIT_INVALID',
      /state g k is written twice/,
    ],
    ['version 0', writing(put(key, 0)), 'COMMIT_INVALID', /version from 1, was 0/],
    ['half a version', writing({ kind: 'delete', key, expected: 1.5 }), 'COMMIT_INVALID', /was 1.5/],
    ['an empty pk', writing(put(stateKey('', 'k'), 'absent')), 'KEY_INVALID', /pk must have 1 to 2048 bytes, had 0/],
    ['an empty sk', writing(put(stateKey('g', ''), 'absent')), 'KEY_INVALID', /sk must have 1 to 1024 bytes, had 0/],
    ['a long sk', writing(put(stateKey('g', 'ä'.repeat(513)), 'absent')), 'KEY_INVALID', /had 1026/],
    ['an empty index', writing(indexed('', 's')), 'KEY_INVALID', /index pk must have/],
    ['an empty index sk', writing(indexed('p', '')), 'KEY_INVALID', /index sk must have/],
    ['a reserved group', writing(put(stateKey('~commit#x', 'k'), 'absent')), 'KEY_INVALID', /must not begin with "~"/],
    ['a reserved index', writing(indexed('~outbox-pending', 's')), 'KEY_INVALID', /must not begin with "~"/],
    [
      'no time',
      commitOf('t', { audit: [auditDraft({ timestamp: epochMillis(-1) })] }),
      'COMMIT_INVALID',
      /timestamp must be/,
    ],
    [
      'half a time',
      commitOf('t', { audit: [auditDraft({ timestamp: epochMillis(0.5) })] }),
      'COMMIT_INVALID',
      /was 0.5/,
    ],
    [
      'a time too late',
      commitOf('t', { audit: [auditDraft({ timestamp: epochMillis(1e15) })] }),
      'COMMIT_INVALID',
      /timestamp/,
    ],
    ['no user', commitOf('t', { audit: [auditDraft({ user: '' })] }), 'COMMIT_INVALID', /user must not be empty/],
    ['one event twice', commitOf('t', { events: [envelope('e'), envelope('e')] }), 'COMMIT_INVALID', /id of its own/],
    [
      'details that are no JSON',
      commitOf('t', { audit: [auditDraft({ details: { a: Number.NaN } })] }),
      'VALUE_INVALID',
      /details\.a/,
    ],
  ])('refuses %s', (_what, commit, code, message) => {
    expect(() => prepareCommit(commit)).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(message) }),
    );
  });

  test('refuses more text than one transaction takes', () => {
    const value = { text: 'x'.repeat(379_000) };
    const writes = (count: number) =>
      Array.from({ length: count }, (_, n) => put(stateKey('g', `${n}`), 'absent', value));
    expect(() => prepareCommit(writing(...writes(10)))).toThrow(expect.objectContaining({ code: 'COMMIT_TOO_LARGE' }));
    expect(prepareCommit(writing(...writes(9))).writes).toHaveLength(9);
  });

  test('measures values and keys in bytes of UTF-8', () => {
    const text = (characters: number) => writing(put(key, 'absent', { t: '€'.repeat(characters) }));
    expect(() => prepareCommit(text(126_667))).toThrow(expect.objectContaining({ code: 'ITEM_TOO_LARGE' }));
    expect(prepareCommit(text(126_664)).writes).toHaveLength(1);
    expect(prepareCommit(writing(put(stateKey('g', 'ä'.repeat(512)), 'absent'))).writes).toHaveLength(1);
  });

  test('gives each write its text and each event its id', () => {
    const prepared = prepareCommit(
      commitOf('t', {
        writes: [put(key, 1, { b: 1, a: [] }), { kind: 'check', key: stateKey('g', 'x'), expected: 'absent' }],
        events: [envelope('e')],
      }),
    );
    expect(prepared.writes.map(({ text }) => text)).toEqual(['{"a":[],"b":1}', '']);
    expect(prepared.events.map(({ id }) => id)).toEqual(['e']);
    expect(JSON.parse(prepared.events[0]!.text)).toEqual(envelope('e'));
  });
});
