import { expect, test } from 'vitest';
import { AresError } from '../../../src/core/ares-error.ts';
import { epochMillis } from '../../../src/core/ports/clock.ts';
import { changeRegistry } from '../../../src/core/registry/change-registry.ts';
import { createMemoryLedger } from '../../support/memory-ledger.ts';

const command = { id: 'c', user: 'grace', now: epochMillis(1), sessionId: 's' };
const key = { table: 'registry', pk: 'p', sk: 's' } as const;
const put = { kind: 'put', key, expected: 'absent', value: { a: 1 } } as const;
const failing = (code: string) => () => Promise.reject(new AresError(code, 'said the ledger'));

test('a change without writes commits nothing', async () => {
  const ledger = createMemoryLedger();
  expect(await changeRegistry(ledger, command, 'step', async () => ({ result: 7 }))).toBe(7);
  expect(await ledger.get(key)).toBeUndefined();
});

test('a conflict is decided anew', async () => {
  const ledger = createMemoryLedger();
  let attempts = 0;
  const result = await changeRegistry(ledger, command, 'step', async () => {
    attempts += 1;
    if (attempts === 1) await ledger.commit({ token: 'other', writes: [put], audit: [], events: [] });
    const { version } = (await ledger.get(key)) ?? { version: 'absent' as const };
    return { result: attempts, writes: [{ ...put, expected: attempts === 1 ? 'absent' : version, value: { a: 2 } }] };
  });
  expect(result).toBe(2);
  expect((await ledger.get(key))?.value).toEqual({ a: 2 });
});

test('what the ledger cannot do is said as a client can act on it', async () => {
  const run = (attempt: () => Promise<never>) => changeRegistry(createMemoryLedger(), command, 'step', attempt);
  await expect(run(failing('LEDGER_CONTENDED'))).rejects.toMatchObject({ code: 'LEDGER_CONTENDED' });
  await expect(run(failing('ITEM_TOO_LARGE'))).rejects.toMatchObject({
    code: 'INVALID_PARAMETER_VALUE',
    message: expect.stringMatching(/less than 370 KB/),
  });
  await expect(run(failing('OTHER'))).rejects.toMatchObject({ code: 'OTHER' });
  await expect(run(() => Promise.reject(new TypeError('a bug')))).rejects.toThrow(TypeError);
});
