import type { WallClock } from '../ports/clock.ts';
import type { Ledger } from '../ports/ledger.ts';
import type { Random } from '../ports/random.ts';

/** What the tracking of experiments and runs needs of the outside world. */
export interface TrackingPorts {
  readonly ledger: Ledger;
  readonly wallClock: WallClock;
  readonly random: Random;
}
