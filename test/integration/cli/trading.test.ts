import { describe, expect, test } from 'vitest';
import { queryAudit } from '../../../src/core/audit/query-audit.ts';
import { readTradingState } from '../../../src/core/trading/trading-state.ts';
import { MARKET_TIME, openDesk, SLOT } from './support/open-desk.ts';
import { runAres } from './support/run-ares.ts';

describe('ares halt, reduce and resume', () => {
  test('walk the slot through its states, each step audited at the time of the market', async () => {
    const desk = openDesk();
    await desk.register('run-1');
    await desk.beat({ marketTime: MARKET_TIME });
    const halted = await desk.ares('halt', '--reason', 'news', '--user', 'ada', '--json');
    expect(halted).toMatchObject({ code: 0, stderr: '' });
    expect(halted.json()).toMatchObject({
      slot: SLOT,
      outcome: 'changed',
      from: 'ACTIVE',
      state: { state: 'HALTED', reason: 'news', by: 'ada', since: MARKET_TIME },
    });
    expect((await desk.ares('resume', '--to', 'reducing', '--reason', 'leave')).stdout).toBe(
      `${SLOT} is REDUCING now, was HALTED.\n`,
    );
    expect((await desk.ares('resume')).stdout).toBe(`${SLOT} is ACTIVE now, was REDUCING.\n`);
    expect((await desk.ares('reduce', '--reason', 'weekend', '--json')).json()).toMatchObject({
      outcome: 'changed',
      state: { state: 'REDUCING' },
    });
    expect(await readTradingState(desk.ledger, SLOT)).toMatchObject({ state: 'REDUCING', version: 4 });
    const { entries } = await queryAudit(desk.ledger, { stream: 'trading', limit: 10 });
    expect(entries.map(({ action }) => action)).toEqual(['halt', 'resume', 'resume', 'reduce']);
  });

  test('end with 0 when it is so already, and a halt is not loosened by a reduction', async () => {
    const desk = openDesk();
    await desk.register('run-1');
    expect((await desk.ares('resume')).stdout).toBe(`Nothing to change: ${SLOT} is ACTIVE.\n`);
    await desk.ares('halt', '--reason', 'news');
    const reduced = await desk.ares('reduce', '--reason', 'weekend', '--json');
    expect(reduced.code).toBe(0);
    expect(reduced.json()).toMatchObject({ outcome: 'unchanged', state: { state: 'HALTED', reason: 'news' } });
  });

  test('demand a reason for a restriction, and a known state to resume to', async () => {
    const desk = openDesk();
    expect((await desk.ares('halt')).code).toBe(2);
    expect((await desk.ares('reduce')).code).toBe(2);
    expect((await desk.ares('resume', '--to', 'halted')).code).toBe(2);
  });

  test('give every command an id of its own, also where a seed fixes what is random', async () => {
    const desk = openDesk();
    await desk.register('run-1');
    const seeded = { ARES_SEED: '1' };
    await runAres(desk.dataDir, ['halt', '--reason', 'one'], seeded);
    await runAres(desk.dataDir, ['resume'], seeded);
    const again = await runAres(desk.dataDir, ['halt', '--reason', 'two', '--json'], seeded);
    expect(again.json()).toMatchObject({ outcome: 'changed', state: { reason: 'two' } });
  });
});
