import { describe, expect, it } from 'vitest';
import { verifyAudit } from '../../../src/core/audit/verify-audit.ts';
import { keys } from '../../../src/core/ledger-keys.ts';
import { linesOf, type SlotId } from '../../../src/core/models/slot.ts';
import { lastSystemCheck } from '../../../src/core/monitoring/system-check.ts';
import { decimal } from '../../../src/core/trading/money.ts';
import { accountToJson, openAccount } from '../../../src/core/trading/slot-account.ts';
import { SLOT } from '../../support/model-desk.ts';
import { type MonitorDesk, NOW, OTHER_SLOT, openMonitorDesk } from './monitor-desk.ts';

const TRADER = `trader:${SLOT}`;
const ERRORS = `error-rate:${SLOT}`;
const failing = () => Promise.reject(new Error('the probe is unplugged'));
const find = async (run: ReturnType<MonitorDesk['monitor']>, name: string) =>
  (await run).check.checks.find((check) => check.name === name);

async function openHealthyDesk() {
  const desk = await openMonitorDesk();
  await desk.beat(0);
  return desk;
}

describe('a system that is well', () => {
  it('is healthy in every check, each with its value and threshold, and nobody is alarmed', async () => {
    const desk = await openHealthyDesk();
    const { status, check, alerts } = await desk.monitor(1);
    expect(status).toBe('healthy');
    expect(check.checks.map(({ name, value, threshold }) => [name, value, threshold])).toEqual([
      ['cpu', 20, 90],
      ['memory', 40, 90],
      ['disk', 5e9, 500_000_000],
      ['event-loop', 3, 500],
      ['exchange', 12, 1_000],
      [`trader:${SLOT}`, 1_000, 15_000],
      [`error-rate:${SLOT}`, 0, 0.05],
      [`model:${SLOT}`, null, 0.6],
      [`drawdown:${SLOT}`, null, -0.2],
      [`day-loss:${SLOT}`, null, -0.05],
      ['metrics', null, null],
    ]);
    expect(alerts).toEqual([]);
    expect(desk.events()).toEqual([]);
  });

  it('is stored and recorded as metrics with units', async () => {
    const desk = await openHealthyDesk();
    const { check } = await desk.monitor(1);
    expect(await lastSystemCheck(desk.ledger)).toEqual(check);
    expect(desk.recorded.map(({ name, unit, value }) => `${name} ${value} ${unit}`)).toEqual([
      'cpu 20 Percent',
      'memory 40 Percent',
      'disk 5000000000 Bytes',
      'event-loop 3 Milliseconds',
      'exchange 12 Milliseconds',
      'trader 1000 Milliseconds',
      'error-rate 0 None',
    ]);
  });
});

describe('a limit', () => {
  it.each([
    ['cpu', { cpuPercent: 91 }],
    ['memory', { memory: { rssBytes: 1, heapUsedBytes: 1, limitBytes: 1, availableBytes: 1, usedPercent: 91 } }],
    ['disk', { disk: { freeBytes: 499_999_999, totalBytes: 1e10, usedPercent: 50 } }],
    ['event-loop', { eventLoopDelay: { p99: 501, max: 600 } }],
  ])('makes %s degraded when it is crossed, saying what must be and what was', async (name, change) => {
    const desk = await openHealthyDesk();
    desk.world.sample = async () => ({ ...desk.healthySample, ...change });
    const { status, check } = await desk.monitor(1);
    expect(status).toBe('degraded');
    expect(check.checks.filter((result) => result.status !== 'healthy')).toMatchObject([
      {
        name,
        status: 'degraded',
        reason: expect.stringMatching(new RegExp(`^${name} must be at (most|least) \\d+, was \\d+$`)),
      },
    ]);
  });

  it('comes from the live configuration in force', async () => {
    const desk = await openHealthyDesk();
    await desk.ledger.append([{ key: keys.config(), value: { config: { monitoring: { cpuPercent: 10 } } } }]);
    expect(await find(desk.monitor(1), 'cpu')).toMatchObject({ status: 'degraded', threshold: 10 });
  });
});

describe('a probe that fails', () => {
  it('makes its own checks failed and stops nothing else', async () => {
    const desk = await openHealthyDesk();
    desk.world.sample = failing;
    const { status, check } = await desk.monitor(1);
    expect(status).toBe('failed');
    expect(check.checks.filter((result) => result.status === 'failed')).toMatchObject(
      ['cpu', 'memory', 'disk', 'event-loop'].map((name) => ({
        name,
        value: null,
        reason: 'could not be measured: the probe is unplugged',
      })),
    );
    expect(check.checks).toHaveLength(11);
  });

  it('may be the exchange', async () => {
    const desk = await openHealthyDesk();
    desk.world.exchange = failing;
    expect(await find(desk.monitor(1), 'exchange')).toMatchObject({ status: 'failed' });
  });

  it('may be the metrics store, and the check is stored all the same', async () => {
    const desk = await openHealthyDesk();
    desk.world.record = failing;
    expect(await find(desk.monitor(1), 'metrics')).toMatchObject({ status: 'failed' });
    expect((await lastSystemCheck(desk.ledger))?.status).toBe('failed');
  });

  it.each([
    [`trader:${SLOT}`, keys.heartbeat(SLOT)],
    [`drawdown:${SLOT}`, keys.account(SLOT)],
    [`model:${SLOT}`, keys.deployment(SLOT)],
  ])('may be a stored item that is none: %s', async (name, key) => {
    const desk = await openHealthyDesk();
    await desk.ledger.append([{ key, value: { instance: 7, championRunId: 7 } }]);
    expect(await find(desk.monitor(1), name)).toMatchObject({ status: 'failed' });
  });
});

describe('the trader', () => {
  it('need not have reported before there is a model to trade with', async () => {
    const desk = await openMonitorDesk();
    const { check, alerts } = await desk.monitor(1);
    expect(check.checks.filter(({ name }) => name === TRADER || name === ERRORS)).toMatchObject([
      { status: 'healthy', reason: 'no model is in production yet' },
      { status: 'healthy', reason: 'no model is in production yet' },
    ]);
    expect(alerts).toEqual([]);
  });

  it('has failed when it never reported although a model is in production', async () => {
    const desk = await openMonitorDesk();
    const value = { championRunId: 'one', championHash: 'h', standbyRunId: null, history: [], lastChange: null };
    await desk.ledger.append([{ key: keys.deployment(SLOT), value }]);
    const { check } = await desk.monitor(1);
    expect(check.checks.filter(({ status }) => status === 'failed').map(({ name }) => name)).toEqual([TRADER, ERRORS]);
    expect(check.traders).toEqual({});
  });

  it('has failed when it is silent for longer than the limit', async () => {
    const desk = await openHealthyDesk();
    expect(await find(desk.monitor(15), TRADER)).toMatchObject({ status: 'healthy', value: 15_000 });
    expect(await find(desk.monitor(16), TRADER)).toMatchObject({
      status: 'failed',
      reason: `the trader of ${SLOT} must report within 15000 ms, was silent for 16000 ms`,
    });
  });

  it('is degraded while it is not allowed to trade', async () => {
    const desk = await openMonitorDesk();
    await desk.beat(0, { state: 'HALTED' });
    expect(await find(desk.monitor(1), TRADER)).toMatchObject({
      status: 'degraded',
      reason: `the trader of ${SLOT} must be ACTIVE, was HALTED`,
    });
  });

  it('is measured by the errors since the check before', async () => {
    const desk = await openMonitorDesk();
    await desk.beat(0, { decisions: 100, errors: 50 });
    expect(await find(desk.monitor(1), ERRORS)).toMatchObject({ status: 'degraded', value: 0.5 });
    await desk.beat(60, { decisions: 200, errors: 51 });
    expect(await find(desk.monitor(61), ERRORS)).toMatchObject({ status: 'healthy', value: 0.01 });
    await desk.beat(120, { decisions: 200, errors: 53 });
    expect(await find(desk.monitor(121), ERRORS)).toMatchObject({ status: 'degraded', value: 1 });
  });

  it('counts from zero after a restart', async () => {
    const desk = await openMonitorDesk();
    await desk.beat(0, { decisions: 1_000, errors: 0 });
    await desk.monitor(1);
    await desk.beat(60, { instance: 'b', decisions: 10, errors: 1 });
    expect(await find(desk.monitor(61), ERRORS)).toMatchObject({ value: 0.1 });
  });
});

describe('the traders of two slots', () => {
  async function openTwoSlots() {
    const desk = await openHealthyDesk();
    await desk.addSlot(OTHER_SLOT);
    return desk;
  }
  const ill = async (run: ReturnType<MonitorDesk['monitor']>) =>
    (await run).check.checks.filter(({ status }) => status !== 'healthy').map(({ name, status }) => [name, status]);

  it('do not stand for each other: one falls silent, only its check fails, and the alarm names it', async () => {
    const desk = await openTwoSlots();
    await desk.beat(0, {}, OTHER_SLOT);
    expect(await ill(desk.monitor(1))).toEqual([]);
    await desk.beat(60);
    expect(await ill(desk.monitor(61))).toEqual([[`trader:${OTHER_SLOT}`, 'failed']]);
    expect(desk.events()).toMatchObject([
      { name: 'SystemError', component: `trader:${OTHER_SLOT}`, code: 'CHECK_FAILED' },
    ]);
    const said = (await desk.audit()).map(({ details }) => details);
    expect(said).toMatchObject([
      { reason: `the trader of ${OTHER_SLOT} must report within 15000 ms, was silent for 61000 ms` },
    ]);
    await desk.beat(62, {}, OTHER_SLOT);
    expect(await ill(desk.monitor(63))).toEqual([]);
    expect(desk.events().at(-1)).toMatchObject({ name: 'SystemRecovered', component: `trader:${OTHER_SLOT}` });
  });

  it('need not both report while one slot has no model: it is idle, the other is not', async () => {
    const desk = await openMonitorDesk();
    await desk.addSlot(OTHER_SLOT);
    const value = { championRunId: 'one', championHash: 'h', standbyRunId: null, history: [], lastChange: null };
    await desk.ledger.append([{ key: keys.deployment(SLOT), value }]);
    expect(await ill(desk.monitor(1))).toEqual([
      [TRADER, 'failed'],
      [ERRORS, 'failed'],
    ]);
    expect(await find(desk.monitor(2), `trader:${OTHER_SLOT}`)).toMatchObject({
      value: null,
      reason: 'no model is in production yet',
    });
  });

  it("are measured each by its own errors since the check before, whatever the other's", async () => {
    const desk = await openTwoSlots();
    await desk.beat(0, { instance: 'b', decisions: 100, errors: 90 }, OTHER_SLOT);
    expect(await ill(desk.monitor(1))).toEqual([[`error-rate:${OTHER_SLOT}`, 'degraded']]);
    await desk.beat(60, { decisions: 200, errors: 50 });
    await desk.beat(60, { instance: 'b', decisions: 200, errors: 91 }, OTHER_SLOT);
    const { check } = await desk.monitor(61);
    const value = (name: string) => check.checks.find((result) => result.name === name)?.value;
    expect([value(ERRORS), value(`error-rate:${OTHER_SLOT}`)]).toEqual([0.5, 0.01]);
    expect(check.traders).toEqual({
      [SLOT]: { instance: 'a', decisions: 200, errors: 50 },
      [OTHER_SLOT]: { instance: 'b', decisions: 200, errors: 91 },
    });
  });

  it('are recorded as one metric with the slot as its dimension', async () => {
    const desk = await openTwoSlots();
    await desk.beat(0, {}, OTHER_SLOT);
    await desk.monitor(2);
    for (const metric of ['trader', 'error-rate']) {
      const dimensions = desk.recorded.filter(({ name }) => name === metric).map((recorded) => recorded.dimensions);
      expect(dimensions).toEqual([{ slot: SLOT }, { slot: OTHER_SLOT }]);
    }
  });

  it('are read apart: a heartbeat that is none fails its own slot only', async () => {
    const desk = await openTwoSlots();
    await desk.ledger.append([{ key: keys.heartbeat(OTHER_SLOT), value: { at: 'noon' } }]);
    expect(await ill(desk.monitor(1))).toEqual([
      [`trader:${OTHER_SLOT}`, 'failed'],
      [`error-rate:${OTHER_SLOT}`, 'failed'],
    ]);
  });
});

describe('a check of a release that knew one trader only', () => {
  const result = { value: null, threshold: null, since: NOW - 1_000, reason: 'silent' };
  const old = {
    at: NOW - 1_000,
    status: 'failed',
    checks: [{ ...result, name: 'trader', status: 'failed' }],
    trader: { instance: 'a', decisions: 90, errors: 40 },
  };

  it('is read, and the next one counts from where the process began', async () => {
    const desk = await openMonitorDesk();
    await desk.beat(0, { decisions: 100, errors: 1 });
    await desk.ledger.append([{ key: keys.systemCheck(old.at), value: old }]);
    expect(await lastSystemCheck(desk.ledger)).toMatchObject({ at: old.at, traders: {} });
    expect(await find(desk.monitor(1), ERRORS)).toMatchObject({ status: 'healthy', value: 0.01 });
  });

  it('leaves no alarm behind that nothing would ever end', async () => {
    const desk = await openHealthyDesk();
    await desk.ledger.append([
      { key: keys.systemCheck(old.at), value: old },
      {
        key: keys.systemAlert('trader'),
        value: { check: 'trader', status: 'raised', since: old.at, code: 'CHECK_FAILED', reason: 'silent' },
      },
    ]);
    expect((await desk.monitor(1)).alerts).toMatchObject([
      { check: 'trader', status: 'ended', reason: 'trader is no longer checked' },
    ]);
    expect((await desk.monitor(2)).alerts).toEqual([]);
    expect(desk.events()).toMatchObject([{ name: 'SystemRecovered', component: 'trader' }]);
  });
});

describe('the production model', () => {
  const deploy = (desk: MonitorDesk) =>
    desk.ledger.append([
      {
        key: keys.deployment(SLOT),
        value: { championRunId: 'one', championHash: 'h', standbyRunId: null, history: [], lastChange: null },
      },
    ]);

  it('shows its last accuracy', async () => {
    const desk = await openHealthyDesk();
    await deploy(desk);
    expect(await find(desk.monitor(1), `model:${SLOT}`)).toMatchObject({
      status: 'healthy',
      value: null,
      reason: 'not measured yet',
    });
    const figures = {
      log_loss: null,
      sharpe_ratio: null,
      sortino_ratio: null,
      max_drawdown: null,
      hit_rate: null,
      total_return: null,
      turnover: null,
    };
    await desk.ledger.append([
      {
        key: keys.performance(SLOT, 'one', 5),
        value: {
          slot: SLOT,
          runId: 'one',
          at: 5,
          window: { from: 0, to: 5 },
          samples: 40,
          periods: 2,
          accuracy: 0.61,
          ...figures,
        },
      },
    ]);
    expect(await find(desk.monitor(61), `model:${SLOT}`)).toMatchObject({ status: 'healthy', value: 0.61, reason: '' });
  });

  it('is degraded while one of its alerts is raised, and not by those of others', async () => {
    const desk = await openHealthyDesk();
    await deploy(desk);
    const raise = (runId: string, metric: string, value: number | null) =>
      desk.ledger.append([
        {
          key: keys.alert(SLOT, runId, metric),
          value: { slot: SLOT, runId, metric, status: 'raised', since: 1, value, threshold: 0.6, samples: 40 },
          index: { pk: `raised#${SLOT}`, sk: `${runId}#${metric}` },
        },
      ]);
    await raise('two', 'accuracy', 0.1);
    expect(await find(desk.monitor(1), `model:${SLOT}`)).toMatchObject({ status: 'healthy' });
    await raise('one', 'accuracy', 0.5);
    await raise('one', 'sharpe_ratio', null);
    expect(await find(desk.monitor(2), `model:${SLOT}`)).toMatchObject({
      status: 'degraded',
      reason: 'one: accuracy must be at least 0.6, was 0.5; sharpe_ratio must be at least 0.6, was missing',
    });
  });
});

describe('the money', () => {
  const book = (desk: MonitorDesk, changes: Partial<ReturnType<typeof openAccount>>) => {
    const account = openAccount({ base: decimal('0'), quote: decimal('10000') }, decimal('10000'));
    return desk.ledger.append([{ key: keys.account(SLOT), value: accountToJson({ ...account, ...changes }) }]);
  };
  const losses = async (desk: MonitorDesk, second: number) => {
    const { check } = await desk.monitor(second);
    return check.checks
      .filter(({ name }) => /^(drawdown|day-loss):/.test(name))
      .map(({ status, value }) => [status, value]);
  };

  it("is measured from its highest and from the day's start, without a position", async () => {
    const desk = await openHealthyDesk();
    await book(desk, { quoteFlow: decimal('-600'), peakEquity: decimal('12000') });
    expect(await losses(desk, 1)).toEqual([
      ['degraded', expect.closeTo(9_400 / 12_000 - 1, 12)],
      ['degraded', expect.closeTo(-0.06, 12)],
    ]);
  });

  it('is marked at the last decided close while there is a position', async () => {
    const desk = await openHealthyDesk();
    await book(desk, { quoteFlow: decimal('-5000'), position: { quantity: decimal('10'), cost: decimal('5000') } });
    expect(await losses(desk, 1)).toEqual([
      ['healthy', null],
      ['healthy', null],
    ]);
    await desk.ledger.append([{ key: keys.decision(SLOT, 60_000), value: { close: 490 } }]);
    expect(await losses(desk, 2)).toEqual([
      ['healthy', expect.closeTo(-0.01, 12)],
      ['healthy', expect.closeTo(-0.01, 12)],
    ]);
  });

  it('is, of a slot with several markets, that of the one that lost most, each with its share of the budget', async () => {
    const desk = await openMonitorDesk();
    const slot = SLOT.replace('BTC/USDT', 'BTC/USDT+ETH/USDT') as SlotId;
    await desk.addSlot(slot);
    for (const [line, flow] of linesOf(slot).map((line, n) => [line, n === 0 ? '-50' : '-100'] as const)) {
      const account = openAccount({ base: decimal('0'), quote: decimal('5000') }, decimal('5000'));
      const value = accountToJson({ ...account, quoteFlow: decimal(flow) });
      await desk.ledger.append([{ key: keys.account(line), value }]);
    }
    const { check } = await desk.monitor(1);
    expect(check.checks.find(({ name }) => name === `day-loss:${slot}`)).toMatchObject({
      value: expect.closeTo(-0.02, 12),
    });
  });

  it('is all lost where there is nothing to compare with', async () => {
    const desk = await openHealthyDesk();
    await book(desk, { peakEquity: decimal('0'), dayStartEquity: decimal('0') });
    expect(await losses(desk, 1)).toEqual([
      ['degraded', -1],
      ['degraded', -1],
    ]);
  });
});

describe('an alarm', () => {
  it('is published once when a check leaves health, and once when it is back', async () => {
    const desk = await openHealthyDesk();
    desk.world.sample = async () => desk.broken;
    for (const second of [1, 2, 3]) await desk.monitor(second);
    expect(desk.events()).toEqual([
      { name: 'SystemError', component: 'cpu', code: 'CHECK_DEGRADED', sequence: NOW + 1_000 },
    ]);
    desk.world.sample = async () => desk.healthySample;
    for (const second of [4, 5]) await desk.monitor(second);
    expect(desk.events().slice(1)).toEqual([
      { name: 'SystemRecovered', component: 'cpu', code: 'CHECK_DEGRADED', sequence: NOW + 4_000 },
    ]);
    expect((await desk.audit()).map(({ eventType, action }) => `${eventType}: ${action}`)).toEqual([
      'SystemError: raise alarm',
      'SystemRecovered: end alarm',
    ]);
    expect((await verifyAudit(desk.ledger)).valid).toBe(true);
    desk.world.sample = async () => desk.broken;
    await desk.monitor(6);
    expect(desk.events().map(({ name }) => name)).toEqual(['SystemError', 'SystemRecovered', 'SystemError']);
  });

  it('is raised again when a degraded check fails, not when a failed one is only degraded', async () => {
    const desk = await openHealthyDesk();
    desk.world.latencyMs = 2_000;
    await desk.monitor(1);
    desk.world.exchange = failing;
    await desk.monitor(2);
    desk.world.exchange = async () => desk.at(3).now;
    await desk.monitor(3);
    expect(desk.events().map(({ code }) => code)).toEqual(['CHECK_DEGRADED', 'CHECK_FAILED']);
    desk.world.latencyMs = 5;
    await desk.monitor(4);
    expect(desk.events().at(-1)).toMatchObject({ name: 'SystemRecovered', code: 'CHECK_FAILED' });
  });

  it('says since when the check has been as it is', async () => {
    const desk = await openHealthyDesk();
    await desk.monitor(1);
    desk.world.sample = async () => desk.broken;
    await desk.monitor(2);
    const { check } = await desk.monitor(3);
    const since = Object.fromEntries(check.checks.map((result) => [result.name, (result.since - NOW) / 1_000]));
    expect(since).toMatchObject({ cpu: 2, memory: 1 });
  });

  it('is published once when an invocation is delivered again, or twice at once', async () => {
    const desk = await openHealthyDesk();
    desk.world.sample = async () => desk.broken;
    await Promise.all([desk.monitor(1), desk.monitor(1), desk.monitor(2)]);
    await desk.monitor(1);
    expect(desk.events().map(({ component }) => component)).toEqual(['cpu']);
  });

  it('is changed at most once by one invocation, and a second delivery measures from the same check before', async () => {
    const desk = await openHealthyDesk();
    await desk.monitor(1);
    await desk.beat(60, { decisions: 200, errors: 50 });
    desk.world.sample = async () => desk.broken;
    const first = await desk.monitor(61);
    expect(first.alerts.map(({ check }) => check)).toEqual(['cpu', ERRORS]);
    desk.world.sample = async () => desk.healthySample;
    const second = await desk.monitor(61);
    expect(second.alerts).toEqual([]);
    expect(second.check.checks.find(({ name }) => name === ERRORS)).toMatchObject({ value: 0.5 });
  });

  it('reaches every handler, also when one of them fails', async () => {
    const desk = await openHealthyDesk();
    const told: string[] = [];
    desk.world.handlers = [
      { name: 'broken', handle: failing },
      { name: 'mail', handle: async (alert) => void told.push(`${alert.check} ${alert.status}`) },
    ];
    desk.world.sample = async () => desk.broken;
    const first = await desk.monitor(1);
    desk.world.sample = async () => desk.healthySample;
    await desk.monitor(2);
    expect(told).toEqual(['cpu raised', 'cpu ended']);
    expect(first.handlerFailures).toEqual([{ handler: 'broken', check: 'cpu', reason: 'the probe is unplugged' }]);
  });

  it('that cannot be read is a fault that names it', async () => {
    const desk = await openHealthyDesk();
    await desk.ledger.append([{ key: keys.systemAlert('cpu'), value: {} }]);
    await expect(desk.monitor(1)).rejects.toThrowError(/system alert system-alerts\/cpu/);
  });
});

it('a stored check that is none is a fault that names it', async () => {
  const desk = await openHealthyDesk();
  await desk.ledger.append([{ key: keys.systemCheck(NOW), value: {} }]);
  await expect(desk.monitor(1)).rejects.toThrowError(/system check system-checks\/00/);
});
