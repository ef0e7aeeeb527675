import {
  type DynamoDBClient,
  ScanCommand,
  TransactionCanceledException,
  TransactionInProgressException,
} from '@aws-sdk/client-dynamodb';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { createDynamoLedger } from '../../src/adapters/aws/dynamo-ledger.ts';
import { createDynamoOutbox } from '../../src/adapters/aws/dynamo-outbox.ts';
import type { LedgerTableNames } from '../../src/adapters/aws/ledger-tables.ts';
import { verifyAudit } from '../../src/core/audit/verify-audit.ts';
import { auditDraft, commitOf, envelope, put, stateKey } from '../contract/support/sample-commit.ts';
import { startDynamoDbLocal } from './support/dynamodb-local.ts';
import { createLedgerTables, dynamoClient, dynamoOptions } from './support/ledger-on-dynamodb-local.ts';

const dynamo = await startDynamoDbLocal();

interface Call {
  readonly command: string;
  readonly input: Record<string, unknown>;
}

type Next = () => Promise<{ output: object; response: unknown }>;

/** Puts itself between the ledger's calls and the database; the real database still does what is let through. */
function intercept(client: DynamoDBClient, fault: (call: Call, next: Next) => ReturnType<Next>): void {
  client.middlewareStack.add(
    (next, context) => (args) => {
      const call = { command: String(context.commandName), input: args.input as Record<string, unknown> };
      return fault(call, () => next(args) as ReturnType<Next>) as ReturnType<typeof next>;
    },
    { step: 'initialize', name: 'fault' },
  );
}

const failure = (name: string, status?: number) =>
  Object.assign(new Error(`injected ${name}`), { name, $metadata: { httpStatusCode: status } });

const cancelled = (...codes: string[]) =>
  new TransactionCanceledException({
    message: 'injected',
    $metadata: {},
    CancellationReasons: codes.map((Code) => ({ Code })),
  });

describe.skipIf(!dynamo)('the ledger on DynamoDB under faults', () => {
  const endpoint = dynamo?.endpoint ?? '';
  const plain = dynamoClient(endpoint);
  const clients = [plain];
  let tables: LedgerTableNames;
  const newClient = () => {
    const client = dynamoClient(endpoint);
    clients.push(client);
    return client;
  };
  const ledgerWith = (fault: (call: Call, next: Next) => ReturnType<Next>) => {
    const client = newClient();
    intercept(client, fault);
    return createDynamoLedger({ ...dynamoOptions(client, tables), timers: { sleep: async () => {} } });
  };
  const real = () => createDynamoLedger(dynamoOptions(plain, tables));
  const key = stateKey('g', 'k');
  const commit = commitOf('t1', { writes: [put(key, 'absent')], audit: [auditDraft()], events: [envelope('e1')] });

  beforeEach(async () => {
    tables = await createLedgerTables(plain);
  });
  afterAll(async () => {
    for (const client of clients) client.destroy();
    await dynamo?.stop();
  });

  test('recognises a commit whose answer was lost by its token', async () => {
    const ledger = ledgerWith(async ({ command }, next) => {
      const answer = await next();
      if (command === 'TransactWriteItemsCommand') throw failure('TimeoutError');
      return answer;
    });
    expect(await ledger.commit(commit)).toEqual({ outcome: 'committed', repeated: true });
    expect((await real().get(key))?.version).toBe(1);
    expect(await verifyAudit(real())).toEqual({ valid: true, entries: 1 });
  });

  test('says that nothing is known when the request was lost, and the same commit goes through later', async () => {
    const ledger = ledgerWith(async ({ command }, next) => {
      if (command === 'TransactWriteItemsCommand') throw failure('TimeoutError');
      return next();
    });
    await expect(ledger.commit(commit)).rejects.toMatchObject({ code: 'LEDGER_UNAVAILABLE' });
    expect(await real().commit(commit)).toEqual({ outcome: 'committed', repeated: false });
  });

  test('tries again when another transaction holds an item or the throughput is used up', async () => {
    const answers = [
      cancelled('None', 'TransactionConflict', 'None'),
      cancelled('None', 'ThrottlingError'),
      new TransactionInProgressException({ message: 'injected', $metadata: {} }),
    ];
    const ledger = ledgerWith(async ({ command }, next) => {
      const answer = command === 'TransactWriteItemsCommand' ? answers.shift() : undefined;
      if (answer) throw answer;
      return next();
    });
    expect(await ledger.commit(commit)).toEqual({ outcome: 'committed', repeated: false });
    expect(answers).toEqual([]);
  });

  test('gives up after a bounded number of tries and says what was in the way', async () => {
    let sent = 0;
    const always = (error: () => Error) =>
      ledgerWith(async ({ command }, next) => {
        if (command !== 'TransactWriteItemsCommand') return next();
        sent++;
        throw error();
      });
    await expect(always(() => cancelled('None', 'TransactionConflict')).commit(commit)).rejects.toMatchObject({
      code: 'LEDGER_BUSY',
    });
    expect(sent).toBe(30);
    await expect(always(() => cancelled('None', 'ThrottlingError')).commit(commit)).rejects.toMatchObject({
      code: 'LEDGER_THROTTLED',
    });
    await expect(
      always(() => failure('ProvisionedThroughputExceededException', 400)).commit(commit),
    ).rejects.toMatchObject({ code: 'LEDGER_THROTTLED' });
    await expect(always(() => cancelled('None', 'ValidationError')).commit(commit)).rejects.toMatchObject({
      code: 'LEDGER_REFUSED',
    });
  });

  test('takes a repeated token for repeated even when its own first commit changed what it expects', async () => {
    await real().commit(commit);
    const ledger = ledgerWith(async ({ command }, next) => {
      if (command === 'TransactWriteItemsCommand') throw cancelled('None', 'ConditionalCheckFailed');
      return next();
    });
    expect(await ledger.commit(commit)).toEqual({ outcome: 'committed', repeated: true });
  });

  test('writes again what a batch left unprocessed', async () => {
    let batches = 0;
    const ledger = ledgerWith(async ({ command, input }, next) => {
      if (command !== 'BatchWriteItemCommand' || ++batches % 2 === 0) return next();
      return { response: {}, output: { UnprocessedItems: input.RequestItems, $metadata: {} } };
    });
    const records = Array.from({ length: 60 }, (_, n) => ({ key: stateKey('s', String(100 + n)), value: { n } }));
    await ledger.append(records);
    expect(batches).toBe(6);
    expect((await real().query({ table: 'state', pk: 's', limit: 100 })).items).toHaveLength(60);
  });

  test('says that it is throttled when a batch stays unprocessed', async () => {
    const ledger = ledgerWith(async ({ input }) => ({
      response: {},
      output: { UnprocessedItems: input.RequestItems, $metadata: {} },
    }));
    await expect(ledger.append([{ key, value: {} }])).rejects.toMatchObject({ code: 'LEDGER_THROTTLED' });
  });

  test('names a table that is not there and a database that does not answer', async () => {
    const options = dynamoOptions(plain, { ...tables, state: 'nowhere' });
    const nowhere = createDynamoLedger(options);
    await expect(nowhere.get(key)).rejects.toMatchObject({ code: 'LEDGER_REFUSED' });
    await expect(nowhere.query({ table: 'state', pk: 'g', limit: 1 })).rejects.toMatchObject({
      code: 'LEDGER_REFUSED',
    });
    await expect(nowhere.append([{ key, value: {} }])).rejects.toMatchObject({ code: 'LEDGER_REFUSED' });
    await expect(nowhere.commit(commit)).rejects.toMatchObject({ code: 'LEDGER_REFUSED' });
    await expect(createDynamoOutbox(options).markPublished(['e1'])).rejects.toMatchObject({ code: 'LEDGER_REFUSED' });
    const silent = dynamoClient('http://127.0.0.1:9');
    clients.push(silent);
    const unreachable = createDynamoLedger(dynamoOptions(silent, tables));
    await expect(unreachable.get(key)).rejects.toMatchObject({ code: 'LEDGER_UNAVAILABLE' });
  });

  test('never scans a table', async () => {
    const commands = new Set<string>();
    const client = newClient();
    intercept(client, ({ command }, next) => {
      commands.add(command);
      return next();
    });
    const options = dynamoOptions(client, tables);
    const ledger = createDynamoLedger(options);
    await ledger.commit(commit);
    await ledger.append([{ key, value: {} }]);
    await ledger.query({ table: 'state', pk: 'g', limit: 1 });
    await verifyAudit(ledger);
    const outbox = createDynamoOutbox(options);
    await outbox.markPublished((await outbox.pending(10)).map((event) => event.detail.metadata.id));
    expect([...commands].toSorted()).toEqual([
      'BatchWriteItemCommand',
      'GetItemCommand',
      'QueryCommand',
      'TransactWriteItemsCommand',
    ]);
  });

  test('leaves no event behind that was published', async () => {
    await real().commit(commit);
    await createDynamoOutbox(dynamoOptions(plain, tables)).markPublished(['e1']);
    const { Items = [] } = await plain.send(new ScanCommand({ TableName: tables.state }));
    expect(Items.map((item) => item.pk?.S).toSorted()).toEqual(['g', '~commit#t1']);
  });
});
