import type { ArtifactStore } from '../ports/artifact-store.ts';
import type { WallClock } from '../ports/clock.ts';
import type { Ledger } from '../ports/ledger.ts';
import type { Random } from '../ports/random.ts';

/** What the tracking of experiments and runs needs of the outside world. */
export interface TrackingPorts {
  readonly ledger: Ledger;
  /** New experiments keep their artifacts under its direct root, where there is one. */
  readonly artifactStore: Pick<ArtifactStore, 'directRoot'>;
  readonly wallClock: WallClock;
  readonly random: Random;
}
