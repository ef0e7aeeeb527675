import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { diffConfig } from '../../../src/core/config/config-diff.ts';
import { DEFAULT_CONFIG, type LiveConfig } from '../../../src/core/config/live-config.ts';
import { readConfig, readConfigVersion } from '../../../src/core/config/read-config.ts';
import { restoreConfig, updateConfig } from '../../../src/core/config/update-config.ts';
import { validateConfig } from '../../../src/core/config/validate-config.ts';
import { keys } from '../../../src/core/ledger-keys.ts';
import type { JsonObject } from '../../../src/core/ports/ledger.ts';
import { type ModelDesk, openModelDesk } from '../../support/model-desk.ts';

describe('the live configuration', () => {
  let desk: ModelDesk;
  beforeEach(() => {
    desk = openModelDesk();
  });

  const update = (
    patch: unknown,
    options: { readonly expectedVersion?: number; readonly id?: string; readonly reason?: string } = {},
  ) => updateConfig({ ...desk.command(), ...options, patch }, desk.ports);
  const restore = (version: number, reason?: string) =>
    restoreConfig({ ...desk.command(), version, ...(reason === undefined ? {} : { reason }) }, desk.ports);
  const current = () => readConfig(desk.ledger);

  test('is version 0, the defaults, until somebody changes something', async () => {
    expect(await current()).toEqual({ version: 0, config: DEFAULT_CONFIG });
    expect(DEFAULT_CONFIG).toMatchObject({
      promotion: { policy: 'metric', metric: 'accuracy', firstModel: 'metric' },
      performance: { accuracy: 0.6, sharpe_ratio: 1, max_drawdown: -0.1 },
    });
  });

  test('changes what the patch names, as a new version, with the diff audited and told', async () => {
    const outcome = await update({ strategy: { entryThreshold: 0.6 }, risk: { maxOrdersPerMinute: 3 } });
    const changes = [
      { field: 'risk.maxOrdersPerMinute', from: 10, to: 3 },
      { field: 'strategy.entryThreshold', from: 0.53, to: 0.6 },
    ];
    const config: LiveConfig = {
      ...DEFAULT_CONFIG,
      strategy: { ...DEFAULT_CONFIG.strategy, entryThreshold: 0.6 },
      risk: { ...DEFAULT_CONFIG.risk, maxOrdersPerMinute: 3 },
    };
    expect(outcome).toEqual({ outcome: 'updated', version: 1, config, changes, loosens: [], repeated: false });
    expect(await current()).toEqual({ version: 1, config });
    expect(await desk.audit('config')).toEqual([
      expect.objectContaining({
        eventType: 'ConfigChanged',
        user: 'ada',
        action: 'update',
        details: { version: 1, previousVersion: 0, changes },
      }),
    ]);
    expect(desk.events()).toEqual([
      {
        name: 'ConfigChanged',
        metadata: {
          id: 'config:command-1:0',
          version: 1,
          occurredAt: 10_001,
          correlationId: 'command-1',
          causationId: 'command-1',
          slot: null,
          sequence: 1,
        },
        data: { version: 1, changed: ['risk.maxOrdersPerMinute', 'strategy.entryThreshold'] },
      },
    ]);
  });

  test('makes no version when nothing would differ', async () => {
    expect(await update({})).toEqual({ outcome: 'unchanged', version: 0 });
    expect(await update({ strategy: { entryThreshold: 0.53 } })).toEqual({ outcome: 'unchanged', version: 0 });
    expect(desk.ledger.events).toEqual([]);
  });

  test.each<[unknown, string, string]>([
    [{ strategy: { entryThreshold: 'abc' } }, 'strategy.entryThreshold', 'must be a number from 0 to 1, was "abc"'],
    [{ strategy: { entryThreshold: 1.5 } }, 'strategy.entryThreshold', 'must be a number from 0 to 1, was 1.5'],
    [{ strategy: { entryThreshold: Number.NaN } }, 'strategy.entryThreshold', 'must be a number from 0 to 1, was NaN'],
    [
      { strategy: { exitThreshold: 0.7 } },
      'strategy.exitThreshold',
      'must be below strategy.entryThreshold (0.53), was 0.7',
    ],
    [
      { strategy: { exitThreshold: 0.53 } },
      'strategy.exitThreshold',
      'must be below strategy.entryThreshold (0.53), was 0.53',
    ],
    [
      { strategy: { budgetFraction: '1.01' } },
      'strategy.budgetFraction',
      'must be a decimal number above 0 and up to 1 as text, like "0.5", was "1.01"',
    ],
    [
      { strategy: { budgetFraction: 0.5 } },
      'strategy.budgetFraction',
      'must be a decimal number above 0 and up to 1 as text, like "0.5", was 0.5',
    ],
    [
      { strategy: { budgetFraction: '0' } },
      'strategy.budgetFraction',
      'must be a decimal number above 0 and up to 1 as text, like "0.5", was "0"',
    ],
    [
      { strategy: { quoteBudget: '1e5' } },
      'strategy.quoteBudget',
      'must be a decimal number above 0 as text, like "250.50", was "1e5"',
    ],
    [
      { strategy: { quoteBudget: '-5' } },
      'strategy.quoteBudget',
      'must be a decimal number above 0 as text, like "250.50", was "-5"',
    ],
    [
      { strategy: { quoteBudget: '0.00' } },
      'strategy.quoteBudget',
      'must be a decimal number above 0 as text, like "250.50", was "0.00"',
    ],
    [
      { risk: { maxOrderNotional: '20000.01' } },
      'risk.maxOrderNotional',
      'must be at most risk.maxPositionNotional (20000), was "20000.01"',
    ],
    [{ risk: { maxOrdersPerMinute: 0 } }, 'risk.maxOrdersPerMinute', 'must be a number from 1, was 0'],
    [{ risk: { maxOrdersPerMinute: 1.5 } }, 'risk.maxOrdersPerMinute', 'must be a whole number from 1, was 1.5'],
    [{ risk: { dailyLossFraction: 0 } }, 'risk.dailyLossFraction', 'must be a number above 0 and up to 1, was 0'],
    [{ performance: { max_drawdown: 0.1 } }, 'performance.max_drawdown', 'must be a number from -1 to 0, was 0.1'],
    [{ performance: { sharpe_ratio: null } }, 'performance.sharpe_ratio', 'must be a number, was null'],
    [{ monitoring: { cpuPercent: 0 } }, 'monitoring.cpuPercent', 'must be a number above 0, was 0'],
    [{ promotion: { policy: 'luck' } }, 'promotion.policy', 'must be "metric", was "luck"'],
    [{ promotion: 'metric' }, 'promotion', 'must be settings by name, was "metric"'],
    [{ promotion: {}, risk: [] }, 'risk', 'must be settings by name, was a list'],
    [{ risk: { staleDataMs: {} } }, 'risk.staleDataMs', 'must be a number from 1, was an object'],
    [{ promotion: { metric: 'beauty' } }, 'promotion.metric', 'must be "accuracy", was "beauty"'],
    [{ promotion: { firstModel: 'maybe' } }, 'promotion.firstModel', 'must be "metric" or "manual", was "maybe"'],
    [{ strategy: { entryTreshold: 0.6 } }, 'strategy.entryTreshold', 'must not be there: no setting has this name'],
    [{ tactics: {} }, 'tactics', 'must not be there: no setting has this name'],
  ])('refuses %j naming the field, what it must be and what it was', async (patch, field, reason) => {
    expect(await update(patch)).toEqual({ outcome: 'invalid', problems: [{ field, reason }] });
    expect(await current()).toEqual({ version: 0, config: DEFAULT_CONFIG });
    expect(desk.ledger.events).toEqual([]);
    expect(await desk.audit('config')).toEqual([]);
  });

  test.each([[null], ['text'], [[]], [7], [undefined]])('refuses %j, which is no set of sections', async (patch) => {
    expect(await update(patch)).toMatchObject({
      outcome: 'invalid',
      problems: [{ field: 'configuration', reason: expect.stringMatching(/^must be settings by name, was /) }],
    });
  });

  test('leaves a setting alone that is named without a value', async () => {
    await update({ risk: { staleDataMs: 3 } });
    expect(await update({ risk: undefined })).toEqual({ outcome: 'unchanged', version: 1 });
    expect(await update({ risk: { staleDataMs: undefined } })).toEqual({ outcome: 'unchanged', version: 1 });
  });

  test('names every field that is wrong at once', async () => {
    const outcome = await update({ strategy: { entryThreshold: 2 }, risk: { staleDataMs: -1, nonsense: 1 } });
    expect(outcome).toMatchObject({ outcome: 'invalid' });
    expect('problems' in outcome && outcome.problems.map(({ field }) => field).sort()).toEqual([
      'risk.nonsense',
      'risk.staleDataMs',
      'strategy.entryThreshold',
    ]);
  });

  test("does not follow names that are no settings into an object's inside", async () => {
    const patch = JSON.parse('{"__proto__": {"polluted": true}, "strategy": {"constructor": 1}}');
    const outcome = await update(patch);
    expect(outcome).toMatchObject({ outcome: 'invalid' });
    expect('problems' in outcome && outcome.problems.map(({ field }) => field)).toContain('strategy.constructor');
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  test('changes nothing when it is not what the author had seen', async () => {
    await update({ risk: { maxOrdersPerMinute: 3 } }, { expectedVersion: 0 });
    const stale = await update({ risk: { maxOrdersPerMinute: 4 } }, { expectedVersion: 0 });
    expect(stale).toEqual({ outcome: 'conflict', expectedVersion: 0, version: 1 });
    expect((await current()).config.risk.maxOrdersPerMinute).toBe(3);
    const fresh = await update({ risk: { maxOrdersPerMinute: 2 } }, { expectedVersion: 1 });
    expect(fresh).toMatchObject({ outcome: 'updated', version: 2 });
  });

  test('takes changes of different settings at once, each on top of the other', async () => {
    const outcomes = await Promise.all([
      update({ risk: { maxOrdersPerMinute: 3 } }),
      update({ risk: { staleDataMs: 7 } }),
      update({ strategy: { entryThreshold: 0.9 } }),
    ]);
    expect(outcomes.map((outcome) => 'version' in outcome && outcome.version).sort()).toEqual([1, 2, 3]);
    const { version, config } = await current();
    expect(version).toBe(3);
    expect(config).toMatchObject({
      risk: { maxOrdersPerMinute: 3, staleDataMs: 7 },
      strategy: { entryThreshold: 0.9 },
    });
  });

  test('of two changes made on the same version at once takes one', async () => {
    const outcomes = await Promise.all([
      update({ risk: { staleDataMs: 3 } }, { expectedVersion: 0 }),
      update({ risk: { staleDataMs: 4 } }, { expectedVersion: 0 }),
    ]);
    expect(outcomes.map(({ outcome }) => outcome).sort()).toEqual(['conflict', 'updated']);
  });

  test('the same command twice makes one version', async () => {
    await update({ risk: { staleDataMs: 3 } }, { id: 'once' });
    await update({ risk: { staleDataMs: 5 } }, { reason: 'slow feed' });
    const again = await update({ risk: { staleDataMs: 3 } }, { id: 'once' });
    expect(again).toEqual({ outcome: 'updated', ...(await current()), changes: [], loosens: [], repeated: true });
    expect(await current()).toMatchObject({ version: 2, config: { risk: { staleDataMs: 5 } } });
    expect(desk.ledger.events).toHaveLength(2);
  });

  test('restores any version as a new one, and says so', async () => {
    await update({ risk: { staleDataMs: 3 } });
    await update({ risk: { staleDataMs: 5 } }, { reason: 'slow feed' });
    expect(await restore(1)).toMatchObject({
      outcome: 'updated',
      version: 3,
      changes: [{ field: 'risk.staleDataMs', from: 5, to: 3 }],
    });
    expect((await desk.audit('config')).at(-1)).toMatchObject({
      action: 'restore',
      details: { restoredVersion: 1, version: 3, previousVersion: 2 },
    });
    expect(await restore(3)).toEqual({ outcome: 'unchanged', version: 3 });
    expect(await restore(0)).toEqual({ outcome: 'reason_missing', loosens: ['risk.staleDataMs'] });
    expect(await restore(0, 'the feed is well again')).toMatchObject({
      outcome: 'updated',
      version: 4,
      config: DEFAULT_CONFIG,
      loosens: ['risk.staleDataMs'],
    });
    expect((await desk.audit('config')).at(-1)).toMatchObject({
      action: 'restore',
      details: { restoredVersion: 0, loosens: ['risk.staleDataMs'], reason: 'the feed is well again' },
    });
    expect(await restore(9)).toEqual({ outcome: 'unknown_version', version: 9 });
    expect((await readConfigVersion(desk.ledger, 2))?.risk.staleDataMs).toBe(5);
    expect(await desk.auditValid()).toBe(true);
  });

  test('keeps reading what another release wrote: unknown settings left out, new ones at their default', async () => {
    const config: JsonObject = { retired: { x: 1 }, risk: { staleDataMs: 77, retired: true } };
    await desk.ledger.append([{ key: keys.config(), value: { version: 1, config } }]);
    expect(await current()).toEqual({
      version: 1,
      config: { ...DEFAULT_CONFIG, risk: { ...DEFAULT_CONFIG.risk, staleDataMs: 77 } },
    });
  });

  test.each<[JsonObject, RegExp]>([
    [
      { config: { risk: { staleDataMs: -1 } } },
      /configuration version 1: risk\.staleDataMs must be a number from 1, was -1/,
    ],
    [{ config: { risk: null } }, /configuration version 1: risk/],
    [{ config: 'none' }, /configuration version 1: config must not be there/],
  ])('does not run on a stored one that makes no sense: %j', async (value, message) => {
    await desk.ledger.append([{ key: keys.config(), value }]);
    await expect(current()).rejects.toMatchObject({
      code: 'CONFIG_STORED_INVALID',
      message: expect.stringMatching(message),
    });
  });
});

describe('the validation', () => {
  test('takes nothing for a configuration that is none, whatever it is', () => {
    fc.assert(
      fc.property(fc.anything(), (thing) => {
        const result = validateConfig({ strategy: thing });
        if (result.ok) expect(validateConfig(result.config).ok).toBe(true);
        else expect(result.problems.length).toBeGreaterThan(0);
      }),
    );
  });
});

describe('the diff', () => {
  test('shows what only one side has as null on the other', () => {
    const other = {
      ...DEFAULT_CONFIG,
      risk: { ...DEFAULT_CONFIG.risk, staleDataMs: undefined },
    } as unknown as LiveConfig;
    expect(diffConfig(DEFAULT_CONFIG, other)).toEqual([{ field: 'risk.staleDataMs', from: 10_000, to: null }]);
    expect(diffConfig(other, DEFAULT_CONFIG)).toEqual([{ field: 'risk.staleDataMs', from: null, to: 10_000 }]);
    expect(diffConfig(DEFAULT_CONFIG, DEFAULT_CONFIG)).toEqual([]);
  });
});
