import { runTrader, type TraderOptions, type TraderPorts } from '../../../../apps/trader/run-trader.ts';
import { everyFeature } from '../../../../src/core/features/every-feature.ts';
import type { Candle } from '../../../../src/core/market-data/candle.ts';
import { registerCandidate } from '../../../../src/core/models/register-candidate.ts';
import { parseSlotId, type SlotId } from '../../../../src/core/models/slot.ts';
import { ensureSlot } from '../../../../src/core/models/slot-registry.ts';
import { type EpochMillis, epochMillis } from '../../../../src/core/ports/clock.ts';
import type { ReceivedCommand } from '../../../../src/core/ports/command-queue.ts';
import type { Exchange } from '../../../../src/core/ports/exchange.ts';
import type { ModelHash } from '../../../../src/core/ports/model-store.ts';
import type { PredictorLoader } from '../../../../src/core/ports/predictor.ts';
import { promote } from '../../../../src/core/promotion/promote.ts';
import { bar } from '../../../support/engine-harness.ts';
import { createMemoryLedger } from '../../../support/memory-ledger.ts';
import { createMemoryModelStore } from '../../../support/memory-model-store.ts';
import { sampleBytes, sampleLoader } from '../../../support/model-bytes.ts';
import { recordingLog } from '../../../support/recording-log.ts';
import { newMarkets } from '../../../support/slot-trader.ts';
import { createVirtualTime } from '../../../support/virtual-time.ts';

/** Enters at bars whose minute is even and leaves at the others. */
const features = () => {
  const row = new Float32Array(everyFeature.features.length);
  return { close: (candle: Candle) => row.fill((candle.openTime / 60_000) % 2), select: () => undefined };
};
const loader: PredictorLoader = {
  readSignature: sampleLoader.readSignature,
  load: async (bytes) => ({
    modelHash: 'a'.repeat(64) as ModelHash,
    signature: sampleLoader.readSignature(bytes),
    predict: (row) => (row[0] === 0 ? 0.9 : 0.1),
    predictBatch: async (rows) => rows,
    release: async () => undefined,
  }),
};

/** Traders as the process runs them, over simulated markets, on a ledger in memory and in a time that goes on when told to. */
export async function traderScene(symbols: readonly string[], slots: readonly SlotId[]) {
  const exchange = newMarkets(symbols);
  const ledger = createMemoryLedger();
  const modelStore = createMemoryModelStore();
  const time = createVirtualTime();
  const log = recordingLog();
  const command = (id: string) => ({ id, user: 'ada', now: epochMillis(1), sessionId: 's', correlationId: id });
  let starts = 0;
  let delivered = 0;
  for (const slot of slots) {
    await ensureSlot(ledger, slot, epochMillis(1));
    const runId = `run-${slots.indexOf(slot)}`;
    await registerCandidate(
      { ...command(`model-${slot}`), slot, runId, model: { bytes: sampleBytes(slot) } },
      { ledger, modelStore, predictorLoader: loader },
    );
    await promote({ ...command(`promote-${slot}`), slot, runId }, { ledger, modelStore });
  }
  const live: Exchange = {
    ...exchange,
    stream: (request, listener) =>
      exchange.stream(request, (message) =>
        listener({ ...message, ...('receivedAt' in message ? { receivedAt: time.monotonic.now() } : {}) }),
      ),
  };
  const fresh = async (): Promise<readonly ReceivedCommand[]> => {
    const events = ledger.events.slice(delivered);
    delivered = ledger.events.length;
    return events.map((event) => ({ event, done: async () => undefined }));
  };
  const settle = async (): Promise<void> => {
    for (let i = 0; i < 20; i += 1) await new Promise((resolve) => setImmediate(resolve));
  };

  return {
    exchange,
    live,
    ledger,
    time,
    log,
    settle,
    queue: { depth: async () => 0, receive: fresh },
    /** Starts a trader; resolves when it trades. `ended` says how it ended. */
    async start(slot: SlotId, options: Partial<TraderOptions> = {}, change: Partial<TraderPorts> = {}) {
      starts += 1;
      const id = `instance-${starts}`;
      const stop = new AbortController();
      const ready = Promise.withResolvers<void>();
      const ports: TraderPorts = {
        commandQueue: { depth: async () => 0, receive: fresh },
        exchange: live,
        ledger,
        log,
        modelStore,
        monotonic: time.monotonic,
        predictorLoader: loader,
        random: { id: () => id, next: () => 0.5 },
        timers: time.timers,
        wallClock: { now: (): EpochMillis => exchange.now },
        ...change,
      };
      const ended = runTrader(
        {
          slot,
          stage: 'test',
          initialSettings: undefined,
          leaseTtlMs: 9_000,
          recvWindowMs: 1_000,
          commandPollMs: 100,
          heartbeatMs: 1_000,
          acknowledge: undefined,
          features,
          onReady: ready.resolve,
          onBeat: () => undefined,
          ...options,
        },
        ports,
        stop.signal,
      ).then(
        () => 'in order',
        (error: Error) => error.message,
      );
      return { ended, ready: Promise.race([ready.promise.then(() => 'ready'), ended]), stop: () => stop.abort('test') };
    },
    /** One bar of every market, and a second after it. */
    async play(index: number, prices: Readonly<Record<string, number>> = {}): Promise<void> {
      exchange.playAll(new Map(symbols.map((symbol) => [symbol, bar(index, prices[symbol] ?? 2_000)])));
      await settle();
      await time.pass(1_000);
      await settle();
    },
    async pass(ms: number): Promise<void> {
      for (let left = ms; left > 0; left -= 1_000) {
        await time.pass(Math.min(left, 1_000));
        await settle();
      }
    },
    ordersOf: async (symbol: string) => exchange.ordersSince(symbol, epochMillis(0)),
    timeframe: parseSlotId(slots[0] as SlotId).timeframe,
  };
}
