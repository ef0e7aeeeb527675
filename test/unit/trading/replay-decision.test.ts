import { beforeAll, describe, expect, it } from 'vitest';
import { DEFAULT_CONFIG, type LiveConfig } from '../../../src/core/config/live-config.ts';
import { keys } from '../../../src/core/ledger-keys.ts';
import type { SlotId } from '../../../src/core/models/slot.ts';
import type { JsonObject } from '../../../src/core/ports/ledger.ts';
import type { ModelHash } from '../../../src/core/ports/model-store.ts';
import type { Predictor } from '../../../src/core/ports/predictor.ts';
import { decisionToJson } from '../../../src/core/trading/decision.ts';
import { decisionInputsHash, decisionInputsToJson } from '../../../src/core/trading/decision-inputs.ts';
import { replayDecision } from '../../../src/core/trading/replay-decision.ts';
import { replayDecisions } from '../../../src/core/trading/replay-decisions.ts';
import { runBacktest } from '../../../src/core/trading/run-backtest.ts';
import { quiet } from '../../support/engine-harness.ts';
import { waveBars } from '../../support/listed-market.ts';
import { createMemoryLedger } from '../../support/memory-ledger.ts';
import { sampleSignature } from '../../support/model-bytes.ts';

const slot = 'paper:trend:BTC/USDT:1m' as SlotId;
const config: LiveConfig = {
  ...DEFAULT_CONFIG,
  exits: { ...DEFAULT_CONFIG.exits, stopLossFraction: 0.004, takeProfitFraction: 0.005, maxHoldingBars: 7 },
  risk: { ...DEFAULT_CONFIG.risk, maxDrawdownFraction: 1 },
};
const predictor: Predictor = {
  modelHash: 'c'.repeat(64) as ModelHash,
  signature: sampleSignature({ features: ['ret1'] }),
  predict: (row) => Math.fround(0.5 + 200 * (row[0] as number)),
  predictBatch: async (rows) => rows.map((value) => Math.fround(0.5 + 200 * value)),
  release: async () => undefined,
};

/** As the journal has them. */
const items: JsonObject[] = [];
const placeOf = (item: JsonObject) => ({ slot, barClose: Number(item.barClose) });
let order: JsonObject;

beforeAll(async () => {
  const candles = waveBars(600);
  const from = candles[480]?.openTime ?? 0;
  const models = [{ runId: 'run-1', predictor, from }];
  await runBacktest(
    {
      slot,
      models,
      candles,
      from,
      config,
      onDecision(decision, inputs) {
        const plain = decisionInputsToJson(inputs);
        items.push(
          JSON.parse(
            JSON.stringify({ ...decisionToJson(decision), inputs: plain, inputsHash: decisionInputsHash(plain) }),
          ),
        );
      },
    },
    quiet,
  );
  order = items.find(({ action, side }) => action === 'order' && side === 'buy') as JsonObject;
});

/** The item with its inputs changed, and a hash that fits them again where whoever changed them knew how to make one. */
function forged(item: JsonObject, change: (inputs: Record<string, unknown>) => void, rehashed: boolean): JsonObject {
  const inputs = structuredClone(item.inputs) as JsonObject;
  change(inputs as Record<string, unknown>);
  return { ...item, inputs, ...(rehashed ? { inputsHash: decisionInputsHash(inputs) } : {}) };
}

describe('replaying a journalled decision', () => {
  it('comes to the same, bit for bit, for every bar of a run, entries, exits and stops included', async () => {
    expect(items.length).toBe(120);
    expect(new Set(items.map(({ action, exitCause }) => `${action} ${exitCause}`)).size).toBeGreaterThan(2);
    for (const item of items) {
      expect(await replayDecision(item, placeOf(item), predictor)).toEqual({
        outcome: 'identical',
        probability: 'recomputed',
      });
    }
  });

  it('takes the probability as journalled where the model is gone', async () => {
    expect(await replayDecision(order, placeOf(order))).toEqual({
      outcome: 'identical',
      probability: 'taken as journalled',
    });
  });

  it('finds every field of the decision that was changed, with both values', async () => {
    const changes: Record<string, unknown> = {
      close: 1,
      runId: 'other',
      modelHash: 'd'.repeat(64),
      probability: 0.123,
      signal: 'flat',
      action: 'refused',
      reason: 'because',
      exitCause: 'stop_loss',
      clientOrderId: 'ar-00000000-1-e0-1',
      side: 'sell',
      quantity: '0.5',
    };
    expect(Object.keys(changes).concat('barClose').sort()).toEqual(
      Object.keys(order)
        .filter((field) => !field.startsWith('inputs'))
        .sort(),
    );
    for (const [field, value] of Object.entries(changes)) {
      const replay = await replayDecision({ ...order, [field]: value } as JsonObject, placeOf(order), predictor);
      expect(replay).toEqual({
        outcome: 'different',
        field,
        recorded: JSON.stringify(value),
        recomputed: JSON.stringify(order[field]),
      });
    }
  });

  it('finds an added and a missing field', async () => {
    const { reason: _gone, ...missing } = order;
    expect(await replayDecision(missing, placeOf(order))).toMatchObject({ field: 'reason', recorded: 'absent' });
    const added = await replayDecision({ ...order, note: 'mine' }, placeOf(order));
    expect(added).toMatchObject({ field: 'note', recorded: '"mine"', recomputed: 'absent' });
  });

  it('finds any changed input by its hash', async () => {
    const paths = Object.keys(order.inputs as JsonObject);
    expect(paths).toEqual(expect.arrayContaining(['features', 'probability', 'settings', 'position', 'book', 'rules']));
    for (const path of paths) {
      const tampered = forged(
        order,
        (inputs) => {
          inputs[path] = typeof inputs[path] === 'number' ? (inputs[path] as number) + 1 : 'tampered';
        },
        false,
      );
      expect(await replayDecision(tampered, placeOf(order), predictor)).toMatchObject({
        outcome: 'different',
        field: 'inputsHash',
        recorded: JSON.stringify(order.inputsHash),
      });
    }
  });

  it('finds changed features and probabilities by the model where the hash was forged too', async () => {
    const features = forged(
      order,
      (inputs) => {
        inputs.features = [Math.fround(0.0001)];
      },
      true,
    );
    expect(await replayDecision(features, placeOf(order), predictor)).toMatchObject({ field: 'probability' });
    const odd = forged(
      order,
      (inputs) => {
        inputs.features = [0.1];
      },
      true,
    );
    expect(await replayDecision(odd, placeOf(order), predictor)).toMatchObject({
      field: 'features[0]',
      recorded: '0.1',
      recomputed: JSON.stringify(Math.fround(0.1)),
    });
    const probability = forged(
      { ...order, probability: 0.75 },
      (inputs) => {
        inputs.probability = 0.75;
      },
      true,
    );
    expect(await replayDecision(probability, placeOf(order), predictor)).toMatchObject({
      field: 'probability',
      recorded: '0.75',
      recomputed: JSON.stringify(order.probability),
    });
  });

  it('finds changed settings and limits by what they would have decided where the hash was forged too', async () => {
    const setting = (section: string, name: string, value: unknown) =>
      forged(
        order,
        (inputs) => {
          const settings = inputs.settings as Record<string, Record<string, unknown>>;
          (settings[section] as Record<string, unknown>)[name] = value;
        },
        true,
      );
    const threshold = setting('strategy', 'entryThreshold', 0.999_999);
    expect(await replayDecision(threshold, placeOf(order), predictor)).toMatchObject({ field: 'signal' });
    const budget = setting('strategy', 'budgetFraction', '0.5');
    expect(await replayDecision(budget, placeOf(order), predictor)).toMatchObject({ field: 'quantity' });
    const limit = setting('limits', 'maxOrderNotional', '10');
    expect(await replayDecision(limit, placeOf(order), predictor)).toMatchObject({
      field: 'action',
      recorded: '"order"',
      recomputed: '"refused"',
    });
  });

  it('finds an item that stands in the place of another, and a model that is not the one that decided', async () => {
    const other = { slot, barClose: Number(order.barClose) + 60_000 };
    expect(await replayDecision(order, other)).toMatchObject({ field: 'barClose' });
    expect(await replayDecision(order, { ...placeOf(order), slot: 'paper:other:BTC/USDT:1m' })).toMatchObject({
      field: 'slot',
    });
    const another = { ...predictor, modelHash: 'e'.repeat(64) as ModelHash };
    expect(await replayDecision(order, placeOf(order), another)).toMatchObject({ field: 'modelHash' });
  });

  it('says of items from before there were inputs that they have none', async () => {
    const { inputs: _inputs, inputsHash: _hash, ...bare } = order;
    expect(await replayDecision(bare, placeOf(order))).toEqual({ outcome: 'no-inputs' });
  });

  it('verifies a whole range, loading each model once and freeing it', async () => {
    const ledger = createMemoryLedger();
    await ledger.append(items.map((value) => ({ key: keys.decision(slot, Number(value.barClose)), value })));
    const [loaded, released]: [string[], string[]] = [[], []];
    const models = {
      bytesOf: async (hash: ModelHash) => {
        loaded.push(hash);
        return new Uint8Array();
      },
      loader: {
        load: async () => ({ ...predictor, release: async () => void released.push('one') }),
        readSignature: () => predictor.signature,
      },
    };
    const from = Number(items[10]?.barClose);
    const to = Number(items[59]?.barClose);
    const replays = [];
    for await (const replay of replayDecisions(ledger, { line: slot, from, to }, models)) replays.push(replay);
    expect(replays).toHaveLength(50);
    expect(replays.every(({ replay }) => replay.outcome === 'identical')).toBe(true);
    expect([loaded.length, released.length]).toEqual([1, 1]);
  });
});
