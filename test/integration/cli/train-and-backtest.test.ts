import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { plantedMarket } from '../../unit/training/planted-market.ts';
import { writeCandles } from './support/candle-files.ts';
import { type AresRun, runAres } from './support/run-ares.ts';

/** 3,000 minutes of a market with an edge in it: two days teach, the third is unseen. */
const CANDLES = plantedMarket(7, 3_000);
const UNTIL = '2022-01-02T16:00:00Z';

let directory: string;
let dataDir: string;
let data: string;
let model: string;
let trained: AresRun;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'ares-train-'));
  dataDir = join(directory, 'data');
  mkdirSync(dataDir);
  data = writeCandles(join(directory, 'planted.csv'), CANDLES);
  model = join(directory, 'model.onnx');
  trained = await ares(
    'train',
    '--data',
    data,
    '--until',
    UNTIL,
    '--horizon',
    '1',
    '--trees',
    '20',
    '--leaves',
    '4',
    '--out',
    model,
    '--register',
    'run-1',
    '--json',
  );
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const ares = (...args: string[]) => runAres(dataDir, args);

describe('ares train', () => {
  test('writes a model, says how it did on unseen bars, and registers it with these figures', async () => {
    expect(trained).toMatchObject({ code: 0, stderr: '' });
    const report = trained.json() as {
      metrics: { accuracy: number };
      validationWindow: object;
      counts: { validationRows: number };
    };
    expect(report).toMatchObject({
      out: model,
      registered: { outcome: 'registered', runId: 'run-1' },
      trainingWindow: { to: Date.parse(UNTIL) - 60_000 },
    });
    expect(report.metrics.accuracy).toBeGreaterThan(0.7);
    const shown = await ares('models', 'show', 'run-1', '--json');
    expect(shown.json()).toMatchObject({
      state: 'candidate',
      slot: 'paper:trend:BTC/USDT:1m',
      metrics: { accuracy: report.metrics.accuracy },
      evaluation: { ...report.validationWindow, rows: report.counts.validationRows },
      params: { trees: 20, leaves: 4, horizon: 1, seed: 1 },
    });
  });

  test('gives the same bytes for the same seed, and says that they are registered already', async () => {
    const again = await ares(
      'train',
      '--data',
      data,
      '--until',
      UNTIL,
      '--horizon',
      '1',
      '--trees',
      '20',
      '--leaves',
      '4',
      '--register',
      'run-1',
    );
    expect(again).toMatchObject({ code: 0, stderr: '' });
    expect(again.stdout).toContain('run-1 was registered with the same bytes before');
  });

  test('refuses a model of another timeframe than the slot, with 4', async () => {
    const run = await ares(
      'train',
      '--data',
      data,
      '--trees',
      '2',
      '--register',
      'run-2',
      '--slot',
      'paper:trend:BTC/USDT:5m',
      '--json',
    );
    expect(run.code).toBe(4);
    expect(run.json()).toMatchObject({
      registered: { outcome: 'refused', reason: "the model's timeframe must be 5m, was 1m" },
    });
  });

  test('overwrites no file, and finds that out before it trains', async () => {
    const run = await ares('train', '--data', data, '--trees', '5000', '--out', model, '--json');
    expect(run.error().code).toBe('FILE_EXISTS');
  });

  test('ends with 2 when the model has nowhere to go or the times leave nothing', async () => {
    expect((await ares('train', '--data', data)).code).toBe(2);
    const out = join(directory, 'none.onnx');
    expect((await ares('train', '--data', data, '--out', out, '--from', '2023-01-01')).code).toBe(2);
    expect(
      (await ares('train', '--data', data, '--out', out, '--until', UNTIL, '--validate-until', '2022-01-01')).code,
    ).toBe(2);
    expect((await ares('train', '--data', data, '--out', out, '--trees', '0')).code).toBe(2);
    expect(existsSync(out)).toBe(false);
  });

  test('fails saying so when there are too few candles', async () => {
    const few = writeCandles(join(directory, 'few.csv'), CANDLES.slice(0, 300));
    const run = await ares('train', '--data', few, '--out', join(directory, 'few.onnx'), '--json');
    expect(run.code).toBe(1);
    expect(run.error().code).toBe('TRAINING_DATA');
  });
});

describe('ares backtest', () => {
  test('trades what comes after the training, and reports it', async () => {
    const out = join(directory, 'report.json');
    const run = await ares('backtest', '--data', data, '--model', model, '--out', out, '--json');
    expect(run).toMatchObject({ code: 0, stderr: '' });
    const report = run.json() as Record<string, number>;
    const unseen = CANDLES.filter(({ openTime }) => openTime >= Date.parse(UNTIL));
    expect(report).toMatchObject({
      outcome: 'done',
      runId: 'model.onnx',
      bars: unseen.length,
      from: Date.parse(UNTIL),
      lookAhead: false,
      overlap: 0,
      startEquity: '10000',
      periodsPerYear: 525_600,
    });
    expect(report.trades).toBeGreaterThan(10);
    for (const figure of ['totalReturn', 'sharpeRatio', 'maxDrawdown', 'hitRate', 'turnover'])
      expect(report[figure]).toEqual(expect.any(Number));
    expect(Number(report.fees)).toBeGreaterThan(0);
    expect(JSON.parse(readFileSync(out, 'utf8'))).toEqual(report);
  });

  test('comes to the same by run, saying which of the bars its accuracy is of', async () => {
    const byFile = (await ares('backtest', '--data', data, '--model', model, '--json')).json() as Record<
      string,
      unknown
    >;
    const byRun = (await ares('backtest', '--data', data, '--run', 'run-1', '--json')).json() as Record<
      string,
      unknown
    >;
    expect(byRun).toMatchObject({ runId: 'run-1', endEquity: byFile.endEquity, modelHash: byFile.modelHash });
    expect(byRun.measured).toBeGreaterThan(0);
    const { stdout } = await ares('backtest', '--data', data, '--run', 'run-1');
    expect(stdout).toMatch(/^Note: on \d+ bars of these/);
    expect(stdout).toMatch(/^Sharpe ratio +-?[\d.]+ \(bar returns, 525600 a year\)$/m);
  });

  test('refuses with 4 to trade bars the model was trained on, and warns where somebody insists', async () => {
    const early = ['backtest', '--data', data, '--model', model, '--from', '2022-01-02'];
    const refused = await ares(...early, '--json');
    expect(refused.code).toBe(4);
    expect(refused.json()).toMatchObject({ outcome: 'refused', overlap: 960 });
    const insisted = await ares(...early, '--allow-overlap');
    expect(insisted.code).toBe(0);
    expect(insisted.stdout).toMatch(/^LOOK-AHEAD: 960 bars/);
  });

  test('fails where no bar is left, on candles of another timeframe, and on what is no model', async () => {
    const seen = writeCandles(join(directory, 'seen.csv'), CANDLES.slice(0, 1_000));
    expect((await ares('backtest', '--data', seen, '--model', model, '--json')).error().code).toBe('BACKTEST_EMPTY');
    const hours = writeCandles(
      join(directory, 'hours.csv'),
      CANDLES.map((candle, bar) => ({ ...candle, openTime: (bar * 3_600_000) as never })),
    );
    expect((await ares('backtest', '--data', hours, '--run', 'run-1', '--json')).error().code).toBe(
      'TIMEFRAME_MISMATCH',
    );
    expect((await ares('backtest', '--data', hours, '--model', model, '--json')).error().code).toBe(
      'SIGNATURE_MISMATCH',
    );
    const truncated = join(directory, 'truncated.onnx');
    writeFileSync(truncated, readFileSync(model).subarray(0, 5_000));
    expect((await ares('backtest', '--data', data, '--model', truncated, '--json')).error().code).toBe('MODEL_INVALID');
    expect(
      (await ares('backtest', '--data', data, '--model', join(directory, 'gone.onnx'), '--json')).error().code,
    ).toBe('FILE_UNREADABLE');
  });

  test('writes one HTML page that asks for nothing else, with the figures of the report', async () => {
    const html = join(directory, 'report.html');
    const set = ['exits.stopLossFraction=0.002', 'exits.takeProfitFraction=0.004'];
    const run = await ares('backtest', '--data', data, '--model', model, '--set', ...set, '--html', html, '--json');
    expect(run).toMatchObject({ code: 0, stderr: '' });
    const report = run.json() as Record<string, unknown> & { trips: { closedBy: string }[]; settings: object };
    expect(report.settings).toMatchObject({ 'exits.stopLossFraction': 0.002, 'exits.takeProfitFraction': 0.004 });
    expect(new Set(report.trips.map(({ closedBy }) => closedBy)).size).toBeGreaterThan(1);
    const page = readFileSync(html, 'utf8');
    expect(page).toContain('<svg');
    expect(page).toContain(`${String(report.endEquity)} USDT`);
    expect(page).not.toMatch(/<script|<link|<img|@import|url\(|src=|https?:/);
  });

  test('takes fees, latency and settings as told, and says what is not as it must be', async () => {
    const base = ['backtest', '--data', data, '--model', model, '--json'];
    const free = (await ares(...base, '--taker-fee', '0', '--maker-fee', '0')).json() as Record<string, string>;
    expect(free.fees).toBe('0');
    const late = (await ares(...base, '--latency-ms', '30000')).json() as Record<string, string>;
    expect(late.assumptions).toMatchObject({ latencyMs: 30_000 });
    expect(late.endEquity).not.toBe(free.endEquity);
    const wrong = await ares(...base, '--set', 'exits.stopLossFraction=2', 'strategy.nonsense=1');
    expect(wrong.code).toBe(2);
    expect(wrong.error().message).toMatch(/exits\.stopLossFraction must be .*, was 2/);
    expect(wrong.error().message).toContain('strategy.nonsense must not be there');
    expect((await ares(...base, '--taker-fee', '1')).code).toBe(2);
    expect((await ares(...base, '--queue', 'magic')).code).toBe(2);
  });

  test('walks forward: a model a window, each trained on what was known a horizon before it', async () => {
    const walk = [
      'backtest',
      '--walk-forward',
      '--data',
      data,
      '--horizon',
      '1',
      '--trees',
      '10',
      '--leaves',
      '4',
      '--json',
    ];
    const run = await ares(...walk, '--train', '1000', '--test', '400', '--folds', '3');
    expect(run).toMatchObject({ code: 0, stderr: '' });
    const report = run.json() as { mode: string; bars: number; folds: Record<string, number>[] };
    expect(report).toMatchObject({ mode: 'walk-forward', bars: 1_200, modelHash: null });
    expect(report.folds).toHaveLength(3);
    for (const fold of report.folds) {
      expect(fold.trainUntil).toBe((fold.testFrom as number) - 60_000);
      expect(fold.accuracy).toBeGreaterThan(0.7);
    }
    expect(new Set(report.folds.map(({ modelHash }) => modelHash)).size).toBe(3);
    const short = await ares(...walk, '--train', '2900', '--test', '400');
    expect(short.error()).toMatchObject({
      code: 'WALK_FORWARD_INVALID',
      message: expect.stringContaining('were 3000'),
    });
    expect((await ares(...walk, '--train', '1000')).code).toBe(2);
    expect((await ares(...walk, '--train', '1000', '--test', '400', '--model', model)).code).toBe(2);
  });

  test('ends with 2 when the model is named twice or not at all', async () => {
    expect((await ares('backtest', '--data', data)).code).toBe(2);
    expect((await ares('backtest', '--data', data, '--run', 'run-1', '--model', model)).code).toBe(2);
  });
});
