import { updateConfig } from '../../src/core/config/update-config.ts';
import { registerCandidate } from '../../src/core/models/register-candidate.ts';
import { epochMillis } from '../../src/core/ports/clock.ts';
import type { CommandQueue, ReceivedCommand } from '../../src/core/ports/command-queue.ts';
import { promote } from '../../src/core/promotion/promote.ts';
import { halt, reduce, resume } from '../../src/core/trading/trading-state.ts';
import { createMemoryModelStore } from '../support/memory-model-store.ts';
import { sampleBytes, sampleLoader } from '../support/model-bytes.ts';
import type { VirtualProcess } from './virtual-process.ts';
import { SLOT, type World } from './world.ts';

/** What people change: limits that bind now and then, and how positions are entered and left. */
const CHANGES: readonly object[] = [
  { risk: { maxOrderNotional: '3000', maxPositionNotional: '6000' }, strategy: { quoteBudget: '3100' } },
  { risk: { maxOrderNotional: '6500' } },
  { risk: { maxGrossNotional: '4000' }, strategy: { quoteBudget: '4300' } },
  { risk: { maxOrdersPerMinute: 1 } },
  { strategy: { quoteBudget: '2500', budgetFraction: '0.7' } },
  { entry: { type: 'limit', timeInForce: 'gtc' } },
  { entry: { type: 'limit', timeInForce: 'gtc', maxSlippageFraction: 0.0001 } },
  { entry: { type: 'limit', timeInForce: 'ioc' } },
  { entry: { type: 'post_only' } },
  { entry: { type: 'post_only', repriceAfterMs: 1_000 } },
  { exits: { stopLossFraction: 0.004, takeProfitFraction: 0.006 } },
  { exits: { stopLossFraction: 0.002, takeProfitFraction: 0.003 } },
  { exits: { stopLossFraction: 0.02 } },
  { exits: { stopLossFraction: 0.01, trailingStopFraction: 0.008 } },
  { exits: { takeProfitFraction: 0.002 } },
  { exits: { maxHoldingBars: 3 } },
];

/** What every slot of this world begins with: tight enough to bind, loose enough to trade. */
const firstSettings = (manner: number) => ({
  exits: {
    stopLossFraction: manner < 0.6 ? 0.1 : 0.003,
    takeProfitFraction: manner < 0.3 ? 0 : 0.004,
    trailingStopFraction: 0,
    maxHoldingBars: 0,
  },
  strategy: { quoteBudget: '7000', budgetFraction: '0.95' },
  risk: {
    maxOrderNotional: '20000',
    maxPositionNotional: '20000',
    maxGrossNotional: '40000',
    maxOrdersPerMinute: 10,
    dailyLossFraction: 0.9,
    maxDrawdownFraction: 0.9,
    priceCollarFraction: 0.05,
    maxSpreadFraction: 0.05,
    maxConsecutiveLosses: 0,
    staleDataMs: 20_000,
    maxClockSkewMs: 2_000,
  },
  entry: {
    type: manner * 10 - Math.floor(manner * 10) < 0.5 ? 'market' : manner < 0.5 ? 'limit' : 'post_only',
    timeInForce: 'gtc',
    maxSlippageFraction: 0.002,
    repriceAfterMs: 3_000,
    maxSpreadFraction: 0.05,
    expiryMs: 40_000,
  },
  reconciliation: { everySeconds: 70 },
});

/** The people around a slot: they change it through the ledger, and the queue tells the trader that something has changed. */
export interface People {
  prepare(): Promise<void>;
  changeSettings(): void;
  /** The settings of the beginning. */
  resetSettings(): void;
  halt(): void;
  reduce(): void;
  resume(): void;
  promote(): void;
  /** The port of one trader's end of the queue. */
  queueOf(process: VirtualProcess): CommandQueue;
  readonly modelStore: ReturnType<typeof createMemoryModelStore>;
}

/** @param manner from 0 to 1: how this slot enters and leaves */
export function createPeople(world: World, manner: number): People {
  const { scheduler, ledger, faults } = world;
  const dice = world.chances.people;
  const modelStore = createMemoryModelStore();
  const settings = firstSettings(manner);
  const models = ['model-a', 'model-b', 'model-c'];
  let commands = 0;
  let told = 0;
  /** What waits in the queue; one that is being handled is seen again after a while. */
  const queue: { readonly event: ReceivedCommand['event']; visibleAt: number; done: boolean }[] = [];

  const command = () => {
    commands += 1;
    return {
      id: `command-${commands}`,
      user: 'ada',
      now: epochMillis(scheduler.now),
      sessionId: 'people',
      slot: SLOT,
      reason: `because of ${commands}`,
    };
  };
  const tell = (): void => {
    for (const event of ledger.events.slice(told)) {
      if (!['TradingHalted', 'TradingResumed', 'ConfigChanged', 'ModelUpdated'].includes(event.detailType)) continue;
      const times = faults.strength('repeated command') > 0 ? 2 : 1;
      if (times > 1) faults.strike('repeated command', event.detailType);
      for (let i = 0; i < times; i += 1)
        queue.push({ event, visibleAt: scheduler.now + dice.whole(20, 900) + i * dice.whole(0, 20_000), done: false });
    }
    told = ledger.events.length;
  };
  const act = (work: Promise<unknown>): void => {
    scheduler.touch();
    work.then(tell, (error: unknown) => world.observer.violated('people are obeyed', String(error)));
  };

  const configure = (patch: object): void =>
    act(
      updateConfig({ ...command(), patch }, { ledger: ledger.port }).then((outcome) => {
        if (outcome.outcome === 'invalid')
          world.observer.violated('people are obeyed', JSON.stringify(outcome.problems));
        world.trace(`settings ${JSON.stringify(patch)}`);
      }),
    );

  return {
    modelStore,
    async prepare() {
      await updateConfig({ ...command(), patch: settings }, { ledger: ledger.port });
      for (const runId of models) {
        const bytes = sampleBytes(runId, { features: ['ret1'], golden: [{ row: [0], prediction: 0.5 }] });
        await registerCandidate(
          {
            ...command(),
            runId,
            model: { bytes },
            metrics: { accuracy: 0.6 },
            evaluation: { from: 0, to: 1, rows: 1 },
          },
          { ledger: ledger.port, modelStore, predictorLoader: sampleLoader },
        );
      }
      await promote({ ...command(), runId: models[0] as string }, { ledger: ledger.port, modelStore });
      told = ledger.events.length;
    },
    changeSettings: () => configure(dice.pick(CHANGES)),
    resetSettings: () => configure(settings),
    halt: () => act(halt(command(), { ledger: ledger.port })),
    reduce: () => act(reduce(command(), { ledger: ledger.port })),
    resume: () => act(resume(command(), { ledger: ledger.port })),
    promote: () =>
      act(
        promote({ ...command(), runId: dice.pick(models) }, { ledger: ledger.port, modelStore }).catch(
          (error: unknown) => {
            // A model that was archived does not come back by a promotion.
            world.trace(`promotion refused: ${String(error)}`);
          },
        ),
      ),
    queueOf: (process) => ({
      receive: (max) =>
        process.call<readonly ReceivedCommand[]>('queue.receive', (reply) => {
          tell();
          const now = scheduler.now;
          const waiting = queue.filter((entry) => !entry.done && entry.visibleAt <= now).slice(0, max);
          for (const entry of waiting) entry.visibleAt = now + 30_000;
          const received = waiting.map((entry) => ({
            event: entry.event,
            done: () =>
              process.call<void>('queue.done', (ending) => {
                entry.done = true;
                ending.effectDone();
                scheduler.after(2, () => ending.resolve());
              }),
          }));
          reply.effectDone();
          scheduler.after(2, () => reply.resolve(received));
        }),
      depth: async () => queue.filter((entry) => !entry.done).length,
    }),
  };
}
