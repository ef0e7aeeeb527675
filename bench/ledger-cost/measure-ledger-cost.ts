import type { DynamoDBClient, TransactWriteItemsCommandInput } from '@aws-sdk/client-dynamodb';
import { type CountedRequest, countRequests } from '../../src/adapters/aws/count-requests.ts';
import { createLedgerTables, dynamoClient, dynamoOptions } from '../../test/aws/support/ledger-on-dynamodb-local.ts';
import { measuredApiCalls } from './measured-api-calls.ts';
import { measuredOperations } from './measured-operations.ts';
import { transactionUnits } from './transaction-units.ts';

/** What one operation of the ledger asks of DynamoDB. */
export interface OperationCost {
  readonly operation: string;
  readonly requests: number;
  readonly writeUnits: number;
  readonly readUnits: number;
  /** Bodies of requests and answers. */
  readonly bytes: number;
  /** How often each kind of request went out. */
  readonly sent: Readonly<Record<string, number>>;
}

export interface LedgerCost {
  readonly bench: 'ledger-cost';
  readonly operations: readonly OperationCost[];
}

const READS: readonly string[] = ['GetItem', 'Query'];
const TRANSACTION = 'TransactWriteItems';

function costOf(operation: string, requests: readonly CountedRequest[], inTransactions: number): OperationCost {
  const total = (counted: readonly CountedRequest[]) =>
    counted.reduce((sum, { capacityUnits }) => sum + capacityUnits, 0);
  const kinds = Map.groupBy(requests, (request) => request.operation);
  const { reads = [], writes = [] } = Object.groupBy(
    requests.filter((request) => request.operation !== TRANSACTION),
    (request) => (READS.includes(request.operation) ? 'reads' : 'writes'),
  );
  return {
    operation,
    requests: requests.length,
    writeUnits: total(writes) + inTransactions,
    readUnits: total(reads),
    bytes: requests.reduce((sum, { bytes }) => sum + bytes, 0),
    sent: Object.fromEntries([...kinds].map(([kind, group]) => [kind, group.length])),
  };
}

/** Does everything once on empty tables of a DynamoDB, and counts. */
export async function measureLedgerCost(endpoint: string): Promise<LedgerCost> {
  const client: DynamoDBClient = dynamoClient(endpoint);
  const uncounted: DynamoDBClient = dynamoClient(endpoint);
  let counted: CountedRequest[] = [];
  let inTransactions = 0;
  countRequests(client, (request) => counted.push(request));
  client.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        // Before it is sent, since what it replaces counts as well.
        if (commandName === `${TRANSACTION}Command`) {
          inTransactions += await transactionUnits(args.input as TransactWriteItemsCommandInput, uncounted);
        }
        return next(args);
      },
    { step: 'initialize', name: 'transactionUnits' },
  );
  try {
    const options = dynamoOptions(client, await createLedgerTables(uncounted));
    const operations: OperationCost[] = [];
    for (const { name, prepare, run } of [...measuredOperations(options), ...measuredApiCalls(options)]) {
      await prepare?.();
      counted = [];
      inTransactions = 0;
      await run();
      operations.push(costOf(name, counted, inTransactions));
    }
    return { bench: 'ledger-cost', operations };
  } finally {
    client.destroy();
    uncounted.destroy();
  }
}
