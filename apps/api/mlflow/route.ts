import type { Caller } from '../../../src/core/access/caller.ts';
import type { Right } from '../../../src/core/access/right.ts';
import type { ArtifactStore } from '../../../src/core/ports/artifact-store.ts';
import type { WallClock } from '../../../src/core/ports/clock.ts';
import type { JsonObject, Ledger } from '../../../src/core/ports/ledger.ts';
import type { Log } from '../../../src/core/ports/log.ts';
import type { ModelStore } from '../../../src/core/ports/model-store.ts';
import type { PredictorLoader } from '../../../src/core/ports/predictor.ts';
import type { Random } from '../../../src/core/ports/random.ts';

export type { Caller, Right };

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
  /** `stream`: the handler reads the body of the request itself, of any size; `input` is then the query. JSON without this. */
  readonly body?: 'stream';
  handle(call: MlflowCall, ports: MlflowPorts): Promise<JsonObject | Response>;
}
