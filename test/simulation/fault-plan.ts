import type { Dice } from './dice.ts';
import { COVERED_STATES, type CoveredState, type FaultKind, faultKinds } from './faults.ts';

/** One fault that is to come. */
export interface PlannedFault {
  readonly kind: FaultKind;
  /** Bars from the start, with fractions. */
  readonly bar: number;
  readonly bars: number;
  readonly strength: number;
  /** It waits some bars for an order in this state. */
  readonly state: CoveredState;
}

/** Faults begin in these stretches of bars, and between them the world is left in peace. */
export interface Chapter {
  readonly from: number;
  readonly to: number;
}

const FEWEST = 14;
const MOST = 44;

/** Chooses which faults a seed meets, and when; every kind is as likely as every other. */
export function planFaults(dice: Dice, chapters: readonly Chapter[]): readonly PlannedFault[] {
  const count = dice.whole(FEWEST, MOST);
  const deck: FaultKind[] = [];
  const faults: PlannedFault[] = [];
  for (let i = 0; i < count; i += 1) {
    if (deck.length === 0) deck.push(...faultKinds);
    const kind = deck.splice(dice.whole(0, deck.length - 1), 1)[0] as FaultKind;
    const chapter = dice.pick(chapters);
    const bars = 0.3 + dice.next() * 3;
    const bar = chapter.from + dice.next() * (chapter.to - chapter.from - bars);
    faults.push({ kind, bar, bars, strength: 0.15 + 0.85 * dice.next(), state: dice.pick(COVERED_STATES) });
  }
  return faults.sort((a, b) => a.bar - b.bar);
}
