import { expect, it } from 'vitest';
import { readHealth } from '../../../src/core/monitoring/health.ts';
import { SLOT } from '../../support/model-desk.ts';
import { OTHER_SLOT, openMonitorDesk } from './monitor-desk.ts';

it('knows nothing before the first check', async () => {
  const desk = await openMonitorDesk();
  expect(await readHealth(desk.ledger, desk.at(0).now)).toEqual({
    status: 'unknown',
    reason: 'the system was never checked',
    checkedAt: null,
    checks: [],
    alerts: [],
    heartbeatAges: { [SLOT]: null },
  });
});

it("shows the last check, what is in alarm, and how old each trader's sign of life is", async () => {
  const desk = await openMonitorDesk();
  await desk.beat(0);
  await desk.addSlot(OTHER_SLOT);
  desk.world.sample = async () => desk.broken;
  await desk.monitor(1);
  const health = await readHealth(desk.ledger, desk.at(5).now);
  expect(health).toMatchObject({
    status: 'degraded',
    reason: 'cpu degraded',
    checkedAt: desk.at(1).now,
    alerts: [{ check: 'cpu', status: 'raised', code: 'CHECK_DEGRADED' }],
    heartbeatAges: { [SLOT]: 5_000, [OTHER_SLOT]: null },
  });
  expect(health.checks).toHaveLength(16);
});

it('is healthy again, without alarms, when the checks are', async () => {
  const desk = await openMonitorDesk();
  await desk.beat(0);
  desk.world.sample = async () => desk.broken;
  await desk.monitor(1);
  desk.world.sample = async () => desk.healthySample;
  await desk.monitor(2);
  expect(await readHealth(desk.ledger, desk.at(3).now)).toMatchObject({ status: 'healthy', reason: '', alerts: [] });
});

it('says nothing about now when nobody has checked for three minutes', async () => {
  const desk = await openMonitorDesk();
  await desk.beat(0);
  await desk.monitor(1);
  expect(await readHealth(desk.ledger, desk.at(182).now)).toMatchObject({
    status: 'unknown',
    reason: 'the last check is 181 s old',
  });
});
