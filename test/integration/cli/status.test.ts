import { describe, expect, test } from 'vitest';
import { keys } from '../../../src/core/ledger-keys.ts';
import { decimal } from '../../../src/core/trading/money.ts';
import { accountToJson, openAccount } from '../../../src/core/trading/slot-account.ts';
import { halt } from '../../../src/core/trading/trading-state.ts';
import { MARKET_TIME, openDesk, SLOT } from './support/open-desk.ts';

const account = {
  ...openAccount({ base: decimal('0'), quote: decimal('10000') }, decimal('10000')),
  position: { quantity: decimal('0.1'), cost: decimal('4000') },
  quoteFlow: decimal('-4000'),
  fees: { BTC: decimal('0.0001') },
  trades: 1,
};
const decision = {
  barClose: MARKET_TIME,
  close: 41_000,
  runId: 'run-1',
  modelHash: 'a'.repeat(64),
  probability: 0.6,
  signal: 'long',
  action: 'none',
  reason: 'long already',
  clientOrderId: null,
  side: null,
  quantity: null,
};

describe('ares status', () => {
  test('shows trading state, model, trader, position, equity, models, alarms and health', async () => {
    const desk = openDesk();
    await desk.register('run-1', 0.52);
    await desk.register('run-2', 0.51);
    await desk.promote('run-1');
    await halt({ ...desk.command(), slot: SLOT, reason: 'maintenance' }, { ledger: desk.ledger });
    await desk.beat();
    await desk.ledger.append([
      { key: keys.account(SLOT), value: accountToJson(account) },
      { key: keys.decision(SLOT, MARKET_TIME), value: decision },
    ]);
    const run = await desk.ares('status', '--json');
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(run.json()).toMatchObject({
      slot: SLOT,
      trading: { state: 'HALTED', reason: 'maintenance', by: 'desk' },
      champion: { runId: 'run-1' },
      trader: { alive: true, state: 'ACTIVE', decisions: 10 },
      market: { time: MARKET_TIME, close: 41_000 },
      account: {
        equity: '10100',
        totalReturn: 0.01,
        unrealisedPnl: '100',
        realisedPnl: '0',
        trades: 1,
        feesByAsset: { BTC: '0.0001' },
        position: { quantity: '0.1', averagePrice: '40000', value: '4100' },
      },
      models: { production: 1, candidate: 1, archived: 0, evaluated_inferior: 0, standby: 0 },
      deadEvents: 0,
      alarms: [],
      health: { status: 'unknown', reason: 'the system was never checked' },
    });
    const { stdout } = await desk.ares('status');
    for (const line of [
      /^Trading +HALTED, since .* by desk: maintenance$/m,
      /^Trader +alive/m,
      /^Equity +10100 USDT \(1\.00 %/m,
      /^Models +1 candidate, 1 production$/m,
    ]) {
      expect(stdout).toMatch(line);
    }
  });

  test('tells a trader that is silent, or never reported, from one that lives', async () => {
    const desk = openDesk();
    await desk.register('run-1');
    const { stdout } = await desk.ares('status');
    expect(stdout).toMatch(/^Champion +none$/m);
    expect(stdout).toMatch(/^Trader +never reported$/m);
    expect(stdout).toMatch(/^Account +no books opened yet$/m);
    await desk.beat({ at: Date.now() - 120_000 });
    const silent = (await desk.ares('status', '--json')).json() as { trader: { alive: boolean; ageMs: number } };
    expect(silent.trader.alive).toBe(false);
    expect(silent.trader.ageMs).toBeGreaterThanOrEqual(120_000);
    expect((await desk.ares('status')).stdout).toMatch(/^Trader +SILENT, last heard of 2 min ago/m);
  });
});
