import type { TrainingSpec } from '../../src/core/training/training-spec.ts';

/** A model the built-in trainer makes, and when it arrives. */
export interface PlannedCandidate {
  readonly runId: string;
  /** What is said of it on screen. */
  readonly about: string;
  /** Bars traded before it is registered. */
  readonly afterBars: number;
  readonly spec: TrainingSpec;
}

const HORIZON = 5;

/**
 * Up to ten candidates, all measured on the same bars, which none of them has seen: the first deliberately small, one trained on shuffled labels
 * so that there is one that cannot be any good, the others larger and different from each other.
 */
export function planCandidates(plan: {
  readonly timeframe: string;
  readonly trainUntil: number;
  readonly validateUntil: number;
  /** Bars between two candidates. */
  readonly everyBars: number;
  readonly seed: number;
}): readonly PlannedCandidate[] {
  const { timeframe, trainUntil, validateUntil, everyBars } = plan;
  const shapes: readonly { readonly about: string; readonly shape: Partial<TrainingSpec> }[] = [
    { about: 'deliberately small: 2 trees of 2 leaves on 2,000 rows', shape: { trees: 2, leaves: 2, maxRows: 2_000 } },
    { about: '60 trees of 8 leaves', shape: { trees: 60, leaves: 8, learningRate: 0.05 } },
    {
      about: '60 trees of 8 leaves on shuffled labels, to have one that has learned nothing',
      shape: { trees: 60, leaves: 8, shuffleLabels: true },
    },
    { about: '40 trees of 4 leaves, slow', shape: { trees: 40, leaves: 4, learningRate: 0.02, minLeafRows: 400 } },
    { about: '120 trees of 6 leaves', shape: { trees: 120, leaves: 6, learningRate: 0.03, minLeafRows: 300 } },
    { about: '80 trees of 16 leaves', shape: { trees: 80, leaves: 16, learningRate: 0.04 } },
    {
      about: '150 trees of 4 leaves, half of the features a tree',
      shape: { trees: 150, leaves: 4, learningRate: 0.03, featureFraction: 0.5 },
    },
    { about: '30 trees of 3 leaves on the newest 8,000 rows', shape: { trees: 30, leaves: 3, maxRows: 8_000 } },
    {
      about: '100 trees of 8 leaves, large leaves',
      shape: { trees: 100, leaves: 8, learningRate: 0.03, minLeafRows: 800 },
    },
    { about: '60 trees of 24 leaves', shape: { trees: 60, leaves: 24, learningRate: 0.03 } },
  ];
  return shapes.map(({ about, shape }, index) => ({
    runId: `built-in-${String(index + 1).padStart(2, '0')}`,
    about,
    afterBars: index * everyBars,
    spec: { timeframe, horizon: HORIZON, trainUntil, validateUntil, seed: plan.seed + index, ...shape },
  }));
}
