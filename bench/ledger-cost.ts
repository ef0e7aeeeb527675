import { AresError } from '../src/core/ares-error.ts';
import { startDynamoDbLocal } from '../test/aws/support/dynamodb-local.ts';
import type { Bench } from './bench.ts';
import { type LedgerCost, measureLedgerCost } from './ledger-cost/measure-ledger-cost.ts';

const NAME_WIDTH = 42;
const columns = (...values: readonly (string | number)[]): string =>
  values.map((value) => String(value).padStart(12)).join('');

function tableOf({ operations }: LedgerCost): string {
  return [
    `${'one call on DynamoDB'.padEnd(NAME_WIDTH)}${columns('requests', 'write units', 'read units', 'bytes')}  requests by kind`,
    ...operations.map(({ operation, requests, writeUnits, readUnits, bytes, sent }) => {
      const kinds = Object.entries(sent).map(([kind, count]) => `${count} ${kind}`);
      return `${operation.padEnd(NAME_WIDTH)}${columns(requests, writeUnits, readUnits, bytes)}  ${kinds.join(', ')}`;
    }),
    '',
    'units of tables and indexes together: as DynamoDB Local counts them, in transactions by the rules of AWS (two a kilobyte); bytes of the bodies both ways',
  ].join('\n');
}

export const ledgerCost: Bench = {
  promise: 'what each operation of the ledger costs on DynamoDB: requests, capacity units, bytes',
  async run({ say }) {
    const dynamo = await startDynamoDbLocal();
    if (!dynamo) throw new AresError('BENCH_UNAVAILABLE', 'the bench needs DynamoDB Local, which did not start');
    try {
      say(`DynamoDB Local answers on ${dynamo.endpoint}`);
      const result = await measureLedgerCost(dynamo.endpoint);
      return { result, table: tableOf(result) };
    } finally {
      await dynamo.stop();
    }
  },
};
