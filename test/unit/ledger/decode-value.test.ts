import { expect, test } from 'vitest';
import { decodeValue } from '../../../src/core/ledger/decode-value.ts';

const key = { table: 'state', pk: 'g', sk: 'k' } as const;

test('gives the stored object', () => {
  expect(decodeValue(key, '{"a":[1]}')).toEqual({ a: [1] });
});

test.each(['', '{', '[]', 'null', '1', '"text"'])(
  'names the key of what is stored as %j, which is no object',
  (text) => {
    expect(() => decodeValue(key, text)).toThrow(
      expect.objectContaining({
        code: 'LEDGER_CORRUPT',
        message: expect.stringContaining('state g k'),
        data: { key: 'state g k' },
      }),
    );
  },
);
