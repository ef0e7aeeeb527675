import { afterAll, describe } from 'vitest';
import { createDynamoLedger } from '../../src/adapters/aws/dynamo-ledger.ts';
import { createDynamoOutbox } from '../../src/adapters/aws/dynamo-outbox.ts';
import { ledgerContract } from '../contract/ledger/ledger-contract.ts';
import { startDynamoDbLocal } from './support/dynamodb-local.ts';
import { createLedgerTables, dynamoClient, dynamoOptions } from './support/ledger-on-dynamodb-local.ts';

const dynamo = await startDynamoDbLocal();

describe.skipIf(!dynamo)('on DynamoDB Local', () => {
  const client = dynamoClient(dynamo?.endpoint ?? '');
  afterAll(async () => {
    client.destroy();
    await dynamo?.stop();
  });

  ledgerContract('DynamoDB', async () => {
    const options = dynamoOptions(client, await createLedgerTables(client));
    return {
      ledger: createDynamoLedger(options),
      outbox: createDynamoOutbox(options),
      other: createDynamoLedger(options),
    };
  });
});
