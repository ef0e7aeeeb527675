import { describe, expect, it } from 'vitest';
import { keys } from '../../../src/core/ledger-keys.ts';
import { MODEL_STATES } from '../../../src/core/models/lifecycle.ts';
import { type ModelAuditType, modelAudit } from '../../../src/core/models/model-audit.ts';
import {
  evaluationSchema,
  type ModelRecord,
  metricsSchema,
  paramsSchema,
  parseModel,
  putModel,
  signatureSummary,
} from '../../../src/core/models/model-record.ts';
import { parseRunId } from '../../../src/core/models/run-id.ts';
import { epochMillis } from '../../../src/core/ports/clock.ts';
import type { JsonObject } from '../../../src/core/ports/ledger.ts';
import type { ModelHash } from '../../../src/core/ports/model-store.ts';
import { sampleSignature } from '../../support/model-bytes.ts';
import { SLOT } from '../../support/model-desk.ts';

const record: ModelRecord = {
  runId: parseRunId('run-1'),
  slot: SLOT,
  state: 'candidate',
  reason: 'registered',
  stateChangedAt: epochMillis(7),
  modelHash: 'a'.repeat(64) as ModelHash,
  signature: signatureSummary(sampleSignature()),
  params: { trees: 200, objective: 'binary', early: true },
  metrics: { accuracy: 0.5 },
  evaluation: { from: 1, to: 1, rows: 1 },
  registeredAt: epochMillis(5),
  registeredBy: 'ada',
  promotedAt: null,
  rolledBackAt: null,
  waiting: { championRunId: null, reason: 'no bars in common' },
};
const parse = (change: JsonObject) =>
  parseModel({ key: keys.model(SLOT, 'run-1'), version: 3, value: { ...record, ...change } });

describe('the record of a model', () => {
  it('comes back from the ledger as it went in, with its version', () => {
    expect(parse({})).toEqual({ record, version: 3 });
    expect(parse({ promotedAt: 0, rolledBackAt: 9 }).record).toMatchObject({ promotedAt: 0, rolledBackAt: 9 });
  });

  it.each([
    ['runId', { runId: 'run#1' }],
    ['slot', { slot: 7 }],
    ['state', { state: 'retired' }],
    ['reason', { reason: null }],
    ['stateChangedAt', { stateChangedAt: -1 }],
    ['stateChangedAt', { stateChangedAt: 1.5 }],
    ['modelHash', { modelHash: null }],
    ['featureSet', { signature: { ...record.signature, featureSet: { name: 'x' } } }],
    ['version', { signature: { ...record.signature, featureSet: { name: 'x', version: 1.5 } } }],
    ['featureCount', { signature: { ...record.signature, featureCount: 0 } }],
    ['featureCount', { signature: { ...record.signature, featureCount: 1.5 } }],
    ['horizon', { signature: { ...record.signature, horizon: 0 } }],
    ['horizon', { signature: { ...record.signature, horizon: 1.5 } }],
    ['timeframe', { signature: { ...record.signature, timeframe: 1 } }],
    ['trainingWindow.from', { signature: { ...record.signature, trainingWindow: { from: 0.5, to: 1 } } }],
    ['trainingWindow.to', { signature: { ...record.signature, trainingWindow: { from: 0, to: 1.5 } } }],
    ['registeredBy', { registeredBy: null }],
    ['promotedAt', { promotedAt: 'yesterday' }],
    ['rolledBackAt', { rolledBackAt: -1 }],
    ['waiting.reason', { waiting: { championRunId: null } }],
    ['waiting.championRunId', { waiting: { reason: 'x' } }],
  ])('is refused where %s is not what it must be: %j', (path, change) => {
    expect(() => parse(change)).toThrow(
      expect.objectContaining({
        code: 'LEDGER_ITEM_INVALID',
        message: expect.stringMatching(new RegExp(`^model models#${SLOT}/run-1: [^]*${path}`)),
        data: { pk: `models#${SLOT}`, sk: 'run-1' },
      }),
    );
  });

  it('is found by its state: candidates by accuracy, the others by when they came into it', () => {
    const pathOf = (change: Partial<ModelRecord>) => {
      const write = putModel({ ...record, ...change }, 3);
      expect(write).toMatchObject({ kind: 'put', key: keys.model(SLOT, 'run-1'), expected: 3 });
      return write.kind === 'put' ? write.index : undefined;
    };
    const groups = MODEL_STATES.map((state) => pathOf({ state })?.pk);
    expect(new Set(groups).size).toBe(MODEL_STATES.length);
    const metricsOf: ModelRecord['metrics'][] = [{ accuracy: 0.9 }, { accuracy: 0 }, {}];
    const [good, poor, none] = metricsOf.map((metrics) => pathOf({ metrics })?.sk ?? '');
    expect([none, poor, good].sort()).toEqual([good, poor, none]);
    const [early, late] = [1, 20].map((at) => pathOf({ registeredAt: epochMillis(at) })?.sk ?? '');
    expect([late, early].sort()).toEqual([early, late]);
    const [first, last] = [1, 20].map(
      (at) => pathOf({ state: 'archived', stateChangedAt: epochMillis(at), metrics: { accuracy: at / 100 } })?.sk ?? '',
    );
    expect([last, first].sort()).toEqual([first, last]);
    expect(first).toMatch(/#run-1$/);
    expect(good).toMatch(/#run-1$/);
  });
});

describe('what is said of a model', () => {
  it.each([
    [{ from: 1, to: 1, rows: 1 }, true],
    [{ from: 2, to: 1, rows: 1 }, false],
    [{ from: 1, to: 2, rows: 0 }, false],
    [{ from: 1, to: 2, rows: 1.5 }, false],
    [{ from: 0.5, to: 2, rows: 1 }, false],
    [{ from: 0, to: 2.5, rows: 1 }, false],
  ])('as its evaluation %j: %s', (evaluation, taken) => {
    const parsed = evaluationSchema.safeParse(evaluation);
    expect(parsed.success).toBe(taken);
    if (evaluation.from > evaluation.to) expect(parsed.error?.issues[0]?.message).toBe('from must not be after to');
  });

  it.each([
    [{}, true],
    [{ accuracy: 0 }, true],
    [{ accuracy: 1 }, true],
    [{ accuracy: 1.001 }, false],
    [{ accuracy: -0.001 }, false],
    [{ sharpe: -3 }, true],
    [{ sharpe: Number.POSITIVE_INFINITY }, false],
    [{ '': 1 }, false],
  ])('as its metrics %j: %s', (metrics, taken) => {
    const parsed = metricsSchema.safeParse(metrics);
    expect(parsed.success).toBe(taken);
    if (!taken && 'accuracy' in metrics)
      expect(parsed.error?.issues[0]?.message).toBe('accuracy must be a number from 0 to 1');
  });

  it('as its parameters is text, numbers and yes or no, by name', () => {
    expect(paramsSchema.safeParse({ a: 'x', b: 1, c: false }).success).toBe(true);
    expect(paramsSchema.safeParse({ '': 'x' }).success).toBe(false);
    expect(paramsSchema.safeParse({ a: null }).success).toBe(false);
  });

  it.each([
    ['ModelRegistered', 'register'],
    ['ModelPromoted', 'promote'],
    ['ModelRolledBack', 'rollback'],
    ['ModelArchived', 'archive'],
    ['CandidateEvaluated', 'evaluate'],
    ['CandidateWaits', 'evaluate'],
  ] as const satisfies readonly (readonly [ModelAuditType, string])[])(
    'in the audit as %s is to %s',
    (type, action) => {
      const command = { id: 'c', user: 'ada', now: epochMillis(9), sessionId: 's' };
      expect(modelAudit(command, type, record, null, { more: 1 })).toEqual({
        stream: 'models',
        timestamp: 9,
        eventType: type,
        user: 'ada',
        action,
        details: {
          slot: SLOT,
          runId: 'run-1',
          modelHash: 'a'.repeat(64),
          from: null,
          to: 'candidate',
          reason: 'registered',
          more: 1,
        },
        sessionId: 's',
      });
    },
  );
});

describe('a run id', () => {
  it.each(['a', '7', 'A'.repeat(128), 'run-17_b.2'])('may be "%s"', (text) => {
    expect(parseRunId(text)).toBe(text);
  });

  it.each(['', '-run', '.run', '_run', 'a b', 'a/b', 'ä', 'a'.repeat(129), 'run\n', ' run'])(
    'must not be "%s"',
    (text) => {
      expect(() => parseRunId(text)).toThrow(
        `run id must be 1 to 128 letters, digits, ".", "_" or "-", beginning with a letter or digit, was "${text}"`,
      );
    },
  );
});
