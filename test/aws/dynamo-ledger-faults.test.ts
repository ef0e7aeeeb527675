import {
  type DynamoDBClient,
  PutItemCommand,
  ScanCommand,
  TransactionCanceledException,
  TransactionInProgressException,
  type WriteRequest,
} from '@aws-sdk/client-dynamodb';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { type CountedRequest, countRequests } from '../../src/adapters/aws/count-requests.ts';
import { createDynamoLedger } from '../../src/adapters/aws/dynamo-ledger.ts';
import { createDynamoOutbox } from '../../src/adapters/aws/dynamo-outbox.ts';
import { type LedgerTableNames, ledgerTable } from '../../src/adapters/aws/ledger-tables.ts';
import { eventKey, PENDING_EVENTS } from '../../src/adapters/aws/transaction-items.ts';
import { verifyAudit } from '../../src/core/audit/verify-audit.ts';
import { epochMillis } from '../../src/core/ports/clock.ts';
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
  let waits: number[];
  /** Waits as long as it may at most, and takes no time for it. */
  const patient = (client: DynamoDBClient) => ({
    ...dynamoOptions(client, tables),
    random: { next: () => 1 },
    timers: { sleep: async (ms: number) => void waits.push(ms) },
  });
  const ledgerWith = (fault: (call: Call, next: Next) => ReturnType<Next>) => {
    const client = newClient();
    intercept(client, fault);
    return createDynamoLedger(patient(client));
  };
  const real = () => createDynamoLedger(dynamoOptions(plain, tables));
  const key = stateKey('g', 'k');
  const commit = commitOf('t1', { writes: [put(key, 'absent')], audit: [auditDraft()], events: [envelope('e1')] });

  const records = (count: number) =>
    Array.from({ length: count }, (_, n) => ({ key: stateKey('s', String(100 + n)), value: { n } }));
  const stored = async () => (await real().query({ table: 'state', pk: 's', limit: 100 })).items.length;

  beforeEach(async () => {
    tables = await createLedgerTables(plain);
    waits = [];
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
    await ledger.append(records(60));
    expect(batches).toBe(6);
    expect(await stored()).toBe(60);
    expect(waits).toEqual([40, 40, 40]);
  });

  test('takes an unmet expectation for a conflict, whatever else was in the way of the same transaction', async () => {
    const other = stateKey('g', 'other');
    const both = commitOf('t2', { writes: [put(key, 'absent'), put(other, 'absent')] });
    const ledger = ledgerWith(async ({ command }, next) => {
      if (command !== 'TransactWriteItemsCommand') return next();
      throw cancelled('None', 'ThrottlingError', 'ConditionalCheckFailed', 'TransactionConflict');
    });
    expect(await ledger.commit(both)).toEqual({ outcome: 'conflict', keys: [other] });
    expect(waits).toEqual([]);
  });

  test('says that it is throttled when a batch stays unprocessed, after waits that double up to a second', async () => {
    const ledger = ledgerWith(async ({ input }) => ({
      response: {},
      output: { UnprocessedItems: input.RequestItems, $metadata: {} },
    }));
    await expect(ledger.append([{ key, value: {} }])).rejects.toMatchObject({
      code: 'LEDGER_THROTTLED',
      data: { written: 0, of: 1 },
    });
    expect(waits).toEqual([40, 80, 160, 320, 640, 1_000, 1_000, 1_000, 1_000]);
  });

  test('says how much of an append was written when part of a batch stays unprocessed, and the same again completes it', async () => {
    const ledger = ledgerWith(async ({ command, input }, next) => {
      const requests = (input.RequestItems as Record<string, WriteRequest[]>)[tables.state] ?? [];
      const stuck = requests.filter(({ PutRequest }) => Number(PutRequest?.Item?.sk?.S) >= 140);
      if (command !== 'BatchWriteItemCommand' || stuck.length === 0) return next();
      const taken = requests.filter((request) => !stuck.includes(request));
      input.RequestItems = { [tables.state]: taken };
      if (taken.length > 0) await next();
      return { response: {}, output: { UnprocessedItems: { [tables.state]: stuck }, $metadata: {} } };
    });
    await expect(ledger.append(records(60))).rejects.toMatchObject({
      code: 'LEDGER_THROTTLED',
      message: expect.stringContaining('left 10 of 25 items unprocessed'),
      data: { written: 40, of: 60 },
    });
    expect(await stored()).toBe(40);
    await real().append(records(60));
    expect(await stored()).toBe(60);
  });

  test.each([
    ['throttled', failure('ProvisionedThroughputExceededException', 400), 'LEDGER_THROTTLED'],
    ['throttled by status', failure('SomethingNew', 429), 'LEDGER_THROTTLED'],
    ['broken', failure('InternalServerError', 500), 'LEDGER_UNAVAILABLE'],
    ['forbidden', failure('AccessDeniedException', 400), 'LEDGER_REFUSED'],
  ])('names the fault of a request that is %s', async (_, error, code) => {
    let sent = 0;
    const ledger = ledgerWith(async ({ command }, next) => {
      if (command === 'BatchWriteItemCommand' && ++sent === 1) return next();
      throw error;
    });
    await expect(ledger.append(records(60))).rejects.toMatchObject({ code, data: { written: 25, of: 60 } });
    await expect(ledger.get(key)).rejects.toMatchObject({ code });
    await expect(ledger.query({ table: 'state', pk: 's', limit: 1 })).rejects.toMatchObject({ code });
    expect(await stored()).toBe(25);
  });

  test('writes nothing twice when the answer to a batch was lost and the append is sent again', async () => {
    const ledger = ledgerWith(async ({ command }, next) => {
      const answer = await next();
      if (command === 'BatchWriteItemCommand') throw failure('TimeoutError');
      return answer;
    });
    await expect(ledger.append(records(3))).rejects.toMatchObject({ code: 'LEDGER_UNAVAILABLE', data: { written: 0 } });
    expect(await stored()).toBe(3);
    await real().append(records(3));
    expect(await stored()).toBe(3);
  });

  test('gives an end to what expires and to nothing else, in whole seconds and never early', async () => {
    await real().append([
      { key: stateKey('g', 'ends'), value: {}, expiresAt: epochMillis(1_800_000_000_001) },
      { key: stateKey('g', 'stays'), value: {} },
    ]);
    await real().commit(commit);
    const endsOf = async (table: string) => {
      const { Items = [] } = await plain.send(new ScanCommand({ TableName: table }));
      return Items.flatMap((item) =>
        item[ledgerTable.timeToLive] ? [[item.sk?.S, item[ledgerTable.timeToLive]]] : [],
      );
    };
    expect(await endsOf(tables.state)).toEqual([['ends', { N: '1800000001' }]]);
    expect([await endsOf(tables.registry), await endsOf(tables.audit)]).toEqual([[], []]);
  });

  test('passes over an item of the outbox that holds no event, and says so', async () => {
    await real().commit(commit);
    const { pk, sk } = eventKey('bad');
    const index = { ipk: { S: PENDING_EVENTS }, isk: { S: '0' } };
    const bad = { pk: { S: pk }, sk: { S: sk }, version: { N: '1' }, ...index };
    for (const value of ['{"no":"event"}', 'no JSON']) {
      await plain.send(new PutItemCommand({ TableName: tables.state, Item: { ...bad, value: { S: value } } }));
      const unreadable: string[] = [];
      const outbox = createDynamoOutbox({ ...patient(plain), onUnreadable: (reason) => unreadable.push(reason) });
      expect(await outbox.pending(1)).toEqual([envelope('e1')]);
      expect(unreadable).toEqual([expect.stringContaining('~outbox#bad')]);
    }
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

  test('has every request counted with what it costs, the refused ones too', async () => {
    const client = newClient();
    const counted: CountedRequest[] = [];
    countRequests(client, (request) => counted.push(request));
    const ledger = createDynamoLedger(dynamoOptions(client, tables));
    await ledger.append(records(2));
    await ledger.query({ table: 'state', pk: 's', limit: 10 });
    await ledger.commit(commitOf('t', { writes: [put(key, 7)] }));
    expect(counted.map(({ operation, capacityUnits }) => [operation, capacityUnits])).toEqual([
      ['BatchWriteItem', 2],
      ['Query', 1],
      ['TransactWriteItems', 0],
      ['GetItem', 1],
    ]);
    for (const { bytes } of counted) expect(bytes).toBeGreaterThan(150);
  });

  test('leaves no event behind that was published', async () => {
    await real().commit(commit);
    await createDynamoOutbox(dynamoOptions(plain, tables)).markPublished(['e1']);
    const { Items = [] } = await plain.send(new ScanCommand({ TableName: tables.state }));
    expect(Items.map((item) => item.pk?.S).toSorted()).toEqual(['g', '~commit#t1']);
  });
});
