import { describe, expect, test } from 'vitest';
import { queryAudit } from '../../../src/core/audit/query-audit.ts';
import { readConfig } from '../../../src/core/config/read-config.ts';
import type { SlotId } from '../../../src/core/models/slot.ts';
import { MARKET_TIME, openDesk, SLOT } from './support/open-desk.ts';

describe('ares config', () => {
  test('shows the defaults as version 0 before anybody changed anything', async () => {
    const desk = openDesk();
    const shown = await desk.ares('config', 'show', '--json');
    expect(shown.json()).toMatchObject({
      version: 0,
      config: { strategy: { entryThreshold: 0.53 }, promotion: { policy: 'metric' } },
    });
    expect((await desk.ares('config', 'versions')).stdout).toContain('Version 0, the defaults');
  });

  test('sets numbers and money as what they are, all as one version, and restores', async () => {
    const desk = openDesk();
    const set = await desk.ares(
      'config',
      'set',
      'strategy.entryThreshold=0.6',
      'risk.maxOrderNotional=250.50',
      '--user',
      'ada',
      '--json',
    );
    expect(set).toMatchObject({ code: 0, stderr: '' });
    expect(set.json()).toMatchObject({
      outcome: 'updated',
      version: 1,
      changes: [
        { field: 'risk.maxOrderNotional', from: '20000', to: '250.50' },
        { field: 'strategy.entryThreshold', from: 0.53, to: 0.6 },
      ],
    });
    expect((await readConfig(desk.ledger)).config.risk.maxOrderNotional).toBe('250.50');
    expect((await desk.ares('config', 'show')).stdout).toMatch(/^strategy\.entryThreshold +0\.6 {2}\(changed\)$/m);
    const bare = await desk.ares('config', 'restore', '0');
    expect(bare).toMatchObject({
      code: 4,
      stdout: 'Refused, nothing was changed: this loosens risk.maxOrderNotional. Say why with --reason.\n',
    });
    const reason = ['--reason', 'back to the defaults'];
    expect((await desk.ares('config', 'restore', '0', ...reason, '--json')).json()).toMatchObject({
      outcome: 'updated',
      version: 2,
      loosens: ['risk.maxOrderNotional'],
    });
    const versions = await desk.ares('config', 'versions', '--json');
    expect(versions.json()).toMatchObject([
      {
        version: 2,
        action: 'restore',
        restoredVersion: 0,
        loosens: ['risk.maxOrderNotional'],
        reason: 'back to the defaults',
      },
      { version: 1, by: 'ada', action: 'update', restoredVersion: null, loosens: [], reason: null },
    ]);
    expect((await desk.ares('config', 'versions')).stdout).toContain('risk.maxOrderNotional 250.50 → 20000 (loosened)');
    expect(await desk.ares('config', 'set', 'strategy.entryThreshold=0.53')).toMatchObject({
      code: 0,
      stdout: 'Nothing to change: version 2 has these settings.\n',
    });
  });

  test('loosens a limit only with a reason, and tightens without', async () => {
    const desk = openDesk();
    const wide = ['config', 'set', 'risk.maxSpreadFraction=0.02'];
    const refused = await desk.ares(...wide, '--json');
    expect(refused.code).toBe(4);
    expect(refused.json()).toEqual({ outcome: 'reason_missing', loosens: ['risk.maxSpreadFraction'] });
    const taken = await desk.ares(...wide, '--reason', 'thin night market');
    expect(taken).toMatchObject({
      code: 0,
      stdout: 'Version 1 is in force.\n  risk.maxSpreadFraction: 0.005 → 0.02  (loosened)\n',
    });
    expect((await desk.ares('config', 'set', 'risk.maxSpreadFraction=0.001')).code).toBe(0);
    const { entries } = await queryAudit(desk.ledger, { eventType: 'ConfigChanged', limit: 10 });
    expect(entries).toMatchObject([
      { details: { loosens: ['risk.maxSpreadFraction'], reason: 'thin night market' } },
      { details: { version: 2 } },
    ]);
    expect(entries[1]?.details).not.toHaveProperty('loosens');
  });

  test('belongs to no slot, so it carries the time of the market whose trader reported last', async () => {
    const desk = openDesk();
    await desk.beat({ at: Date.now() - 2_000, marketTime: MARKET_TIME + 60_000 });
    await desk.beat({ marketTime: MARKET_TIME + 120_000 }, SLOT.replace('BTC', 'ETH') as SlotId);
    await desk.beat(
      { at: Date.now() - 60_000, marketTime: MARKET_TIME + 180_000 },
      SLOT.replace('BTC', 'SOL') as SlotId,
    );
    await desk.ares('config', 'set', 'strategy.entryThreshold=0.6');
    const { entries } = await queryAudit(desk.ledger, { eventType: 'ConfigChanged', limit: 10 });
    expect(entries).toMatchObject([{ timestamp: MARKET_TIME + 120_000 }]);
  });

  test('refuses with 4 what the configuration may not be, naming every field', async () => {
    const desk = openDesk();
    const run = await desk.ares('config', 'set', 'strategy.entryThreshold=high', 'risk.maxLoss=1', '--json');
    expect(run).toMatchObject({ code: 4, stderr: '' });
    expect(run.json()).toEqual({
      outcome: 'invalid',
      problems: [
        { field: 'strategy.entryThreshold', reason: 'must be a number from 0 to 1, was "high"' },
        { field: 'risk.maxLoss', reason: 'must not be there: no setting has this name' },
      ],
    });
  });

  test('refuses with 4 when another version is in force than was expected, and a version that never was', async () => {
    const desk = openDesk();
    await desk.ares('config', 'set', 'strategy.entryThreshold=0.6');
    const stale = await desk.ares('config', 'set', 'strategy.entryThreshold=0.7', '--expected-version', '0', '--json');
    expect(stale.code).toBe(4);
    expect(stale.json()).toEqual({ outcome: 'conflict', expectedVersion: 0, version: 1 });
    const unknown = await desk.ares('config', 'restore', '7', '--json');
    expect(unknown.code).toBe(4);
    expect(unknown.json()).toEqual({ outcome: 'unknown_version', version: 7 });
  });

  test('ends with 2 on words that are no settings', async () => {
    const desk = openDesk();
    for (const words of [
      ['entryThreshold'],
      ['=1'],
      ['a..b=1'],
      ['strategy.entryThreshold=1', 'strategy.entryThreshold=2'],
      [],
    ]) {
      expect((await desk.ares('config', 'set', ...words)).code).toBe(2);
    }
  });
});
