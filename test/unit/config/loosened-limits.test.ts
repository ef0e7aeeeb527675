import { beforeEach, describe, expect, test } from 'vitest';
import { DEFAULT_CONFIG } from '../../../src/core/config/live-config.ts';
import { loosenedLimits } from '../../../src/core/config/loosened-limits.ts';
import { readConfig } from '../../../src/core/config/read-config.ts';
import { updateConfig } from '../../../src/core/config/update-config.ts';
import { type ModelDesk, openModelDesk } from '../../support/model-desk.ts';

const change = (field: string, from: string | number, to: string | number) => loosenedLimits([{ field, from, to }]);

describe('what loosens a limit', () => {
  const limits = [
    ...Object.entries(DEFAULT_CONFIG.risk).map(([name, value]) => [`risk.${name}`, value] as const),
    ['strategy.budgetFraction', '0.95'],
    ['strategy.quoteBudget', '10000'],
    ['entry.maxSlippageFraction', 0.002],
    ['entry.maxSpreadFraction', 0.005],
    ['exits.stopLossFraction', 0.1],
    ['exits.trailingStopFraction', 0.1],
    ['exits.maxHoldingBars', 5],
    ['reconciliation.everySeconds', 60],
  ] as const;

  test.each(limits)('is known of %s: one way loosens, the other does not', (field, value) => {
    const [less, more] =
      typeof value === 'string' ? [`0.${'9'.repeat(17)}`, '999999999999999999'] : [value / 2, value * 2];
    const from = typeof value === 'string' ? '1' : value;
    const [up, down] = [change(field, from, more), change(field, from, less)];
    const loosens = field === 'risk.coolDownMinutes' ? [down, up] : [up, down];
    expect(loosens).toEqual([[field], []]);
  });

  test('compares money as money: more digits are not more', () => {
    expect(change('risk.maxOrderNotional', '900', '1000')).toEqual(['risk.maxOrderNotional']);
    expect(change('risk.maxOrderNotional', '1000', '900')).toEqual([]);
    expect(change('risk.maxOrderNotional', '1000', '1000.00')).toEqual([]);
    expect(change('risk.maxOrderNotional', '1000', '1000.000000000000000001')).toEqual(['risk.maxOrderNotional']);
  });

  test.each([
    'risk.maxConsecutiveLosses',
    'exits.stopLossFraction',
    'exits.trailingStopFraction',
    'exits.maxHoldingBars',
  ])('takes 0 of %s for what it is: switched off', (field) => {
    expect(change(field, 0.5, 0)).toEqual([field]);
    expect(change(field, 0, 0.5)).toEqual([]);
  });

  test('is also to let only the trader watch the stops', () => {
    expect(change('exits.protection', 'exchange', 'engine')).toEqual(['exits.protection']);
    expect(change('exits.protection', 'engine', 'exchange')).toEqual([]);
  });

  test('is nothing that bounds no money', () => {
    expect(change('strategy.entryThreshold', 0.6, 0.5)).toEqual([]);
    expect(change('monitoring.heartbeatAgeMs', 1, 100_000)).toEqual([]);
    expect(change('exits.takeProfitFraction', 0.1, 0)).toEqual([]);
  });
});

describe('a change that loosens a limit', () => {
  let desk: ModelDesk;
  beforeEach(() => {
    desk = openModelDesk();
  });
  const patch = { risk: { maxSpreadFraction: 0.01, staleDataMs: 5_000 }, exits: { stopLossFraction: 0 } };
  const loosens = ['exits.stopLossFraction', 'risk.maxSpreadFraction'];

  test.each([undefined, '', '  \n '])(
    'is refused without a reason (%j), and nothing of it is in force',
    async (reason) => {
      const request = { ...desk.command(), patch, ...(reason === undefined ? {} : { reason }) };
      expect(await updateConfig(request, desk.ports)).toEqual({ outcome: 'reason_missing', loosens });
      expect(await readConfig(desk.ledger)).toEqual({ version: 0, config: DEFAULT_CONFIG });
      expect(await desk.audit('config')).toEqual([]);
      expect(desk.ledger.events).toEqual([]);
    },
  );

  test('is made with one, and the audit entry names both', async () => {
    const outcome = await updateConfig({ ...desk.command(), patch, reason: ' night market ' }, desk.ports);
    expect(outcome).toMatchObject({ outcome: 'updated', version: 1, loosens });
    expect(await desk.audit('config')).toMatchObject([{ details: { version: 1, loosens, reason: 'night market' } }]);
    expect(await desk.auditValid()).toBe(true);
  });

  test('a tightening needs none and is in force at once', async () => {
    const tighter = { risk: { maxSpreadFraction: 0.001, coolDownMinutes: 600 } };
    expect(await updateConfig({ ...desk.command(), patch: tighter }, desk.ports)).toMatchObject({
      outcome: 'updated',
      loosens: [],
    });
    expect((await readConfig(desk.ledger)).config.risk).toMatchObject(tighter.risk);
  });
});
