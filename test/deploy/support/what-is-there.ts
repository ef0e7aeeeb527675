import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, ListArchivesCommand, ListEventBusesCommand } from '@aws-sdk/client-eventbridge';
import { DescribeKeyCommand, KMSClient, ListKeysCommand } from '@aws-sdk/client-kms';
import { LambdaClient, ListFunctionsCommand, ListLayersCommand } from '@aws-sdk/client-lambda';
import { ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import { ListSecretsCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { ListTopicsCommand, SNSClient } from '@aws-sdk/client-sns';
import { ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { AwsCalls } from './aws-call.ts';

/** What an account holds of what the stacks make, by kind; kinds of which there is nothing are left out. */
export async function whatIsThere(calls: AwsCalls): Promise<Record<string, readonly string[]>> {
  const [tables, buckets, keys, secrets, functions, layers, queues, topics, buses, archives] = await Promise.all([
    new DynamoDBClient().send(new ListTablesCommand()),
    new S3Client({ forcePathStyle: true }).send(new ListBucketsCommand()),
    enabledKeys(),
    new SecretsManagerClient().send(new ListSecretsCommand()),
    new LambdaClient().send(new ListFunctionsCommand()),
    new LambdaClient().send(new ListLayersCommand()),
    new SQSClient().send(new ListQueuesCommand()),
    new SNSClient().send(new ListTopicsCommand()),
    new EventBridgeClient().send(new ListEventBusesCommand()),
    new EventBridgeClient().send(new ListArchivesCommand()),
  ]);
  const names = (list: readonly (string | undefined)[] | undefined): readonly string[] =>
    (list ?? []).flatMap((name) => name ?? []).sort();
  const all = {
    tables: names(tables.TableNames),
    // The CDK's own bucket belongs to the account, not to a stage.
    buckets: names(buckets.Buckets?.map(({ Name }) => Name)).filter((name) => !name.startsWith('cdk-')),
    keys,
    secrets: names(secrets.SecretList?.map(({ Name }) => Name)),
    functions: names(functions.Functions?.map(({ FunctionName }) => FunctionName)),
    layers: names(layers.Layers?.map(({ LayerName }) => LayerName)),
    queues: names(queues.QueueUrls),
    topics: names(topics.Topics?.map(({ TopicArn }) => TopicArn)),
    buses: names(buses.EventBuses?.map(({ Name }) => Name)).filter((name) => name !== 'default'),
    archives: names(archives.Archives?.map(({ ArchiveName }) => ArchiveName)),
    schedules: await calls.schedules(),
    clusters: await calls.clusters(),
  };
  return Object.fromEntries(Object.entries(all).filter(([, list]) => list.length > 0));
}

async function enabledKeys(): Promise<readonly string[]> {
  const kms = new KMSClient();
  const { Keys = [] } = await kms.send(new ListKeysCommand());
  const described = await Promise.all(Keys.map(({ KeyId }) => kms.send(new DescribeKeyCommand({ KeyId }))));
  return described.flatMap(({ KeyMetadata: key }) =>
    key?.KeyManager === 'CUSTOMER' && key.KeyState === 'Enabled' ? [key.Description ?? 'a key'] : [],
  );
}
