import { MINUTES_A_MONTH } from './cost-line.ts';

/** What a month brings, besides what follows from the deployment itself. */
export interface Load {
  readonly id: string;
  readonly about: string;
  readonly slots: number;
  readonly barsPerSlot: number;
  readonly ordersPerSlot: number;
  readonly candidatesPerSlot: number;
  /** Raised or ended alarms, alerts, halts: each a commit, an event and an e-mail. */
  readonly notices: number;
  readonly modelBytes: number;
}

const each = {
  barsPerSlot: MINUTES_A_MONTH,
  ordersPerSlot: 1_800,
  candidatesPerSlot: 30,
  modelBytes: 200_000,
} as const;

/** The load of so many slots. */
export const loadOf = (slots: number): Load => ({
  id: String(slots),
  about: slots === 1 ? 'one slot, candles of one minute' : `${slots} slots, candles of one minute`,
  slots,
  notices: 30 + 30 * slots,
  ...each,
});

/** Two loads that bills are compared for. */
export const loads: readonly Load[] = [
  { ...loadOf(1), id: 'A', about: 'one symbol, candles of one minute' },
  { ...loadOf(20), id: 'B', about: '20 symbols in 20 slots, candles of one minute' },
];

/** Why the loads are what they are. */
export const loadAssumptions: readonly string[] = [
  'A month has 730 hours; a slot of one-minute candles closes 43,800 bars in it.',
  '1,800 orders a slot: the demonstration’s model sent 82 in 2,000 bars (measured). A real model trades less.',
  '30 candidates a slot, one a day, of 200 kB each (the built-in trainer’s are smaller).',
  '30 notices of the system and 30 a slot: alarms and alerts that begin or end, each mailed to one address.',
];
