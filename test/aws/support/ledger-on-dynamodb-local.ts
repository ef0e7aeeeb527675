import { setTimeout as sleep } from 'node:timers/promises';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { DynamoOptions } from '../../../src/adapters/aws/dynamo-options.ts';
import { type LedgerTableNames, ledgerTable, ledgerTableNames } from '../../../src/adapters/aws/ledger-tables.ts';
import { systemClocks } from '../../../src/adapters/local/system-clocks.ts';

export function dynamoClient(endpoint: string): DynamoDBClient {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  return new DynamoDBClient({ endpoint, region: 'eu-central-1', credentials });
}

async function createTable(client: DynamoDBClient, name: string): Promise<void> {
  const { partitionKey, sortKey, index } = ledgerTable;
  const keySchema = (hash: string, range: string) => [
    { AttributeName: hash, KeyType: 'HASH' as const },
    { AttributeName: range, KeyType: 'RANGE' as const },
  ];
  await client.send(
    new CreateTableCommand({
      TableName: name,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: keySchema(partitionKey, sortKey),
      AttributeDefinitions: [partitionKey, sortKey, index.partitionKey, index.sortKey].map((AttributeName) => ({
        AttributeName,
        AttributeType: 'S' as const,
      })),
      GlobalSecondaryIndexes: [
        {
          IndexName: index.name,
          KeySchema: keySchema(index.partitionKey, index.sortKey),
          Projection: { ProjectionType: 'ALL' },
        },
      ],
    }),
  );
}

let created = 0;

/** Three empty tables of their own names. */
export async function createLedgerTables(client: DynamoDBClient): Promise<LedgerTableNames> {
  created++;
  const names = Object.fromEntries(ledgerTableNames.map((name) => [name, `${name}-${created}`])) as LedgerTableNames;
  await Promise.all(Object.values(names).map((name) => createTable(client, name)));
  return names;
}

export function dynamoOptions(client: DynamoDBClient, tables: LedgerTableNames): DynamoOptions {
  const timers = { sleep: (ms: number) => sleep(ms) };
  return { client, tables, random: { next: Math.random }, timers, clock: systemClocks.wall };
}
