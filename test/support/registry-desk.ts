import { join } from 'node:path';
import type { Caller, MlflowPorts, MlflowRoute, Right } from '../../apps/api/mlflow/route.ts';
import { modelVersionRoutes } from '../../apps/api/mlflow/routes/model-versions.ts';
import { registeredModelRoutes } from '../../apps/api/mlflow/routes/registered-models.ts';
import { createFileArtifactStore } from '../../src/adapters/local/file-artifact-store.ts';
import { systemRandom } from '../../src/adapters/local/system-random.ts';
import type { JsonObject, Ledger } from '../../src/core/ports/ledger.ts';
import { createVersion } from '../../src/core/registry/create-version.ts';
import type { ModelSources, SourceModel, SourceRun } from '../../src/core/registry/model-sources.ts';
import type { ModelVersion } from '../../src/core/registry/model-version.ts';
import type { TextPairs } from '../../src/core/registry/text-pairs.ts';
import { MlflowError } from '../../src/core/tracking/mlflow-error.ts';
import { manualClock } from './manual-clock.ts';
import { sampleBytes, sampleLoader } from './model-bytes.ts';
import { openModelDesk, SLOT, UNSEEN } from './model-desk.ts';
import { recordingLog } from './recording-log.ts';
import { temporaryDirectory } from './temporary-directory.ts';

const routes: readonly MlflowRoute[] = [...registeredModelRoutes, ...modelVersionRoutes];

/** Somebody who may do everything, everywhere, unless a test says otherwise. */
export const caller = (
  over: { readonly user?: string; readonly rights?: readonly Right[]; readonly slots?: readonly string[] } = {},
): Caller => ({
  user: over.user ?? 'grace',
  can: (right) => over.rights === undefined || over.rights.includes(right),
  mayUse: (slot) => over.slots === undefined || over.slots.includes(slot),
});

const stream = (bytes: Uint8Array) => new Blob([Uint8Array.from(bytes)]).stream();

/** A client of the registry's routes, over a ledger in memory and artifacts on disk; the slot's people work at `models`. */
export function openRegistryDesk(over?: Ledger) {
  const models = openModelDesk();
  const ledger: Ledger = over ?? models.ledger;
  const clock = manualClock();
  const artifactStore = createFileArtifactStore(join(temporaryDirectory(), 'artifacts'));
  const runs = new Map<string, SourceRun>();
  const logged = new Map<string, SourceModel>();
  const sources: ModelSources = {
    run: async (runId) => runs.get(runId),
    loggedModel: async (modelId) => logged.get(modelId),
  };
  const ports: MlflowPorts = {
    ledger,
    artifactStore,
    modelStore: models.modelStore,
    predictorLoader: sampleLoader,
    wallClock: clock,
    random: systemRandom(),
    log: recordingLog(),
  };

  async function call(
    method: MlflowRoute['method'],
    path: string,
    input: JsonObject = {},
    who: Caller = caller(),
  ): Promise<JsonObject> {
    const route = routes.find((known) => known.method === method && known.path === `/2.0/mlflow/${path}`);
    if (!route) throw new Error(`no route ${method} ${path}`);
    if (!who.can(route.right)) throw new MlflowError('PERMISSION_DENIED', route.right);
    clock.pass(1);
    const answer = await route.handle({ params: {}, input, caller: who, request: new Request('http://test/') }, ports);
    if (answer instanceof Response) throw new Error(`${path} must answer JSON`);
    return answer;
  }

  /** A model as `mlflow.onnx.log_model` leaves it in a run's artifacts. */
  async function log(
    runId: string,
    bytes: Uint8Array,
    run: Partial<SourceRun> = {},
    file = 'model.onnx',
  ): Promise<string> {
    const root = `0/${runId}/artifacts`;
    runs.set(runId, { artifactUri: `mlflow-artifacts:/${root}`, params: {}, metrics: {}, tags: {}, ...run });
    await artifactStore.put(`${root}/model/MLmodel`, stream(new TextEncoder().encode('flavors:\n  onnx: {}\n')));
    await artifactStore.put(`${root}/model/${file}`, stream(bytes));
    return `mlflow-artifacts:/${root}/model`;
  }

  const createOf = (
    name: string,
    source: string,
    runId?: string,
    over: { readonly tags?: TextPairs<string>; readonly who?: Caller } = {},
  ) => {
    clock.pass(1);
    const { who = caller(), tags = [] } = over;
    const id = ports.random.id();
    const wish = { id, user: who.user, now: clock.now(), sessionId: 'test', can: who.can, mayUse: who.mayUse };
    return createVersion(
      { ...wish, name, source, runId, modelId: undefined, description: '', runLink: '', tags },
      { ...ports, sources },
    );
  };

  /** A model of the slot's own kind, logged by a run with an accuracy on the bars all models are measured on, and registered. */
  async function candidate(name: string, accuracy: number, runId = `run-${accuracy}`): Promise<ModelVersion> {
    const tags = { 'ares.evaluation': JSON.stringify(UNSEEN) };
    return createOf(name, await log(runId, sampleBytes(runId), { metrics: { accuracy }, tags }), runId);
  }

  return {
    call,
    log,
    createOf,
    candidate,
    models,
    ledger,
    ports,
    clock,
    runs,
    logged,
    sources,
    artifactStore,
    slot: SLOT,
  };
}

export type RegistryDesk = ReturnType<typeof openRegistryDesk>;
