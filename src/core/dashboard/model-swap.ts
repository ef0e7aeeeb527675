import type { DecisionMark } from './decision-mark.ts';

/** From this bar on another model decided. */
export interface ModelSwap {
  readonly barClose: number;
  readonly runId: string;
  /** `null` when there was none before. */
  readonly previousRunId: string | null;
}

/** Where the deciding model changes. The first decision at hand is a swap only when no model decided it and one does later. */
export function modelSwaps(marks: readonly Pick<DecisionMark, 'barClose' | 'runId'>[]): readonly ModelSwap[] {
  const swaps: ModelSwap[] = [];
  let current = marks[0]?.runId ?? null;
  for (const { barClose, runId } of marks) {
    if (runId === null || runId === current) continue;
    swaps.push({ barClose, runId, previousRunId: current });
    current = runId;
  }
  return swaps;
}
