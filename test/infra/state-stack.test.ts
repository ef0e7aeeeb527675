import { beforeAll, describe, expect, it } from 'vitest';
import { ledgerTable } from '../../src/adapters/aws/ledger-tables.ts';
import { KEYS_PLACEHOLDER } from '../../src/core/security/exchange-keys.ts';
import { liveStage, paperStage } from './support/stages.ts';
import { type Resource, type Synthesised, synthesise } from './support/synthesise.ts';

let paper: Synthesised;
let live: Synthesised;
beforeAll(() => {
  paper = synthesise(paperStage);
  live = synthesise(liveStage);
});

// biome-ignore lint/suspicious/noExplicitAny: a template is whatever CloudFormation takes.
type Properties = any;
const resourcesOf = ({ templates }: Synthesised, type: string): Record<string, Properties> =>
  Object.fromEntries(
    Object.entries(templates.state.Resources)
      .filter(([, resource]) => resource.Type === type)
      .map(([id, resource]) => [id, resource.Properties]),
  );
const only = (from: Synthesised, type: string): Properties => {
  const found = Object.values(resourcesOf(from, type));
  expect(found).toHaveLength(1);
  return found[0];
};

describe('the state stack', () => {
  it('cannot be deleted without taking its protection off first', () => {
    expect(paper.stacks.state.terminationProtection).toBe(true);
  });

  it('leaves everything behind that holds something, when it is deleted all the same', () => {
    const holds = /Table$|Bucket$|KMS::Key$|Secret$/;
    const kept = Object.values(paper.templates.state.Resources).filter(({ Type }: Resource) => holds.test(Type));
    expect(kept.map(({ Type }) => Type).toSorted()).toEqual([
      'AWS::DynamoDB::Table',
      'AWS::DynamoDB::Table',
      'AWS::DynamoDB::Table',
      'AWS::KMS::Key',
      'AWS::S3::Bucket',
      'AWS::S3::Bucket',
      'AWS::SecretsManager::Secret',
    ]);
    for (const resource of kept)
      expect(resource).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
  });
});

describe('the tables', () => {
  it('have the keys and the index that the ledger asks for', () => {
    const tables = Object.values(resourcesOf(paper, 'AWS::DynamoDB::Table'));
    const { partitionKey, sortKey, index } = ledgerTable;
    for (const table of tables) {
      expect(table.KeySchema).toEqual([
        { AttributeName: partitionKey, KeyType: 'HASH' },
        { AttributeName: sortKey, KeyType: 'RANGE' },
      ]);
      expect(table.GlobalSecondaryIndexes).toEqual([
        {
          IndexName: index.name,
          KeySchema: [
            { AttributeName: index.partitionKey, KeyType: 'HASH' },
            { AttributeName: index.sortKey, KeyType: 'RANGE' },
          ],
          Projection: { ProjectionType: 'ALL' },
        },
      ]);
      expect(new Set(table.AttributeDefinitions.map((attribute: Properties) => attribute.AttributeType))).toEqual(
        new Set(['S']),
      );
      expect(table).toMatchObject({ BillingMode: 'PAY_PER_REQUEST', DeletionProtectionEnabled: true });
      expect(table.PointInTimeRecoverySpecification).toEqual({ PointInTimeRecoveryEnabled: true });
    }
  });

  it('forget what may expire, and never an audit entry', () => {
    const forgets = Object.entries(resourcesOf(paper, 'AWS::DynamoDB::Table')).map(([id, table]) => [
      id.replace(/^Ledger|[0-9A-F]{8}$/g, ''),
      table.TimeToLiveSpecification,
    ]);
    const expiring = { AttributeName: ledgerTable.timeToLive, Enabled: true };
    expect(Object.fromEntries(forgets)).toEqual({ State: expiring, Registry: expiring, Audit: undefined });
  });

  it('stream new items of the state table, which holds the outbox, and of no other', () => {
    const streams = Object.values(resourcesOf(paper, 'AWS::DynamoDB::Table')).flatMap(
      (table) => table.StreamSpecification ?? [],
    );
    expect(streams).toEqual([{ StreamViewType: 'NEW_IMAGE' }]);
  });
});

/** The properties of a bucket, by the beginning of its id. */
const bucketOf = (from: Synthesised, id: 'Models' | 'Artifacts'): Properties =>
  Object.entries(resourcesOf(from, 'AWS::S3::Bucket')).find(([name]) => name.startsWith(id))?.[1];

describe('models', () => {
  it('are locked for as many days as the stage says, and only then', () => {
    expect(bucketOf(paper, 'Models')).not.toHaveProperty('ObjectLockEnabled');
    expect(bucketOf(live, 'Models')).toMatchObject({
      ObjectLockEnabled: true,
      ObjectLockConfiguration: { Rule: { DefaultRetention: { Mode: 'COMPLIANCE', Days: 30 } } },
    });
  });

  it('do not expire', () => {
    const { Rules } = bucketOf(paper, 'Models').LifecycleConfiguration;
    expect(Rules).toEqual([
      { Id: 'unfinished-uploads', Status: 'Enabled', AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 } },
    ]);
  });
});

describe('artifacts', () => {
  it('can be deleted by who made them, and brought back for a month', () => {
    const { LifecycleConfiguration, ...bucket } = bucketOf(live, 'Artifacts');
    expect(bucket).not.toHaveProperty('ObjectLockEnabled');
    expect(bucket.VersioningConfiguration).toEqual({ Status: 'Enabled' });
    expect(LifecycleConfiguration.Rules).toEqual([
      { Id: 'unfinished-uploads', Status: 'Enabled', AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 } },
      {
        Id: 'deleted',
        Status: 'Enabled',
        ExpiredObjectDeleteMarker: true,
        NoncurrentVersionExpiration: { NoncurrentDays: 30 },
      },
    ]);
  });
});

describe('exchange keys', () => {
  it('have one secret an account, however many slots trade with it', () => {
    expect(only(live, 'AWS::SecretsManager::Secret').Name).toBe('ares-live-keys/main');
  });

  it('are the placeholder that the adapter recognises, until a person puts them in', () => {
    const text = only(paper, 'AWS::SecretsManager::Secret').SecretString;
    expect(JSON.parse(text)).toEqual({ apiKey: KEYS_PLACEHOLDER, secret: KEYS_PLACEHOLDER });
  });
});

describe('alerts', () => {
  it('reach every address of the stage', () => {
    expect(only(live, 'AWS::SNS::Subscription')).toMatchObject({ Protocol: 'email', Endpoint: 'desk@example.com' });
    expect(resourcesOf(paper, 'AWS::SNS::Subscription')).toEqual({});
  });

  it('come from the alarms of this stage in this account, through the key', () => {
    const fromAlarms = (statements: readonly Properties[]) =>
      statements.filter(({ Principal }) => Principal?.Service === 'cloudwatch.amazonaws.com');
    const [topic] = fromAlarms(only(paper, 'AWS::SNS::TopicPolicy').PolicyDocument.Statement);
    expect(JSON.stringify(topic.Condition)).toContain(':alarm:ares-paper-*');
    expect(topic).toMatchObject({ Effect: 'Allow', Action: 'sns:Publish' });
    const [key] = fromAlarms(only(paper, 'AWS::KMS::Key').KeyPolicy.Statement);
    expect(key.Action).toEqual(['kms:Decrypt', 'kms:GenerateDataKey']);
    expect(key.Condition.StringEquals).toHaveProperty('aws:SourceAccount');
  });
});
