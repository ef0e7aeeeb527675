import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
import { createDynamoArchive } from '../../../src/adapters/aws/dynamo-archive.ts';
import { createDynamoLedger } from '../../../src/adapters/aws/dynamo-ledger.ts';
import { createS3ModelStore } from '../../../src/adapters/aws/s3-model-store.ts';
import { outputOf } from '../../../src/compose/stage-outputs.ts';
import { functions } from '../../../src/compose/wiring.ts';
import { type AresRun, runAres } from '../../integration/cli/support/run-ares.ts';
import type { MiniStack } from '../../support/ministack/start-ministack.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import type { DynamoDbLocal } from './dynamodb-local.ts';
import { createLedgerTables, dynamoClient, dynamoOptions } from './ledger-on-dynamodb-local.ts';

const REGION = 'eu-central-1';
const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };

/** A stage as its deployment leaves it: tables on DynamoDB Local, everything else on the emulator, the outputs in a file; and the command line on it. */
export async function openStage(dynamo: DynamoDbLocal, emulator: MiniStack) {
  const stage = `t${randomUUID().slice(0, 8)}`;
  const prefix = `ares-${stage}-`;
  const tables = await createLedgerTables(dynamoClient(dynamo.endpoint));
  const options = dynamoOptions(dynamoClient(dynamo.endpoint), tables);
  const s3 = new S3Client({ region: REGION, credentials, endpoint: emulator.endpoint, forcePathStyle: true });
  const sqs = new SQSClient({ region: REGION, credentials, endpoint: emulator.endpoint });
  const bucket = `${prefix}models`;
  await s3.send(new CreateBucketCommand({ Bucket: bucket }));
  for (const { name } of functions)
    await sqs.send(new CreateQueueCommand({ QueueName: `${prefix}${name}-dead-letters` }));
  const outputs = {
    [`${prefix}state`]: {
      [outputOf('ARES_STATE_TABLE')]: tables.state,
      [outputOf('ARES_REGISTRY_TABLE')]: tables.registry,
      [outputOf('ARES_AUDIT_TABLE')]: tables.audit,
      [outputOf('ARES_MODEL_BUCKET')]: bucket,
      [outputOf('ARES_CIPHER_KEY_ARN')]: `arn:aws:kms:${REGION}:000000000000:key/k`,
      ExportsOutputRefOfCdk: 'not for people',
    },
    [`${prefix}functions`]: {
      [outputOf('ARES_EVENT_BUS')]: `${prefix}bus`,
      [`${outputOf('ARES_SLOT')}1`]: 'paper:trend:BTC/USDT:1m',
    },
  };
  const directory = temporaryDirectory();
  const outputsFile = join(directory, 'cdk-outputs.json');
  writeFileSync(outputsFile, JSON.stringify(outputs));
  const env = {
    ARES_OUTPUTS: outputsFile,
    AWS_ENDPOINT_URL: emulator.endpoint,
    AWS_ENDPOINT_URL_DYNAMODB: dynamo.endpoint,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_EC2_METADATA_DISABLED: 'true',
    // The shell's own, which the stage is not in.
    AWS_REGION: 'us-west-2',
  };
  const run = (args: readonly string[], extra: Record<string, string> = {}): Promise<AresRun> =>
    runAres(join(directory, 'unused'), args, { ...env, ...extra });
  return {
    stage,
    outputs,
    outputsFile,
    directory,
    sqs,
    queueUrl: (name: string) => `${emulator.endpoint}/000000000000/${prefix}${name}-dead-letters`,
    ledger: createDynamoLedger(options),
    archive: createDynamoArchive(options),
    modelStore: createS3ModelStore({ client: s3, bucket }),
    run,
    ares: (...args: string[]) => run(['--stage', stage, ...args]),
  };
}
