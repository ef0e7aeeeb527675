import type { ArtifactStore } from '../../../src/core/ports/artifact-store.ts';
import type { WallClock } from '../../../src/core/ports/clock.ts';
import type { JsonObject, Ledger } from '../../../src/core/ports/ledger.ts';
import type { Log } from '../../../src/core/ports/log.ts';
import type { ModelStore } from '../../../src/core/ports/model-store.ts';
import type { PredictorLoader } from '../../../src/core/ports/predictor.ts';
import type { Random } from '../../../src/core/ports/random.ts';

/**
 * What a caller needs for a route. `read`: sees; `track`: writes experiments, runs, logged models and artifacts; `register`: writes registered models and versions, except
 * what decides which one trades; `lifecycle`: stages, aliases, promotion; `open`: nothing, health only.
 */
export type Right = 'open' | 'read' | 'track' | 'register' | 'lifecycle';

/** Who calls: what every audit entry names. */
export interface Caller {
  readonly user: string;
  can(right: Right): boolean;
  /** Whether the caller may act on this slot: tokens can be bound to some. */
  mayUse(slot: string): boolean;
}

export interface MlflowCall {
  /** Of the path, decoded. */
  readonly params: Readonly<Record<string, string>>;
  /** The JSON body; for GET and DELETE without one the query, a repeated name as an array. Unchecked: parse it with `parseRequest`. */
  readonly input: unknown;
  readonly caller: Caller;
  readonly request: Request;
}

export interface MlflowPorts {
  readonly ledger: Ledger;
  readonly artifactStore: ArtifactStore;
  readonly modelStore: ModelStore;
  readonly predictorLoader: Pick<PredictorLoader, 'readSignature'>;
  readonly wallClock: WallClock;
  readonly random: Random;
  readonly log: Log;
}

/** One endpoint of MLflow's REST API. */
export interface MlflowRoute {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** As Hono writes it, after `/api` (and after `/ajax-api`, where the same is served): `/2.0/mlflow/runs/create`. */
  readonly path: string;
  readonly right: Right;
  handle(call: MlflowCall, ports: MlflowPorts): Promise<JsonObject | Response>;
}
