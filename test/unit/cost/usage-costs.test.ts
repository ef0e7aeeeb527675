import { describe, expect, it } from 'vitest';
import { billOf } from '../../../scripts/cost/bill.ts';
import { deploymentOf, runsAMonth } from '../../../scripts/cost/deployment.ts';
import type { Load } from '../../../scripts/cost/load.ts';
import { resourcesOf } from '../../../scripts/cost/template.ts';
import { usageCosts } from '../../../scripts/cost/usage-costs.ts';
import { smallTemplate } from './small-template.ts';

const load: Load = {
  id: 'test',
  about: 'one slot',
  slots: 1,
  barsPerSlot: 43_800,
  ordersPerSlot: 1_000,
  candidatesPerSlot: 10,
  notices: 20,
  modelBytes: 100_000,
};
const deployment = deploymentOf(resourcesOf('small', smallTemplate));

describe('what a month of use costs', () => {
  it('reads functions, schedules and the trader’s timing from the template', () => {
    expect(deployment).toMatchObject({ traders: 1, leaseTtlMs: 10_000, heartbeatMs: 10_000, archivesEvents: false });
    expect(deployment.functions).toEqual([
      { name: 'sweep-outbox', memoryMb: 256, arm: true, traced: true, scheduledRuns: 43_800 },
      { name: 'relay-outbox', memoryMb: 256, arm: true, traced: false, scheduledRuns: 0 },
    ]);
  });

  it('counts writes of the ledger by what happens', () => {
    const usage = Object.fromEntries(usageCosts(deployment, load).map((line) => [line.what, line.usage]));
    expect(usage).toMatchObject({
      'Lease renewals: writes': 788_400 * 6,
      'Heartbeats: writes': 262_800,
      'Decisions: writes': 43_800,
      'Orders: writes': 32_000,
      'Events relayed: writes': 2 * (1_000 + 20 + 20),
      'Command queues': 131_400,
      Events: 1_040,
    });
  });

  it('multiplies what belongs to a slot, and not what belongs to the system', () => {
    const of = (slots: number) => {
      const lines = usageCosts(deployment, { ...load, slots });
      return (what: string) => lines.find((line) => line.what === what)?.usage ?? Number.NaN;
    };
    const [one, twenty] = [of(1), of(20)];
    expect(twenty('Lease renewals: writes')).toBe(20 * one('Lease renewals: writes'));
    expect(twenty('Metrics') - one('Metrics')).toBe(19 * 5);
    expect(twenty('Schedules')).toBe(one('Schedules'));
  });

  it('takes what is free away once, however many lines share it, and never below nothing', () => {
    const line = { what: 'a', price: 'sqsRequest', usage: 800_000, basis: 'use', how: '' } as const;
    const bill = billOf([line, { ...line, what: 'b' }]);
    expect(bill.total.toFixed(3)).toBe('0.640');
    expect(bill.afterFree.toFixed(3)).toBe('0.240');
    expect(billOf([line]).afterFree.toFixed(3)).toBe('0.000');
  });

  it('refuses a schedule that is no rate', () => {
    expect(runsAMonth('rate(15 minutes)')).toBe(2_920);
    expect(() => runsAMonth('cron(0 * * * ? *)')).toThrow(
      'a schedule must be rate(N unit) to be priced, was "cron(0 * * * ? *)"',
    );
  });
});
