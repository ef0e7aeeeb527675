import * as z from 'zod';
import { AresError } from '../ares-error.ts';
import { newEvent } from '../events/catalogue.ts';
import { type Command, metadataOf } from '../events/command.ts';
import { findFeatureSet } from '../features/find-feature-set.ts';
import type { Commit, Ledger } from '../ports/ledger.ts';
import type { ModelHash, ModelStore } from '../ports/model-store.ts';
import type { PredictorLoader } from '../ports/predictor.ts';
import { type Deployment, putDeployment, readDeployment } from '../promotion/deployment.ts';
import { CONFLICT, retryOnConflict } from '../retry-on-conflict.ts';
import { checkSignature, type SignatureCheck } from './check-signature.ts';
import type { ModelState } from './lifecycle.ts';
import { modelAudit } from './model-audit.ts';
import {
  evaluationSchema,
  type ModelRecord,
  metricsSchema,
  paramsSchema,
  putModel,
  signatureSummary,
} from './model-record.ts';
import { findModel } from './read-models.ts';
import { parseRunId, type RunId } from './run-id.ts';
import type { ModelSignature } from './signature.ts';
import { parseSlotId, type SlotId } from './slot.ts';
import { ensureSlot } from './slot-registry.ts';

const measurementsSchema = z.object({
  params: paramsSchema.default({}),
  metrics: metricsSchema.default({}),
  evaluation: evaluationSchema.nullable().default(null),
});

/** `metrics` by name, `accuracy` being the one the gate compares; `evaluation` says on which bars all of them were measured. */
export type RegisterRequest = Command & {
  readonly slot: SlotId;
  readonly runId: string;
  /** An ONNX file, or the hash of one that is in the store already, with what it says of itself. */
  readonly model: { readonly bytes: Uint8Array } | { readonly hash: ModelHash; readonly signature: ModelSignature };
  /** What is written in the same commit; asked anew at each attempt, and what it throws ends the registration. */
  readonly together?: () => Promise<Pick<Commit, 'writes' | 'audit'>>;
} & z.input<typeof measurementsSchema>;

export type RegisterOutcome =
  | { readonly outcome: 'registered'; readonly runId: RunId; readonly modelHash: ModelHash }
  /** The same bytes were registered under this run before; nothing was written. */
  | {
      readonly outcome: 'already_registered';
      readonly runId: RunId;
      readonly modelHash: ModelHash;
      readonly state: ModelState;
    }
  /** The model does not fit what the slot can compute; nothing was registered. */
  | { readonly outcome: 'refused'; readonly reason: string };

interface RegisterPorts {
  readonly ledger: Ledger;
  readonly modelStore: ModelStore;
  readonly predictorLoader: Pick<PredictorLoader, 'readSignature'>;
}

/**
 * Makes a trained model a candidate of its slot.
 *
 * @throws AresError `REGISTRATION_INVALID`, `RUN_ID_INVALID`, `SLOT_INVALID`; `MODEL_INVALID` and `SIGNATURE_MISMATCH` of the predictor; `MODEL_MISSING` when the store
 * does not have the hash; `RUN_ID_TAKEN` when the run has other bytes already
 */
export async function registerCandidate(request: RegisterRequest, ports: RegisterPorts): Promise<RegisterOutcome> {
  const { slot, model, now } = request;
  const { ledger, modelStore, predictorLoader } = ports;
  const { timeframe } = parseSlotId(slot);
  const runId = parseRunId(request.runId);
  const measurements = parseMeasurements(request);
  const signature = 'bytes' in model ? predictorLoader.readSignature(model.bytes) : model.signature;
  const fits = fitsSlot(signature, timeframe);
  if (!fits.ok) return { outcome: 'refused', reason: fits.reason };

  const modelHash = 'bytes' in model ? await modelStore.put(model.bytes) : await storedHash(model.hash, modelStore);
  await ensureSlot(ledger, slot, now);
  return retryOnConflict(`the registration of ${runId}`, async () => {
    const known = await findModel(ledger, slot, runId);
    if (known) return alreadyRegistered(known.record, modelHash);
    const record: ModelRecord = {
      runId,
      slot,
      state: 'candidate',
      reason: 'registered',
      stateChangedAt: now,
      modelHash,
      signature: signatureSummary(signature),
      ...measurements,
      registeredAt: now,
      registeredBy: request.user,
      promotedAt: null,
      rolledBackAt: null,
      waiting: null,
    };
    const commit = registration(request, record, await readDeployment(ledger, slot));
    const { writes = [], audit = [] } = (await request.together?.()) ?? {};
    const committed = await ledger.commit({
      ...commit,
      writes: [...commit.writes, ...writes],
      audit: [...commit.audit, ...audit],
    });
    // Repeated: the same registration came through elsewhere, and is there to be read.
    if (committed.outcome === 'conflict' || committed.repeated) return CONFLICT;
    return { outcome: 'registered', runId, modelHash };
  });
}

function parseMeasurements(request: RegisterRequest): z.output<typeof measurementsSchema> {
  const parsed = measurementsSchema.safeParse(request);
  if (parsed.success) return parsed.data;
  throw new AresError('REGISTRATION_INVALID', `run ${request.runId}: ${z.prettifyError(parsed.error)}`, {
    runId: request.runId,
  });
}

function fitsSlot(signature: ModelSignature, timeframe: Parameters<typeof checkSignature>[2]): SignatureCheck {
  const { name, version } = signature.featureSet;
  const featureSet = findFeatureSet(name, version);
  if (featureSet) return checkSignature(signature, featureSet, timeframe);
  return {
    ok: false,
    reason: `the model's feature set must be one that Ares computes, was ${name} version ${version}`,
  };
}

async function storedHash(hash: ModelHash, modelStore: ModelStore): Promise<ModelHash> {
  if (await modelStore.has(hash)) return hash;
  throw new AresError('MODEL_MISSING', `the model's bytes must be in the model store, none had the hash ${hash}`, {
    hash,
  });
}

function alreadyRegistered({ runId, modelHash, state }: ModelRecord, wanted: ModelHash): RegisterOutcome {
  if (modelHash === wanted) return { outcome: 'already_registered', runId, modelHash, state };
  throw new AresError(
    'RUN_ID_TAKEN',
    `run ${runId} must be registered with the bytes it has, ${modelHash}, was ${wanted}: register other bytes under another run`,
    { runId, modelHash, wanted },
  );
}

function registration(command: Command, record: ModelRecord, deployment: Deployment): Commit {
  const { slot, runId, modelHash, metrics, params, evaluation, signature } = record;
  const accuracy = metrics.accuracy ?? null;
  const token = `register:${slot}:${runId}:${modelHash}`;
  const sequence = deployment.version + 1;
  return {
    token,
    writes: [putDeployment(deployment), putModel(record, 'absent')],
    audit: [modelAudit(command, 'ModelRegistered', record, null, { metrics, params, evaluation, signature })],
    events: [
      newEvent('CandidateRegistered', metadataOf(command, { token, index: 0, slot, sequence }), {
        runId,
        modelHash,
        accuracy,
      }),
    ],
  };
}
