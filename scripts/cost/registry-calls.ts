import Big from 'big.js';
import { type PriceId, priceOf } from './aws-prices.ts';
import { GIGABYTE } from './cost-line.ts';
import type { Deployment } from './deployment.ts';
import { billedMs, type RunTime } from './operations.ts';

interface ApiCall extends RunTime {
  readonly what: string;
  readonly writeUnits: number;
  readonly readUnits: number;
  readonly s3?: 's3Put' | 's3Get';
}

/**
 * Calls of MLflow's API. Units are those of `npm run bench -- ledger-cost`, on DynamoDB Local with tokens and caches warm; milliseconds of a core are medians of
 * the same calls, and requests to AWS that wait for each other are counted from it. What an artifact takes is assumed.
 */
const apiCalls: readonly ApiCall[] = [
  { what: 'create a run', writeUnits: 10, readUnits: 1, localMs: 5, calls: 2 },
  { what: 'log a batch of 1 metric', writeUnits: 14, readUnits: 1, localMs: 5, calls: 2 },
  { what: 'log a batch of 100 metrics', writeUnits: 128, readUnits: 1, localMs: 11, calls: 6 },
  { what: 'read a run of 100 metrics', writeUnits: 0, readUnits: 2, localMs: 1, calls: 1 },
  { what: 'search: the newest 100 runs', writeUnits: 0, readUnits: 8, localMs: 5, calls: 1 },
  { what: 'search: the best 100 by a declared metric', writeUnits: 0, readUnits: 112, localMs: 20, calls: 10 },
  { what: 'create a model version', writeUnits: 14, readUnits: 5, localMs: 8, calls: 6 },
  { what: 'set an alias', writeUnits: 10, readUnits: 5, localMs: 4, calls: 6 },
  { what: 'read a version by its alias', writeUnits: 0, readUnits: 2, localMs: 3, calls: 2 },
  { what: 'keep an artifact of up to 4 MB', writeUnits: 0, readUnits: 0, localMs: 30, calls: 5, s3: 's3Put' },
  { what: 'read an artifact of up to 4 MB', writeUnits: 0, readUnits: 0, localMs: 30, calls: 5, s3: 's3Get' },
];

const MILLION = 1_000_000;
/** The handler's own line, some 350, and Lambda's three. */
const LOG_BYTES_A_CALL = 700;

const usd = (id: PriceId, usage: number): Big => new Big(priceOf(id).usd).times(usage).div(priceOf(id).per);

/** What a million of each call costs on a deployment, by service; nothing where the API is not deployed. */
export function registryCosts({ functions }: Deployment): readonly {
  readonly call: ApiCall;
  readonly ms: number;
  readonly dynamo: Big;
  readonly lambda: Big;
  readonly s3: Big;
  readonly logs: Big;
  readonly total: Big;
}[] {
  const server = functions.find(({ name }) => name === 'serve-registry');
  if (!server) return [];
  return apiCalls.map((call) => {
    const ms = billedMs(call, server.memoryMb);
    const gigabyteSeconds = (MILLION * ms * server.memoryMb) / 1_024 / 1_000;
    const dynamo = usd('dynamoWrite', MILLION * call.writeUnits).plus(usd('dynamoRead', MILLION * call.readUnits));
    const lambda = usd('lambdaRequest', MILLION).plus(usd(server.arm ? 'lambdaArm' : 'lambdaX86', gigabyteSeconds));
    const s3 = call.s3 ? usd(call.s3, MILLION) : new Big(0);
    const logs = usd('logsIngested', (MILLION * LOG_BYTES_A_CALL) / GIGABYTE);
    return { call, ms, dynamo, lambda, s3, logs, total: dynamo.plus(lambda).plus(s3).plus(logs) };
  });
}

/** The section of docs/cost.md. */
export function registryCostText(deployment: Deployment): string {
  const costs = registryCosts(deployment);
  if (costs.length === 0) return 'It is not part of these templates.';
  const rows = costs.map(
    ({ call: { what, writeUnits, readUnits }, ms, ...each }) =>
      `| ${what} | ${writeUnits} | ${readUnits} | ${ms} | ${[each.dynamo, each.lambda, each.s3, each.logs].map((amount) => amount.toFixed(2)).join(' | ')} | **${each.total.toFixed(2)}** |`,
  );
  return `While nobody calls it costs its alarms and what is kept. A million calls of one kind, in US dollars:

| call | write units | read units | ms paid for | DynamoDB | Lambda | S3 | logs | together |
|---|---|---|---|---|---|---|---|---|
${rows.join('\n')}

Units are measured (\`npm run bench -- ledger-cost\`), and so are the milliseconds of a core, on a shared machine, but for the artifacts', which are assumed; a call to AWS counts 10 ms as everywhere here. Traces come on top,
at most ${usd('trace', MILLION).toFixed(2)} a million: X-Ray takes one call a second and one in twenty beyond. What a client reads leaves AWS at ${priceOf('dataOut').usd} a GB; JSON goes compressed. A million runs that are kept take some GB of
the ledger, at ${priceOf('dynamoStorage').usd} each a month and as much again nearly for recovery. Each metric of a batch is an item of the ledger: one write, and nothing to compact. Strangers' calls without a token cost a start of the function and at most one read.`;
}
