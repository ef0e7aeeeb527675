import { afterAll, describe, expect, test } from 'vitest';
import { createDynamoArchive } from '../../src/adapters/aws/dynamo-archive.ts';
import { createDynamoLedger } from '../../src/adapters/aws/dynamo-ledger.ts';
import { createDynamoOutbox } from '../../src/adapters/aws/dynamo-outbox.ts';
import { openDatabase } from '../../src/adapters/local/database.ts';
import { createSqliteArchive } from '../../src/adapters/local/sqlite-archive.ts';
import { createSqliteLedger } from '../../src/adapters/local/sqlite-ledger.ts';
import { createSqliteOutbox } from '../../src/adapters/local/sqlite-outbox.ts';
import { dumped, fillLedger, ledgerArchiveContract, sorted } from '../contract/archive/ledger-archive-contract.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { startDynamoDbLocal } from './support/dynamodb-local.ts';
import { createLedgerTables, dynamoClient, dynamoOptions } from './support/ledger-on-dynamodb-local.ts';

const dynamo = await startDynamoDbLocal();

describe.skipIf(!dynamo)('on DynamoDB Local', () => {
  const client = dynamoClient(dynamo?.endpoint ?? '');
  afterAll(async () => {
    client.destroy();
    await dynamo?.stop();
  });

  const openDynamo = async () => {
    const options = dynamoOptions(client, await createLedgerTables(client));
    return {
      ledger: createDynamoLedger(options),
      outbox: createDynamoOutbox(options),
      archive: createDynamoArchive(options),
    };
  };
  const openSqlite = () => {
    const db = openDatabase(temporaryDirectory());
    return { ledger: createSqliteLedger(db), outbox: createSqliteOutbox(db), archive: createSqliteArchive(db) };
  };

  ledgerArchiveContract('DynamoDB', openDynamo);

  test('a ledger moves from one machine to AWS and back, and is the same on each', async () => {
    const [from, aws, back] = [openSqlite(), await openDynamo(), openSqlite()];
    await fillLedger(from);
    await aws.archive.load('there', from.archive.dump());
    expect(sorted(await dumped(aws.archive))).toEqual(sorted(await dumped(from.archive)));
    await aws.archive.finish('there');
    await back.archive.load('back', aws.archive.dump());
    expect(sorted(await dumped(back.archive))).toEqual(sorted(await dumped(from.archive)));
  });

  test('a load that was broken off says whose it is', async () => {
    const { archive } = await openDynamo();
    const broken = (async function* () {
      yield { kind: 'commit', token: 'a' } as const;
      throw new Error('cut');
    })();
    await expect(archive.load('mine', broken)).rejects.toThrow('cut');
    expect([await archive.standing('mine'), await archive.standing('other')]).toEqual(['begun', 'taken']);
  });
});
