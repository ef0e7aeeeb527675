import { DeleteItemCommand, DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { DeleteObjectCommand, GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import type { FunctionName } from '../../../src/compose/wiring.ts';
import { auditEntryKey } from '../../../src/core/audit/audit-entry.ts';
import type { AwsCalls } from './aws-call.ts';
import type { DeployedSlot } from './deployed-slot.ts';

type Probe = () => Promise<unknown>;
type Probes = Readonly<Record<string, Probe>>;

/** Whether AWS says of an action that the caller may not do it; what it says instead when it lets it through or fails otherwise. */
async function answerTo(action: Probe): Promise<string> {
  try {
    await action();
    return 'done';
  } catch (error) {
    const { name, message } = error as Error;
    return /AccessDenied|not authorized/i.test(`${name} ${message}`) ? 'denied' : `${name}: ${message}`;
  }
}

/** What is answered to each action. */
export async function answersTo(probes: Probes): Promise<Record<string, string>> {
  const answers = Object.entries(probes).map(async ([what, action]) => [what, await answerTo(action)] as const);
  return Object.fromEntries(await Promise.all(answers));
}

/** Actions with the roles of deployed functions: what they must never be able to do, and as a control what the same credentials are good for. */
export async function roleProbes(
  slot: DeployedSlot,
  calls: AwsCalls,
  environment: Readonly<Record<string, string>>,
): Promise<{ readonly forbidden: Probes; readonly granted: Probes }> {
  const as = async (name: FunctionName) => {
    const FunctionName = `${environment.ARES_FUNCTION_PREFIX}${name}`;
    const { Role = '' } = await new LambdaClient().send(new GetFunctionConfigurationCommand({ FunctionName }));
    const session = await calls.credentialsOf(Role);
    return {
      credentials: {
        accessKeyId: session.AWS_ACCESS_KEY_ID as string,
        secretAccessKey: session.AWS_SECRET_ACCESS_KEY as string,
        sessionToken: session.AWS_SESSION_TOKEN as string,
      },
    };
  };
  const [checker, analyst, relay, herald, registrar] = await Promise.all([
    as('check-promotion'),
    as('analyze-market'),
    as('relay-outbox'),
    as('notify-people'),
    as('serve-registry'),
  ]);
  const { registry, audit } = slot.dynamo.tables;
  const entry = auditEntryKey('models', 1);
  const inAudit = { TableName: audit, Key: { pk: { S: entry.pk }, sk: { S: entry.sk } } };
  const inRegistry = { TableName: registry, Item: { pk: { S: 'models#forged' }, sk: { S: 'forged' } } };
  const keys = { SecretId: `${environment.ARES_KEYS_SECRET_PREFIX}/main` };
  const hash = (await slot.heartbeat())?.modelHash;
  const Entries = [{ EventBusName: environment.ARES_EVENT_BUS, Source: 'test', DetailType: 'Forged', Detail: '{}' }];
  const notice = { TopicArn: environment.ARES_ALERT_TOPIC_ARN, Message: 'test' };
  const modelsAs = (role: typeof analyst) => new S3Client({ ...role, forcePathStyle: true });
  const Bucket = slot.bucket;
  const artifacts = environment.ARES_ARTIFACT_BUCKET;
  return {
    forbidden: {
      'check-promotion deletes an audit entry': () => new DynamoDBClient(checker).send(new DeleteItemCommand(inAudit)),
      'check-promotion reads the exchange keys': () =>
        new SecretsManagerClient(checker).send(new GetSecretValueCommand(keys)),
      'analyze-market writes a model': () =>
        modelsAs(analyst).send(new PutObjectCommand({ Bucket, Key: 'forged', Body: 'x' })),
      'analyze-market reads an artifact': () =>
        modelsAs(analyst).send(new GetObjectCommand({ Bucket: artifacts, Key: 'artifacts/x' })),
      'serve-registry deletes a model': () =>
        modelsAs(registrar).send(new DeleteObjectCommand({ Bucket, Key: `models/${hash}` })),
      'serve-registry writes beside the artifacts': () =>
        modelsAs(registrar).send(new PutObjectCommand({ Bucket: artifacts, Key: 'forged', Body: 'x' })),
      'serve-registry deletes an audit entry': () => new DynamoDBClient(registrar).send(new DeleteItemCommand(inAudit)),
      'serve-registry reads the exchange keys': () =>
        new SecretsManagerClient(registrar).send(new GetSecretValueCommand(keys)),
      'relay-outbox writes the registry': () => new DynamoDBClient(relay).send(new PutItemCommand(inRegistry)),
      'relay-outbox tells people': () => new SNSClient(relay).send(new PublishCommand(notice)),
      'notify-people publishes an event': () => new EventBridgeClient(herald).send(new PutEventsCommand({ Entries })),
    },
    granted: {
      'check-promotion reads an audit entry': () => new DynamoDBClient(checker).send(new GetItemCommand(inAudit)),
      'analyze-market reads a model': () =>
        modelsAs(analyst).send(new GetObjectCommand({ Bucket, Key: `models/${hash}` })),
      'serve-registry writes an artifact': () =>
        modelsAs(registrar).send(new PutObjectCommand({ Bucket: artifacts, Key: 'artifacts/x', Body: 'x' })),
      'serve-registry deletes an artifact': () =>
        modelsAs(registrar).send(new DeleteObjectCommand({ Bucket: artifacts, Key: 'artifacts/y' })),
      'relay-outbox publishes an event': () => new EventBridgeClient(relay).send(new PutEventsCommand({ Entries })),
      'notify-people tells people': () => new SNSClient(herald).send(new PublishCommand(notice)),
    },
  };
}
