import type Big from 'big.js';
import { awsPrices, PRICE_REGION, type PriceId, priceOf } from './aws-prices.ts';
import type { Bill, BilledLine } from './bill.ts';
import type { Deployment } from './deployment.ts';
import { type Load, loadAssumptions } from './load.ts';
import { mlflowAlternatives } from './mlflow-alternatives.ts';
import { operations, runTimes } from './operations.ts';
import type { PriceSource } from './price.ts';
import { registryCostText } from './registry-calls.ts';
import type { StandingCosts } from './standing-costs.ts';
import { variations } from './variations.ts';

/** One size of trader under one load. */
export interface Variant {
  readonly size: string;
  readonly load: Load;
  readonly deployment: Deployment;
  readonly bill: Bill;
  readonly notPriced: StandingCosts['notPriced'];
}

const AIM_USD = 20;

const money = (amount: Big): string => amount.toFixed(2);
const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [row(head), `|${head.map(() => '---|').join('')}`, ...rows.map(row)].join('\n');

const few = (value: number): string =>
  value >= 100 ? Math.round(value).toLocaleString('en-US') : String(Number(value.toPrecision(3)));

const verified = (id: PriceId): string =>
  priceOf(id).source.kind === 'read' ? `[${id}](#${id.toLowerCase()})` : `[${id}](#${id.toLowerCase()}), unverified`;

function lineRow({ what, price, usage, usd, basis, how }: BilledLine): readonly string[] {
  const { unit, per, usd: each } = priceOf(price);
  return [what, few(usage / per), unit, each, money(usd), basis, how, verified(price)];
}

const LINE_HEAD = ['resource', 'quantity', 'unit', 'USD a unit', 'USD a month', 'paid', 'how', 'price'];

/** Lines below half a cent are summed up in one. */
function lineTable(bill: Bill): string {
  const shown = bill.lines.filter(({ usd }) => usd.gte('0.005'));
  const small = bill.lines.filter(({ usd }) => usd.lt('0.005'));
  const rest = bill.total.minus(shown.reduce((sum, { usd }) => sum.plus(usd), bill.total.times(0)));
  const names = small.map(({ what }) => what).join(', ');
  const last = small.length > 0 ? [[`below half a cent each: ${names}`, '', '', '', money(rest), '', '', '']] : [];
  return table(LINE_HEAD, [...shown.map(lineRow), ...last]);
}

/** The totals, side by side. */
export const costSummary = (variants: readonly Variant[]): string =>
  table(
    ['trader', 'load', 'USD a month', 'with what is always free', 'of it while idle'],
    variants.map(({ size, load, bill }) => [
      size,
      `${load.id}: ${load.about}`,
      money(bill.total),
      `**${money(bill.afterFree)}**`,
      money(bill.idleAfterFree),
    ]),
  );

const sourceText = (source: PriceSource): string =>
  source.kind === 'unverified'
    ? `**unverified**: ${source.from}`
    : `<${source.address}>, as of ${source.asOf}, read ${source.read}${source.how ? `: ${source.how}` : ''}`;

function priceTable(): string {
  const ids = Object.keys(awsPrices) as PriceId[];
  return table(
    ['name', 'service', 'unit', 'USD', 'source', 'always free each month'],
    ids.map((id) => {
      const { service, unit, usd, source, alwaysFree } = priceOf(id);
      const free = alwaysFree ? `${few(alwaysFree.usage)} (${sourceText(alwaysFree.source)})` : '';
      return [`<a id="${id.toLowerCase()}"></a>${id}`, service, unit, usd, sourceText(source), free];
    }),
  );
}

const operationTable = (): string =>
  table(
    ['operation', 'write units', 'read units', 'requests', 'bytes kept', 'how'],
    Object.values(operations).map(({ what, writeUnits, readUnits, requests, bytesKept, how }) => [
      what,
      String(writeUnits),
      String(readUnits),
      String(requests),
      bytesKept === 0 ? '' : bytesKept.toLocaleString('en-US'),
      how,
    ]),
  );

const runTimeTable = (): string =>
  table(
    ['function', 'core-milliseconds', 'calls one after the other', 'from'],
    Object.entries(runTimes).map(([name, { localMs, calls, measured }]) => [
      name,
      String(localMs),
      String(calls),
      measured ? 'measured on one machine' : 'assumed',
    ]),
  );

function notPricedText(variants: readonly Variant[]): string {
  const found = new Map(variants.flatMap(({ notPriced }) => notPriced.map((each) => [each.type, each.resources])));
  if (found.size === 0)
    return 'Every resource of the templates is either in the tables above or of a type that costs nothing by itself.';
  const lines = [...found].map(([type, resources]) => `- \`${type}\`: ${resources.join(', ')}`);
  return `**Not priced**, and in no total, because the program does not know what they cost:\n\n${lines.join('\n')}`;
}

function aimText(variants: readonly Variant[]): string {
  const first = variants.find(({ size, load }) => size === 'economy' && load.id === 'A');
  if (!first) return '';
  const { total, afterFree } = first.bill;
  const says = (amount: Big) => `${money(amount)} USD, ${amount.lt(AIM_USD) ? 'below it' : '**above it**'}`;
  return `The aim is less than ${AIM_USD} USD a month for the economy trader under load A. With what is always free: ${says(afterFree)}. Without: ${says(total)}. Were every price a quarter higher, as in dearer regions: ${says(afterFree.times('1.25'))} with what is always free.`;
}

/** docs/cost.md. */
export function costReport(variants: readonly Variant[]): string {
  const details = variants.map(
    ({ size, load, bill }) => `### ${size}, load ${load.id}: ${load.about}\n\n${lineTable(bill)}`,
  );
  const [first] = variants;
  const timing = first
    ? `Taken from the templates: lease of ${first.deployment.leaseTtlMs} ms, a heartbeat every ${first.deployment.heartbeatMs} ms, logs kept ${first.deployment.logRetentionDays} days, memory and schedules of each function, sizes and number of tasks, alarms, keys, secrets, dashboards.`
    : '';
  return `# What it costs

Written by \`npm run cost\` from the synthesised templates, a table of prices and a stated load; do not edit it. Prices are those of **${PRICE_REGION}** in US dollars
without tax; other regions cost up to about a quarter more (Frankfurt is one of them). A price that nobody has looked up is marked *unverified*. What a template cannot say
is an assumption, and stands below. An estimate, not an offer: set a budget alarm.

${costSummary(variants)}

${aimText(variants)}

*Idle* is what is paid although nothing happens: the trader's task and its address, keys, secrets, alarms, the dashboard. A deployed trader renews its lease and its heartbeat
even without a trade, which is under *use*. Functions, queues, tables and events cost nothing when nothing happens.

${notPricedText(variants)}

## Each line

${details.join('\n\n')}

## What would change it

${first ? variations(first.deployment) : ''}

## What is assumed

${loadAssumptions.map((text) => `- ${text}`).join('\n')}
- ${timing}
- A function is paid for its core-milliseconds times 1,769 MB through its memory (Lambda gives a whole core at 1,769 MB), and 10 ms a call to AWS or the exchange; one that runs less than six times an hour for a cold start of 1.2 s each time besides. A local core counts as one of Lambda's.
- Every run of a function is traced: X-Ray takes one a second before it samples. Lambda's reading of a table's stream is not charged.
- Storage is what twelve months leave behind. Requests from a task to AWS in the same region are not charged as data transfer.
- Logs: 900 bytes a run of a function (its own line is 350 to 800, measured, Lambda's three the rest), 3,500 a system check, 600 an order, 20 MB of refused packets a trader.

### Operations on the ledger

Those called measured are figures of \`npm run bench -- ledger-cost\`, on DynamoDB Local. The others are counted from the code, with item sizes measured in a demonstration of 2,000 bars
and DynamoDB's rules: a write of up to 1 kB is one unit, in a transaction two, a condition without a write two as well, a place in an index one more; a strongly consistent read of up to 4 kB is one.

${operationTable()}

### Running times

${runTimeTable()}

## The registry's API

${first ? registryCostText(first.deployment) : ''}

## Against an MLflow server

${mlflowAlternatives()}

## Prices

${priceTable()}
`;
}
