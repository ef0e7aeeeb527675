import { text } from 'node:stream/consumers';
import * as z from 'zod';
import { demoReportSchema, type PrintedReport } from './demo-report-schema.ts';

/** What the demonstration promises, and how a run shows that it was kept. */
const PROMISES: readonly (readonly [keyof PrintedReport, string, (report: PrintedReport) => boolean])[] = [
  ['candles', 'at least 5000', ({ candles }) => candles >= 5_000],
  ['candlesSent', 'as many as candles', ({ candles, candlesSent }) => candlesSent === candles],
  ['candlesProcessed', 'as many as candles', ({ candles, candlesProcessed }) => candlesProcessed === candles],
  ['ticksDropped', '0', ({ ticksDropped }) => ticksDropped === 0],
  ['trades', 'at least 1', ({ trades }) => trades >= 1],
  ['modelsPromoted', 'at least 2', ({ modelsPromoted }) => modelsPromoted >= 2],
  ['hotSwaps', 'at least 1', ({ hotSwaps }) => hotSwaps >= 1],
  ['modelsInferior', 'at least 1', ({ modelsInferior }) => modelsInferior >= 1],
  ['rollbacks', 'at least 1', ({ rollbacks }) => rollbacks >= 1],
  ['auditValid', 'true', ({ auditValid }) => auditValid],
  ['positionMatchesExchange', 'true', ({ positionMatchesExchange }) => positionMatchesExchange],
  ['balanceMatchesExchange', 'true', ({ balanceMatchesExchange }) => balanceMatchesExchange],
];

/** One line for each promise that was broken. */
function brokenPromises(printed: string): string[] {
  let content: unknown;
  try {
    content = JSON.parse(printed);
  } catch {
    return [`the demo must print one JSON object, printed: ${printed.slice(0, 200) || 'nothing'}`];
  }
  const parsed = demoReportSchema.safeParse(content);
  if (!parsed.success) return [`the demo's report is not as documented: ${z.prettifyError(parsed.error)}`];
  return PROMISES.filter(([, , kept]) => !kept(parsed.data)).map(
    ([name, must]) => `${name} must be ${must}, was ${JSON.stringify(parsed.data[name])}`,
  );
}

const broken = brokenPromises(await text(process.stdin));
for (const line of broken) process.stderr.write(`demo: ${line}\n`);
if (broken.length === 0) process.stdout.write('demo: every promise was kept\n');
process.exitCode = broken.length === 0 ? 0 : 1;
