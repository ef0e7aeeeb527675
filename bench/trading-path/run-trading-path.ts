import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from '../../src/adapters/local/database.ts';
import { createSqliteLedger } from '../../src/adapters/local/sqlite-ledger.ts';
import { systemClocks } from '../../src/adapters/local/system-clocks.ts';
import { decimal } from '../../src/core/trading/money.ts';
import type { CpuQuota } from '../measure/cpu-quota.ts';
import { keepApart } from '../measure/keep-apart.ts';
import { type Lines, openLines } from './open-lines.ts';
import { type Recording, writeEvenly, writeFirstMinute } from './recording.ts';
import { type ReplayMarket, startReplayMarket } from './replay-market.ts';
import type { Sample } from './sample.ts';
import { installSocketProbe } from './socket-probe.ts';

/** Decisions of all symbols together that are not counted: until then code is still being compiled. */
const WARM_UP_TRADES = 400;
const END_POLL_MS = 500;

/** How frames come: as recorded, so many times faster; the first minute of them at their own pace; or one every so many microseconds. */
export type Pace =
  | { readonly kind: 'recorded'; readonly speed: number }
  | { readonly kind: 'minute' }
  | { readonly kind: 'even'; readonly spacingUs: number };

export interface PathRequest {
  readonly recording: Recording;
  readonly model: Uint8Array;
  readonly via: 'websocket' | 'rest';
  /** How many markets are followed and traded; each plays the same recording. */
  readonly symbols: number;
  readonly orders: number;
  readonly everyNth: number;
  readonly pace: Pace;
  /** What the trader's work goes through, the exchange's does not. */
  readonly within: CpuQuota['within'];
}

export interface PathRun {
  /** Every trade after the warm-up, up to its prediction. */
  readonly trades: readonly Sample[];
  /** Those of them that became orders. */
  readonly orders: readonly Sample[];
  readonly filled: number;
  /** Orders wanted that were not sent, or not taken: by reason. */
  readonly failed: Readonly<Record<string, number>>;
  readonly positionMatchesExchange: boolean;
  /** Trades that had no row of features: none should. */
  readonly withoutRow: number;
}

function framesOf({ recording, pace }: PathRequest, folder: string): string {
  const path = join(folder, 'frames.jsonl');
  if (pace.kind === 'recorded') return recording.path;
  if (pace.kind === 'minute') writeFirstMinute(recording, path);
  else writeEvenly(recording, pace.spacingUs, path);
  return path;
}

/** The trader's parts as the trader joins them, on a market of their own; ends when so many orders are through, or the recording is. */
export async function runTradingPath(request: PathRequest): Promise<PathRun> {
  const folder = mkdtempSync(join(tmpdir(), 'ares-bench-'));
  const market = await startReplayMarket(framesOf(request, folder), folder, request.symbols);
  const together = keepApart(market.pid);
  const db = openDatabase(folder);
  const probe = installSocketProbe();
  try {
    const ledger = createSqliteLedger(db);
    return await request.within(() => trade(request, market, ledger, probe));
  } finally {
    probe.remove();
    together();
    await market.stop();
    db.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function trade(
  { recording, model, via, orders: wanted, everyNth, pace }: PathRequest,
  market: ReplayMarket,
  ledger: ReturnType<typeof createSqliteLedger>,
  probe: ReturnType<typeof installSocketProbe>,
): Promise<PathRun> {
  const failed: Record<string, number> = {};
  const fail = (reason: string): void => {
    failed[reason] = (failed[reason] ?? 0) + 1;
  };
  const orders: Sample[] = [];
  const isEnough = () => orders.length >= wanted;
  const isWarm = ({ index }: Sample): boolean => index * market.symbols.length >= WARM_UP_TRADES;
  const keep = (sample: Sample): void => {
    if (isWarm(sample)) orders.push(sample);
  };
  const opened = await openLines({ market, ledger, via, everyNth, history: recording.history, probe, keep, fail });
  await opened.use('bench', model);
  await opened.listen(isEnough);
  await market.start(pace.kind === 'recorded' ? pace.speed : 1);
  while (!isEnough() && !(await market.isOver())) {
    await Promise.race([systemClocks.timers.sleep(END_POLL_MS), opened.failure]);
  }
  await opened.idle();
  const positionMatchesExchange = await matches(opened, market);
  await opened.close();
  const samples = opened.lines.flatMap(({ driver }) => driver.samples);
  return {
    trades: samples.filter((sample) => isWarm(sample) && sample.predictedAt > 0),
    orders,
    filled: opened.lines.reduce((sum, { engine }) => sum + engine.account.trades, 0),
    failed,
    positionMatchesExchange,
    withoutRow: samples.filter((sample) => sample.predictedAt === 0).length,
  };
}

async function matches({ lines }: Lines, market: ReplayMarket): Promise<boolean> {
  for (const { engine, rules } of lines) {
    if (!engine.account.position.quantity.eq(decimal(await market.holding(rules.base)))) return false;
  }
  return true;
}
