import { join } from 'node:path';
import { expect, it } from 'vitest';
import { writeCandleSlice } from '../support/candle-slice.ts';
import { demoReportSchema, type PrintedReport } from '../support/demo-report-schema.ts';
import { spawnProgram, spawnScript } from '../support/spawned-process.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const BARS = 330;

/** The demonstration on few candles, as a user starts it. */
async function runDemo(candles: string): Promise<PrintedReport> {
  const demo = spawnScript('demo', { args: ['--json', '--bars', String(BARS), '--data', candles] });
  expect(await demo.ended, demo.stderr()).toBe(0);
  const lines = demo.stdout().trimEnd().split('\n');
  expect(lines, 'one JSON object and nothing else').toHaveLength(1);
  return demoReportSchema.parse(JSON.parse(lines[0] as string));
}

it('walks the whole life of a model, and decides the same when it is run again', async () => {
  const { path } = writeCandleSlice(join(temporaryDirectory(), 'candles.csv'), 12_000);
  const [report, again] = await Promise.all([runDemo(path), runDemo(path)]);
  expect(report).toMatchObject({
    candles: BARS,
    candlesSent: BARS,
    candlesProcessed: BARS,
    ticksDropped: 0,
    auditValid: true,
    positionMatchesExchange: true,
    balanceMatchesExchange: true,
    rollbacks: 1,
  });
  expect(report.modelsPromoted).toBeGreaterThanOrEqual(2);
  expect(report.hotSwaps).toBeGreaterThanOrEqual(1);
  expect(report.modelsInferior).toBeGreaterThanOrEqual(1);
  expect(report.trades).toBeGreaterThanOrEqual(1);
  expect(report.eventsByType).toMatchObject({
    CandidateRegistered: 10,
    ModelUpdated: report.modelsPromoted + report.rollbacks,
    CandidateEvaluated: report.modelsInferior,
    TradeExecuted: report.trades,
    ComponentStarted: 1,
    ComponentStopped: 1,
  });

  expect(again.decisionsHash).toBe(report.decisionsHash);
  const money = ({ trades, realisedPnl, fees, equity }: PrintedReport) => ({ trades, realisedPnl, fees, equity });
  expect(money(again)).toEqual(money(report));
});

const kept: PrintedReport = {
  candles: 5_000,
  candlesSent: 5_000,
  candlesProcessed: 5_000,
  ticksDropped: 0,
  ticksConflated: 0,
  trades: 9,
  realisedPnl: '-1.00000000',
  fees: '1.00000000',
  equity: '9999.00000000',
  modelsPromoted: 2,
  modelsInferior: 8,
  hotSwaps: 1,
  rollbacks: 1,
  eventsByType: {},
  auditEntries: 40,
  auditValid: true,
  positionMatchesExchange: true,
  balanceMatchesExchange: true,
  decisionsHash: 'a'.repeat(64),
};

it.each<[string, Partial<PrintedReport>, number, string]>([
  ['a report that keeps every promise', {}, 0, ''],
  ['a dropped tick', { ticksDropped: 1 }, 1, 'demo: ticksDropped must be 0, was 1\n'],
  [
    'few candles and no rollback',
    { candles: 330, candlesSent: 330, candlesProcessed: 330, rollbacks: 0 },
    1,
    'demo: candles must be at least 5000, was 330\ndemo: rollbacks must be at least 1, was 0\n',
  ],
  [
    'books that do not match',
    { balanceMatchesExchange: false },
    1,
    'demo: balanceMatchesExchange must be true, was false\n',
  ],
])('checks a report for what the demo promises: %s', async (_what, changes, code, says) => {
  const checker = spawnProgram('test/support/check-demo.ts', { input: JSON.stringify({ ...kept, ...changes }) });
  expect(await checker.ended).toBe(code);
  expect(checker.stderr()).toBe(says);
});

it('checks that there is a report at all', async () => {
  const checker = spawnProgram('test/support/check-demo.ts', { input: '' });
  expect(await checker.ended).toBe(1);
  expect(checker.stderr()).toBe('demo: the demo must print one JSON object, printed: nothing\n');
});
