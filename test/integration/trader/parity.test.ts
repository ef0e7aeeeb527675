import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { onnxPredictorLoader } from '../../../src/adapters/inference/onnx-predictor-loader.ts';
import { readConfig } from '../../../src/core/config/read-config.ts';
import { updateConfig } from '../../../src/core/config/update-config.ts';
import { readAll } from '../../../src/core/dashboard/read-all.ts';
import { keys } from '../../../src/core/ledger-keys.ts';
import { parseCandleCsv } from '../../../src/core/market-data/candle-csv.ts';
import { epochMillis } from '../../../src/core/ports/clock.ts';
import type { Fill } from '../../../src/core/ports/exchange.ts';
import type { JsonObject } from '../../../src/core/ports/ledger.ts';
import { type Decision, decisionLine } from '../../../src/core/trading/decision.ts';
import { fillToRecord } from '../../../src/core/trading/ledger-journal.ts';
import { replayDecisions } from '../../../src/core/trading/replay-decisions.ts';
import { type BacktestResult, runBacktest } from '../../../src/core/trading/run-backtest.ts';
import { type CandleSlice, writeCandleSlice } from '../../support/candle-slice.ts';
import { quiet } from '../../support/engine-harness.ts';
import { controlExchange } from '../../support/exchange-process.ts';
import { restlessModel } from '../../support/restless-model.ts';
import { spawnProgram } from '../../support/spawned-process.ts';
import { OWN_EXCHANGE, openTradedSlot, SHORT_LEASE } from '../../support/traded-slot.ts';

const HISTORY = 1_000;
const BARS = 100;
const SECRETS = { apiKey: 'key-of-the-test', secret: 'secret-of-the-test' };

/** Exits so narrow that many bars reach them, and entries so large that they rest and are filled in parts. */
const ways = {
  'pairs of stop-loss and take-profit, and entries that only make': {
    entry: { type: 'post_only' },
    exits: { stopLossFraction: 0.002, takeProfitFraction: 0.002 },
  },
  'trailing stops, a time limit, and limit entries that fill in parts': {
    strategy: { budgetFraction: '0.9' },
    entry: { type: 'limit' },
    exits: { stopLossFraction: 0.002, trailingStopFraction: 0.0015, maxHoldingBars: 4 },
  },
  'stops that only the trader watches, and entries that take at once or not at all': {
    entry: { type: 'limit', timeInForce: 'ioc' },
    exits: { stopLossFraction: 0.0015, takeProfitFraction: 0.0015, protection: 'engine' },
  },
} as const;

describe('a paper run in lockstep and a backtest over the same candles', () => {
  test.each(Object.entries(ways))('decide and trade the same, bit for bit, with %s', async (_way, patch) => {
    const directory = mkdtempSync(join(tmpdir(), 'ares-parity-'));
    onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
    const slice = writeCandleSlice(join(directory, 'candles.csv'), HISTORY + BARS, 5_000);
    const traded = await openTradedSlot(join(directory, 'data'), OWN_EXCHANGE);
    const free = { maxOrdersPerMinute: 1_000, maxOrdersPerSecond: 1_000, maxConsecutiveLosses: 0 };
    const reason = 'a test that trades on';
    await updateConfig(
      {
        ...{ id: 'parity', user: 'test', now: epochMillis(Date.now()), sessionId: 'test', correlationId: 'parity' },
        patch: { ...patch, risk: free },
        reason,
      },
      { ledger: traded.ledger },
    );

    await playLive(directory, slice);

    const live = await journalled(traded.ledger);
    const { config } = await readConfig(traded.ledger);
    const { candles } = parseCandleCsv(readFileSync(slice.path, 'utf8'));
    const predictor = await onnxPredictorLoader().load(restlessModel(0));
    const from = slice.openTime(HISTORY);
    const models = [{ runId: 'restless-00', predictor, from }];
    const past = await runBacktest({ slot: OWN_EXCHANGE, models, candles, from, config }, quiet);
    await predictor.release();

    expect(past.decisions.map(decisionLine)).toEqual(live.decisions.map((item) => decisionLine(item as never)));
    expect(fillsOf(past)).toEqual(live.fills.map(told));
    // Entries, and exits of the kind that this way is about, not only by signal.
    expect(live.fills.length).toBeGreaterThan(20);
    expect(past.orders.filter(({ leg, fills }) => leg !== 'entry' && fills.size > 0).length).toBeGreaterThan(5);

    const replays = [];
    const loader = onnxPredictorLoader();
    const bytesOf = async () => restlessModel(0);
    for await (const { replay } of replayDecisions(traded.ledger, { line: OWN_EXCHANGE }, { loader, bytesOf })) {
      replays.push(replay);
    }
    expect(replays).toEqual(live.decisions.map(() => ({ outcome: 'identical', probability: 'recomputed' })));
    traded.db.close();
  });
});

/** The real exchange and the real trader, each a process of its own, bar by bar. */
async function playLive(directory: string, slice: CandleSlice): Promise<void> {
  const keysFile = join(directory, 'keys.json');
  writeFileSync(keysFile, JSON.stringify(SECRETS), { mode: 0o600 });
  const exchange = spawnProgram('apps/paper-exchange/main.ts', {
    args: ['--port', '0', '--data', slice.path, '--live-from', String(slice.openTime(HISTORY)), '--lockstep'],
    env: { ARES_PAPER_API_KEY: SECRETS.apiKey, ARES_PAPER_SECRET: SECRETS.secret },
  });
  const url = `http://127.0.0.1:${(await exchange.says(/"port":(\d+)/))[1]}`;
  const { control } = controlExchange(url);
  const trader = spawnProgram('apps/trader/main.ts', {
    env: {
      ...SHORT_LEASE,
      ARES_DATA_DIR: join(directory, 'data'),
      ARES_SLOT: OWN_EXCHANGE,
      ARES_EXCHANGE_URL: url,
      ARES_KEYS_FILE: keysFile,
      ARES_CONTROL_URL: url,
      ARES_LOCKSTEP: '1',
      ARES_LOG_LEVEL: 'info',
    },
  });
  await trader.says(/model swapped/);
  await control('step', { bars: BARS });
  trader.kill('SIGTERM');
  await trader.ended;
}

const read = async (ledger: Parameters<typeof readAll>[0], pk: string): Promise<readonly JsonObject[]> => {
  const values: JsonObject[] = [];
  for await (const { value } of readAll(ledger, { table: 'state', pk })) values.push(value);
  return values;
};

async function journalled(ledger: Parameters<typeof readAll>[0]) {
  return {
    decisions: (await read(ledger, keys.decision(OWN_EXCHANGE, 0).pk)) as unknown as readonly Decision[],
    fills: await read(ledger, keys.fill(OWN_EXCHANGE, 0, '').pk),
  };
}

/** What a fill is, without the names that only its own exchange knows. */
const told = ({ side, price, quantity, fee, feeAsset, executedAt }: JsonObject) =>
  [executedAt, side, quantity, price, fee, feeAsset].join(' ');

const fillsOf = ({ orders }: BacktestResult): readonly string[] => {
  const fills: Fill[] = orders.flatMap((order) => [...order.fills.values()]);
  fills.sort((a, b) => a.executedAt - b.executedAt || Number(a.tradeId) - Number(b.tradeId));
  return fills.map((fill) => told(fillToRecord(OWN_EXCHANGE, fill, '').value));
};
