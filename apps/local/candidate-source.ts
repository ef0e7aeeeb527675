import type { Candle } from '../../src/core/market-data/candle.ts';
import { findModel } from '../../src/core/models/read-models.ts';
import { type RegisterOutcome, registerCandidate } from '../../src/core/models/register-candidate.ts';
import type { SlotId } from '../../src/core/models/slot.ts';
import type { EpochMillis } from '../../src/core/ports/clock.ts';
import type { Ledger } from '../../src/core/ports/ledger.ts';
import type { ModelStore } from '../../src/core/ports/model-store.ts';
import type { PredictorLoader } from '../../src/core/ports/predictor.ts';
import type { TrainedCandidate, Trainer } from '../../src/core/ports/trainer.ts';
import type { TrainingProgress } from '../../src/core/training/train-model.ts';
import type { PlannedCandidate } from './candidate-plan.ts';

export interface CandidateSource {
  /** Registers what has arrived after so many traded bars; waits for its training. Returns what was registered now. */
  arrive(bars: number, now: EpochMillis): Promise<readonly RegisteredCandidate[]>;
  stop(): void;
}

export interface RegisteredCandidate {
  readonly planned: PlannedCandidate;
  readonly trained: TrainedCandidate;
  readonly outcome: RegisterOutcome;
}

export interface CandidatePorts {
  readonly ledger: Ledger;
  readonly modelStore: ModelStore;
  readonly predictorLoader: PredictorLoader;
  readonly trainer: Trainer;
}

/** Trains the planned candidates one after the other beside the market, and registers each when its time has come; known runs are left out. */
export async function startCandidates(
  source: {
    readonly slot: SlotId;
    readonly plan: readonly PlannedCandidate[];
    readonly candles: readonly Candle[];
    readonly sessionId: string;
    readonly onProgress: (planned: PlannedCandidate, progress: TrainingProgress) => void;
  },
  ports: CandidatePorts,
): Promise<CandidateSource> {
  const { slot } = source;
  const known = await Promise.all(source.plan.map((planned) => findModel(ports.ledger, slot, planned.runId)));
  const waiting = source.plan.filter((_, index) => !known[index]);
  const stopping = new AbortController();
  let before: Promise<unknown> = Promise.resolve();
  const trainings = waiting.map((planned) => {
    const training = before.then(() =>
      ports.trainer.trainCandidate(
        source.candles,
        planned.spec,
        (progress) => source.onProgress(planned, progress),
        stopping.signal,
      ),
    );
    // A failure is the business of whoever registers this candidate; the next is trained all the same.
    before = training.catch(() => undefined);
    return { planned, training };
  });

  return {
    arrive: async (bars, now) => {
      const registered: RegisteredCandidate[] = [];
      while (trainings[0] && trainings[0].planned.afterBars <= bars) {
        const { planned, training } = trainings.shift() as (typeof trainings)[number];
        const trained = await training;
        const outcome = await registerCandidate(
          {
            id: `register:${planned.runId}`,
            user: 'trainer',
            now,
            sessionId: source.sessionId,
            slot,
            runId: planned.runId,
            model: { bytes: trained.bytes },
            metrics: trained.metrics
              ? {
                  accuracy: trained.metrics.accuracy,
                  log_loss: trained.metrics.logLoss,
                  up_share: trained.metrics.upShare,
                }
              : {},
            params: Object.fromEntries(
              Object.entries(planned.spec).filter(
                (entry): entry is [string, string | number | boolean] =>
                  typeof entry[1] !== 'object' && entry[1] !== undefined,
              ),
            ),
            evaluation: trained.validationWindow
              ? { ...trained.validationWindow, rows: trained.counts.validationRows }
              : null,
          },
          ports,
        );
        registered.push({ planned, trained, outcome });
      }
      return registered;
    },
    stop: () => stopping.abort(new Error('the runner stops')),
  };
}
