import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { createDynamoLedger } from '../../../src/adapters/aws/dynamo-ledger.ts';
import { createDynamoOutbox } from '../../../src/adapters/aws/dynamo-outbox.ts';
import { createS3ModelStore } from '../../../src/adapters/aws/s3-model-store.ts';
import { onnxPredictorLoader } from '../../../src/adapters/inference/onnx-predictor-loader.ts';
import type { Command } from '../../../src/core/events/command.ts';
import { keys } from '../../../src/core/ledger-keys.ts';
import { registerCandidate } from '../../../src/core/models/register-candidate.ts';
import type { SlotId } from '../../../src/core/models/slot.ts';
import { epochMillis } from '../../../src/core/ports/clock.ts';
import { readDeployment } from '../../../src/core/promotion/deployment.ts';
import { restlessModel } from '../../support/restless-model.ts';

/** Whatever is registered twice in one run of the test needs ids of its own. */
let commands = 0;

/** The deployed tables and bucket, through the adapters that the deployed functions use. */
export function deployedSlot(slot: SlotId, environment: Readonly<Record<string, string>>) {
  const named = (name: string): string => {
    const value = environment[name];
    if (!value) throw new Error(`the trader's environment must name ${name}, names ${Object.keys(environment)}`);
    return value;
  };
  const dynamo = {
    client: new DynamoDBClient(),
    tables: {
      state: named('ARES_STATE_TABLE'),
      registry: named('ARES_REGISTRY_TABLE'),
      audit: named('ARES_AUDIT_TABLE'),
    },
    random: { next: Math.random },
    timers: { sleep: (ms: number) => sleep(ms) },
    clock: { now: () => epochMillis(Date.now()) },
  };
  const ledger = createDynamoLedger(dynamo);
  const bucket = named('ARES_MODEL_BUCKET');
  const modelStore = createS3ModelStore({ client: new S3Client({ forcePathStyle: true }), bucket });

  const command = (what: string, now: number): Command => {
    const id = `${what}-${++commands}-${performance.now()}`;
    return { id, user: 'test', now: epochMillis(now), sessionId: 'test', correlationId: id };
  };
  return {
    slot,
    ledger,
    modelStore,
    bucket,
    dynamo,
    outbox: createDynamoOutbox({ ...dynamo, onUnreadable: () => undefined }),
    command,
    champion: async () => (await readDeployment(ledger, slot)).championRunId,
    heartbeat: async () => (await ledger.get(keys.heartbeat(slot)))?.value,
    /** Better than every model before it, registered as a trainer would at that time of the market. */
    addModel: (variant: number, marketTime: number) =>
      registerCandidate(
        {
          ...command('model', marketTime),
          slot,
          runId: `restless-${String(variant).padStart(2, '0')}`,
          model: { bytes: restlessModel(variant) },
          metrics: { accuracy: 0.8 + variant / 1_000 },
          evaluation: { from: 2_000, to: 3_000, rows: 1_000 },
        },
        { ledger, modelStore, predictorLoader: onnxPredictorLoader() },
      ),
  };
}

export type DeployedSlot = ReturnType<typeof deployedSlot>;
