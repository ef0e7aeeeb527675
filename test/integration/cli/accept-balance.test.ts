import { expect, test } from 'vitest';
import { queryAudit } from '../../../src/core/audit/query-audit.ts';
import { keys } from '../../../src/core/ledger-keys.ts';
import { openDesk, SLOT } from './support/open-desk.ts';

test('ares accept-balance says why the slot is halted and does nothing without --yes, and writes the word down with it', async () => {
  const desk = openDesk();
  await desk.register('run-1');
  await desk.ares('halt', '--reason', 'balance of BTC must be 0, was 1');
  const asked = await desk.ares('accept-balance', '--reason', 'bought by hand');
  expect(asked.code).toBe(4);
  expect(asked.stdout).toContain('is HALTED: balance of BTC must be 0, was 1. Nothing was done');
  expect(await desk.ledger.get(keys.balanceAcceptance(SLOT))).toBeUndefined();

  const accepted = await desk.ares('accept-balance', '--reason', 'bought by hand', '--user', 'ada', '--yes', '--json');
  expect(accepted).toMatchObject({ code: 0, stderr: '' });
  expect(accepted.json()).toMatchObject({ slot: SLOT, outcome: 'accepted', lines: [SLOT] });
  expect((await desk.ledger.get(keys.balanceAcceptance(SLOT)))?.value).toMatchObject({
    by: 'ada',
    reason: 'bought by hand',
  });
  const { entries } = await queryAudit(desk.ledger, { stream: 'trading', limit: 10 });
  expect(entries.at(-1)).toMatchObject({ eventType: 'BalanceAcceptanceAsked', user: 'ada' });
  expect((await desk.ares('accept-balance', '--yes')).code).toBe(2);
});
