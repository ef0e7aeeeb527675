import { describe, expect, it } from 'vitest';
import { aresCore } from '../../../src/core/features/ares-core.ts';
import type { Timeframe } from '../../../src/core/market-data/candle.ts';
import type { Timers } from '../../../src/core/ports/clock.ts';
import type { ModelHash } from '../../../src/core/ports/model-store.ts';
import type { Predictor } from '../../../src/core/ports/predictor.ts';
import type { EngineMessage } from '../../../src/core/trading/engine-message.ts';
import type { EngineModel } from '../../../src/core/trading/engine-model.ts';
import { createHotSwap } from '../../../src/core/trading/hot-swap.ts';
import { sampleSignature } from '../../support/model-bytes.ts';
import { recordingLog } from '../../support/recording-log.ts';
import { createVirtualTime } from '../../support/virtual-time.ts';

const hash = (name: string) => name.padEnd(64, '0') as ModelHash;

/** An engine that takes what it is handed, and a loader whose models load when told to. */
function scene(signatureOf: (name: string) => Partial<Predictor['signature']> = () => ({}), timers?: Timers) {
  const running: { model: EngineModel | undefined } = { model: undefined };
  const decided: string[] = [];
  const released: string[] = [];
  const failed: string[] = [];
  const messages: string[] = [];
  const log = recordingLog();
  const loads = new Map<string, PromiseWithResolvers<void>>();
  const gate = (name: string) => {
    const known = loads.get(name) ?? Promise.withResolvers<void>();
    loads.set(name, known);
    return known;
  };
  /** Whatever is asked for from now on loads, or does not. */
  const gates = (name: string, how: 'loads' | 'fails'): void => {
    const next = Promise.withResolvers<void>();
    next.promise.catch(() => undefined);
    loads.set(name, next);
    if (how === 'loads') next.resolve();
    else next.reject(new Error('no bytes'));
  };
  const swap = createHotSwap(
    { featureSet: aresCore, timeframe: '1m' as Timeframe },
    {
      log,
      ...(timers ? { timers } : {}),
      modelStore: { get: async (of) => new TextEncoder().encode(of), put: async () => hash(''), has: async () => true },
      predictorLoader: {
        readSignature: () => sampleSignature(),
        load: async (bytes) => {
          const name = new TextDecoder().decode(bytes).replace(/0+$/, '');
          await gate(name).promise;
          return {
            modelHash: hash(name),
            signature: sampleSignature(signatureOf(name)),
            predict: async () => 0.5,
            predictBatch: async () => new Float32Array(),
            release: async () => void released.push(name),
          };
        },
      },
      engine: {
        get model() {
          return running.model;
        },
        accept: (message: EngineMessage) => {
          if (message.kind !== 'model') return;
          running.model = message.model;
          decided.push(message.model.runId);
          message.swapped();
        },
      },
      journal: {
        decision() {},
        intent() {},
        settled() {},
        marked() {},
        transferred() {},
        swapped() {},
        failed: ({ code, message }) => {
          failed.push(code);
          messages.push(message);
        },
        flush: async () => undefined,
      },
    },
  );
  const request = (name: string, sequence: number) => swap.request({ runId: name, modelHash: hash(name), sequence });
  return { swap, request, gate, gates, decided, released, failed, messages, log };
}

describe('a hot swap', () => {
  it('is in progress until the model decides', async () => {
    const { swap, request, gate, decided } = scene();
    const done = request('a', 1);
    expect(swap.swapInProgress).toBe(true);
    expect(decided).toEqual([]);
    gate('a').resolve();
    await done;
    expect(swap.swapInProgress).toBe(false);
    expect(decided).toEqual(['a']);
  });

  it('happens for the very first deployment too, and says so in the log', async () => {
    const { request, gate, decided, log } = scene();
    gate('a').resolve();
    await request('a', 0);
    expect(decided).toEqual(['a']);
    expect(log.lines).toEqual([
      { level: 'info', message: 'model swapped', fields: { runId: 'a', modelHash: hash('a') } },
    ]);
  });

  it('queues, and the newest wins: those overtaken while they load are released and never decide', async () => {
    const { request, gate, decided, released } = scene();
    const first = request('a', 1);
    await new Promise((resolve) => setImmediate(resolve));
    const second = request('b', 2);
    const third = request('c', 3);
    for (const name of ['a', 'b', 'c']) gate(name).resolve();
    await Promise.all([first, second, third]);
    expect(decided).toEqual(['c']);
    expect(released).toEqual(['a']);
  });

  it('to an older deployment than the last one asked for does not happen', async () => {
    const { request, gate, decided } = scene();
    gate('new').resolve();
    gate('old').resolve();
    await request('new', 5);
    await request('old', 4);
    expect(decided).toEqual(['new']);
  });

  it('to the model that decides already does nothing', async () => {
    const { request, gate, decided } = scene();
    gate('a').resolve();
    await request('a', 1);
    await request('a', 2);
    expect(decided).toEqual(['a']);
  });

  it('that fails leaves the old model trading and is journalled', async () => {
    const { request, gate, decided, failed, swap, messages, log } = scene();
    gate('a').resolve();
    await request('a', 1);
    gate('b').reject(new Error('truncated file'));
    await request('b', 2);
    expect(decided).toEqual(['a']);
    expect(failed).toEqual(['SWAP_FAILED']);
    const said = 'model b was not swapped in, the one before it keeps trading: truncated file';
    expect(messages).toEqual([said]);
    expect(log.lines.at(-1)).toMatchObject({
      level: 'error',
      message: said,
      fields: { error: { message: 'truncated file' } },
    });
    expect(swap.swapInProgress).toBe(false);
    gate('c').resolve();
    await request('c', 3);
    expect(decided).toEqual(['a', 'c']);
  });

  it('to a model with other features is refused, and the model released', async () => {
    const { request, gate, failed, released, decided } = scene((name) =>
      name === 'b' ? { features: ['made_up'] } : {},
    );
    gate('b').resolve();
    await request('b', 1);
    expect(failed).toEqual(['SIGNATURE_MISMATCH']);
    expect(released).toEqual(['b']);
    expect(decided).toEqual([]);
  });

  it('that failed is tried again every minute while it is wanted, and said once', async () => {
    const time = createVirtualTime();
    const { request, gates, decided, failed } = scene(() => ({}), time.timers);
    gates('a', 'fails');
    await request('a', 1);
    await time.pass(59_000);
    expect(decided).toEqual([]);
    await time.pass(2_000);
    expect(decided).toEqual([]);
    gates('a', 'loads');
    await time.pass(60_000);
    expect(decided).toEqual(['a']);
    expect(failed).toEqual(['SWAP_FAILED']);
  });

  it('that failed is not tried again when a newer model is wanted, or the trader stops', async () => {
    const time = createVirtualTime();
    const { request, gates, decided, swap } = scene(() => ({}), time.timers);
    gates('a', 'fails');
    gates('b', 'loads');
    await request('a', 1);
    await request('b', 2);
    gates('a', 'loads');
    await time.pass(61_000);
    expect(decided).toEqual(['b']);
    gates('c', 'fails');
    await request('c', 3);
    swap.stop();
    gates('c', 'loads');
    await time.pass(61_000);
    expect(decided).toEqual(['b']);
  });
});
