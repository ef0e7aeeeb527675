import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { queryAudit } from '../../../src/core/audit/query-audit.ts';
import { DEFAULT_CONFIG } from '../../../src/core/config/live-config.ts';
import { readConfig } from '../../../src/core/config/read-config.ts';
import { type InitialSettings, seedConfig } from '../../../src/core/config/seed-config.ts';
import { updateConfig } from '../../../src/core/config/update-config.ts';
import { epochMillis } from '../../../src/core/ports/clock.ts';
import { createMemoryLedger } from '../../support/memory-ledger.ts';

const limits: InitialSettings = {
  'strategy.quoteBudget': '1000',
  'risk.maxOrderNotional': '500',
  'risk.maxPositionNotional': '900.5',
  'risk.dailyLossFraction': 0.02,
};
const request = (settings: InitialSettings, session = 'one') => ({
  stage: 'live',
  settings,
  now: epochMillis(1_700_000_000_000),
  sessionId: session,
});

describe('the settings a deployment begins with', () => {
  test('become the first version, with an audit entry and an event, and leave the other settings at their defaults', async () => {
    const ledger = createMemoryLedger();
    expect(await seedConfig(request(limits), { ledger })).toEqual({ outcome: 'seeded', version: 1 });
    const { version, config } = await readConfig(ledger);
    expect(version).toBe(1);
    expect(config).toEqual({
      ...DEFAULT_CONFIG,
      strategy: { ...DEFAULT_CONFIG.strategy, quoteBudget: '1000' },
      risk: { ...DEFAULT_CONFIG.risk, maxOrderNotional: '500', maxPositionNotional: '900.5', dailyLossFraction: 0.02 },
    });
    expect(ledger.events.map(({ detailType, detail }) => [detailType, detail.metadata.id])).toEqual([
      ['ConfigChanged', 'config:initial-settings:live:0'],
    ]);
    const { entries } = await queryAudit(ledger, { stream: 'config', limit: 10 });
    expect(entries.map(({ user, action }) => [user, action])).toEqual([['deployment', 'update']]);
  });

  test('do not touch what somebody configured before, whatever they are', async () => {
    const ledger = createMemoryLedger();
    const command = { id: 'ada-1', user: 'ada', now: epochMillis(1), sessionId: 'cli' };
    await updateConfig({ ...command, patch: { risk: { dailyLossFraction: 0.01 } } }, { ledger });
    const before = await readConfig(ledger);
    await fc.assert(
      fc.asyncProperty(fc.double({ min: 0.001, max: 1, noNaN: true }), async (dailyLossFraction) => {
        const seeded = await seedConfig(request({ 'risk.dailyLossFraction': dailyLossFraction }), { ledger });
        expect(seeded).toEqual({ outcome: 'kept', version: 1 });
        expect(await readConfig(ledger)).toEqual(before);
      }),
      { numRuns: 20 },
    );
  });

  test('are written once, however many traders start at the same time', async () => {
    const ledger = createMemoryLedger();
    const outcomes = await Promise.all(
      ['one', 'two', 'three'].map((session) => seedConfig(request(limits, session), { ledger })),
    );
    expect((await readConfig(ledger)).version).toBe(1);
    expect(outcomes.every(({ version }) => version === 1)).toBe(true);
    expect(ledger.events).toHaveLength(1);
  });

  test('give way to a person who configures between reading and writing', async () => {
    const ledger = createMemoryLedger();
    ledger.beforeCommit = async (token) => {
      if (token !== 'config:initial-settings:live') return;
      ledger.beforeCommit = undefined;
      const command = { id: 'ada-1', user: 'ada', now: epochMillis(1), sessionId: 'cli' };
      await updateConfig({ ...command, patch: { risk: { dailyLossFraction: 0.01 } } }, { ledger });
    };
    expect(await seedConfig(request(limits), { ledger })).toEqual({ outcome: 'kept', version: 1 });
    expect((await readConfig(ledger)).config.risk.dailyLossFraction).toBe(0.01);
  });

  test('make no version when they are the defaults', async () => {
    const ledger = createMemoryLedger();
    const settings = { 'risk.dailyLossFraction': DEFAULT_CONFIG.risk.dailyLossFraction };
    expect(await seedConfig(request(settings), { ledger })).toEqual({ outcome: 'kept', version: 0 });
  });

  test('are refused as a whole when one is wrong, naming it, what it must be and what it was', async () => {
    const ledger = createMemoryLedger();
    const refused = (settings: InitialSettings) => expect(seedConfig(request(settings), { ledger })).rejects;
    await refused({ ...limits, 'risk.dailyLossFraction': 3 }).toMatchObject({
      code: 'SETTINGS_INVALID',
      message: 'the initial settings: risk.dailyLossFraction must be a number from 0 to 1, was 3',
    });
    await refused({ 'risk.maxOrderNotional': '900', 'risk.maxPositionNotional': '100' }).toMatchObject({
      code: 'SETTINGS_INVALID',
      message: expect.stringContaining('must be at most risk.maxPositionNotional (100), was "900"'),
    });
    await refused({ 'risk.noSuchLimit': 1 }).toMatchObject({
      message: expect.stringContaining('risk.noSuchLimit must not be there'),
    });
    await refused({ maxOrderNotional: '1' }).toMatchObject({
      message: 'a setting\'s name must be like "risk.maxOrderNotional", was "maxOrderNotional"',
    });
    expect((await readConfig(ledger)).version).toBe(0);
  });
});
