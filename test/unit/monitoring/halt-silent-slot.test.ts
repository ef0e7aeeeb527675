import { beforeEach, describe, expect, it } from 'vitest';
import { newsOfEvent } from '../../../src/core/alerts/news-of-event.ts';
import { verifyAudit } from '../../../src/core/audit/verify-audit.ts';
import { updateConfig } from '../../../src/core/config/update-config.ts';
import { parseEvent } from '../../../src/core/events/catalogue.ts';
import { keys } from '../../../src/core/ledger-keys.ts';
import { epochMillis } from '../../../src/core/ports/clock.ts';
import type { JsonObject } from '../../../src/core/ports/ledger.ts';
import { halt, readTradingState, resume } from '../../../src/core/trading/trading-state.ts';
import { SLOT } from '../../support/model-desk.ts';
import { type MonitorDesk, OTHER_SLOT, openMonitorDesk } from './monitor-desk.ts';

const MINUTE = 60;
const champion = (desk: MonitorDesk, slot = SLOT) =>
  desk.ledger.append([
    {
      key: keys.deployment(slot),
      value: {
        championRunId: 'run-1',
        championHash: 'a'.repeat(64),
        standbyRunId: null,
        history: [],
        lastChange: null,
      },
    },
  ]);
const lease = (desk: MonitorDesk, owner: string | null, slot = SLOT) =>
  desk.ledger.append([{ key: keys.lease(slot), value: { owner, epoch: 4 } as JsonObject }]);
const state = async (desk: MonitorDesk) => (await readTradingState(desk.ledger, SLOT)).state;
const command = (id: string) => ({ id, user: 'ada', now: epochMillis(1), sessionId: 's', slot: SLOT, reason: 'test' });

describe('a trader that falls silent', () => {
  let desk: MonitorDesk;
  beforeEach(async () => {
    desk = await openMonitorDesk();
    await champion(desk);
    await lease(desk, 'trader-a');
    await desk.beat(0);
  });
  /** The monitor, once a minute. */
  const watch = async (from: number, until: number) => {
    const halted: string[] = [];
    for (let minute = from; minute <= until; minute += 1) {
      halted.push(...(await desk.monitor(minute * MINUTE)).halted.map((slot) => `${slot} at ${minute}`));
    }
    return halted;
  };

  it('is halted once it was silent for longer than the limit, and once only', async () => {
    expect(await watch(0, 5)).toEqual([]);
    expect(await state(desk)).toBe('ACTIVE');
    expect(await watch(6, 9)).toEqual([`${SLOT} at 6`]);
    expect(await readTradingState(desk.ledger, SLOT)).toMatchObject({
      state: 'HALTED',
      by: 'monitor-system',
      reason: 'the trader must report within 300000 ms, was silent for 360000 ms',
    });
    const halts = (await desk.audit()).filter(({ eventType }) => eventType === 'TradingHalted');
    expect(halts).toMatchObject([{ user: 'monitor-system', action: 'halt', details: { slot: SLOT, to: 'HALTED' } }]);
    expect(await verifyAudit(desk.ledger)).toMatchObject({ valid: true });
  });

  it('tells people what that means for the money, and where the runbook goes on', async () => {
    await watch(0, 6);
    const told = desk.ledger.events
      .map((event) => parseEvent(event.source, event.detailType, event.detail))
      .find(({ name }) => name === 'TradingHalted');
    expect(told && newsOfEvent(told)).toMatchObject({
      severity: 'critical',
      headline: 'trading is HALTED',
      money: expect.stringContaining('Nobody watches the position'),
      runbook: '#halted-the-trader-is-silent',
    });
  });

  it('goes by the limit in force', async () => {
    const patch = { risk: { haltAfterHeartbeatSilenceMs: 100_000 } };
    await updateConfig({ ...command('limit'), patch }, { ledger: desk.ledger });
    expect(await watch(0, 3)).toEqual([`${SLOT} at 2`]);
  });

  it('is left alone while it reports', async () => {
    for (let minute = 0; minute < 12; minute += 1) {
      await desk.beat(minute * MINUTE);
      expect(await watch(minute, minute)).toEqual([]);
    }
  });

  it('is left alone when it left in order: it gave its lease back', async () => {
    await lease(desk, null);
    expect(await watch(0, 12)).toEqual([]);
  });

  it('is left alone when there is no champion, or when it never reported: nothing was ever sent', async () => {
    await desk.addSlot(OTHER_SLOT);
    await lease(desk, 'trader-b', OTHER_SLOT);
    await desk.beat(0, {}, OTHER_SLOT);
    const without = await openMonitorDesk();
    await champion(without);
    await lease(without, 'trader-a');
    expect(await watch(0, 12)).toEqual([`${SLOT} at 6`]);
    for (let minute = 0; minute < 12; minute += 1) expect((await without.monitor(minute * MINUTE)).halted).toEqual([]);
  });

  it('is heard out anew after nobody listened: a machine that was off is no silence', async () => {
    await watch(0, 1);
    expect(await watch(600, 605)).toEqual([]);
    expect(await watch(606, 606)).toEqual([`${SLOT} at 606`]);
  });

  it('is halted again when somebody resumes it while it is still silent', async () => {
    await watch(0, 6);
    await resume(command('resume'), { ledger: desk.ledger });
    expect(await watch(7, 7)).toEqual([`${SLOT} at 7`]);
  });

  it('is halted also where the deployment cannot be read: there may be a champion', async () => {
    await desk.ledger.append([{ key: keys.deployment(SLOT), value: { championRunId: 7 } }]);
    expect(await watch(0, 6)).toEqual([`${SLOT} at 6`]);
  });

  it('is not told of again when a person halted it before', async () => {
    await halt(command('halt'), { ledger: desk.ledger });
    expect(await watch(0, 9)).toEqual([]);
    expect(await readTradingState(desk.ledger, SLOT)).toMatchObject({ by: 'ada' });
  });
});
