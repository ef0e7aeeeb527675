import { describe, expect, test } from 'vitest';
import { DEFAULT_CONFIG } from '../../../src/core/config/live-config.ts';
import type { ModelRecord } from '../../../src/core/models/model-record.ts';
import type { RunId } from '../../../src/core/models/run-id.ts';
import { epochMillis } from '../../../src/core/ports/clock.ts';
import type { ModelHash } from '../../../src/core/ports/model-store.ts';
import { judgeCandidate } from '../../../src/core/promotion/judge-candidate.ts';
import { SLOT, UNSEEN } from '../../support/model-desk.ts';

const policy = DEFAULT_CONFIG.promotion;

const record = (runId: string, accuracy: number | undefined, overrides: Partial<ModelRecord> = {}): ModelRecord => ({
  runId: runId as RunId,
  slot: SLOT,
  state: 'candidate',
  reason: '',
  stateChangedAt: epochMillis(0),
  modelHash: 'a'.repeat(64) as ModelHash,
  signature: {
    featureSet: { name: 'ares-core', version: 1 },
    featureCount: 1,
    target: 'close_up',
    horizon: 15,
    timeframe: '1m',
    trainingWindow: { from: 0, to: 1_000 },
  },
  params: {},
  metrics: accuracy === undefined ? {} : { accuracy },
  evaluation: UNSEEN,
  registeredAt: epochMillis(0),
  registeredBy: 'ada',
  promotedAt: null,
  rolledBackAt: null,
  waiting: null,
  ...overrides,
});

describe('the metric policy', () => {
  test('takes the first model when its figure is measured on unseen bars', () => {
    expect(judgeCandidate(record('new', 0.4), undefined, policy)).toEqual({
      verdict: 'better',
      reason: 'first champion, accuracy 0.4',
      figures: { metric: 'accuracy', candidateValue: 0.4, championValue: null },
    });
  });

  test('leaves the first model to a person when configured so, but not the second', () => {
    const manual = { ...policy, firstModel: 'manual' as const };
    expect(judgeCandidate(record('new', 0.9), undefined, manual).verdict).toBe('manual');
    expect(judgeCandidate(record('new', 0.9), record('old', 0.5), manual).verdict).toBe('better');
  });

  test.each([
    [0.51, 0.5, 'better'],
    [0.5, 0.5, 'inferior'],
    [0.49, 0.5, 'inferior'],
  ])('finds %d against %d %s: only greater wins', (candidateValue, championValue, verdict) => {
    const found = judgeCandidate(record('new', candidateValue), record('old', championValue), policy);
    expect(found).toMatchObject({ verdict, figures: { metric: 'accuracy', candidateValue, championValue } });
    expect(found.reason).toContain(`${candidateValue} against ${championValue} of champion old`);
  });

  const horizon = { ...record('x', 1).signature, horizon: 1 };
  const late = { ...record('x', 1).signature, trainingWindow: { from: 0, to: 2_000 } };

  test.each<[string, ModelRecord, ModelRecord | undefined, RegExp]>([
    ['a candidate without the metric', record('new', undefined), undefined, /new must have the metric accuracy/],
    [
      'a champion without the metric',
      record('new', 0.5),
      record('old', undefined),
      /old must have the metric accuracy/,
    ],
    [
      'a candidate measured nobody knows where',
      record('new', 0.5, { evaluation: null }),
      undefined,
      /new must say on which bars/,
    ],
    [
      'a champion measured nobody knows where',
      record('new', 0.5),
      record('old', 0.4, { evaluation: null }),
      /old must say on which bars/,
    ],
    [
      'a candidate measured on what it was trained on',
      record('new', 0.9, { signature: late }),
      undefined,
      /new must be measured on bars after its last training bar 2000, was from 2000/,
    ],
    [
      'a champion measured on what it was trained on',
      record('new', 0.5),
      record('old', 0.9, { signature: late }),
      /old must be measured on bars after/,
    ],
    [
      'figures from a later beginning',
      record('new', 0.9, { evaluation: { ...UNSEEN, from: 2_001 } }),
      record('old', 0.5),
      /champion's bars \(500 bars from 2000 to 3000 of old\), was 500 bars from 2001 to 3000/,
    ],
    [
      'figures to a later end',
      record('new', 0.9, { evaluation: { ...UNSEEN, to: 3_001 } }),
      record('old', 0.5),
      /champion's bars/,
    ],
    [
      'figures over fewer rows',
      record('new', 0.9, { evaluation: { ...UNSEEN, rows: 499 } }),
      record('old', 0.5),
      /champion's bars/,
    ],
    [
      'answers to another question',
      record('new', 0.9, { signature: horizon }),
      record('old', 0.5),
      /predict what the champion predicts \(close_up in 15 bars of old\), was close_up in 1 bars/,
    ],
  ])('does not compare %s', (_, candidate, champion, reason) => {
    expect(judgeCandidate(candidate, champion, policy)).toEqual({
      verdict: 'not_comparable',
      reason: expect.stringMatching(reason),
    });
  });
});
