import type { Timeframe } from '../market-data/candle.ts';
import { timeframeMillis } from '../market-data/timeframe.ts';
import { parseSlotId, type SlotId } from '../models/slot.ts';
import { type EpochMillis, epochMillis } from '../ports/clock.ts';
import type { MarketData } from '../ports/exchange.ts';
import type { Ledger } from '../ports/ledger.ts';
import type { ModelStore } from '../ports/model-store.ts';
import type { PredictorLoader } from '../ports/predictor.ts';
import { type Deployment, readDeployment } from '../promotion/deployment.ts';
import { type AnalystMemory, recallModel } from './analyst-memory.ts';
import { firstBar } from './first-bar.ts';
import { matchPending, readPending } from './match-pending.ts';
import { type Prediction, predictionRecord } from './prediction.ts';
import { readNewRows } from './read-new-rows.ts';

export interface AnalystPorts {
  readonly ledger: Ledger;
  readonly modelStore: ModelStore;
  readonly marketData: MarketData;
  readonly predictorLoader: PredictorLoader;
}

export interface SlotAnalysis {
  readonly slot: SlotId;
  /** Bars that have a prediction now and had none before. */
  readonly predicted: number;
  /** Predictions whose outcome is known now and was not before. */
  readonly matched: number;
  /** Predictions that will never have one, because the exchange has no such bar. */
  readonly unmatched: number;
  /** Bars that were too far back to be predicted. */
  readonly skipped: number;
}

/**
 * Predicts a slot's new bars with its production model, and scores the predictions whose horizon has passed.
 *
 * Delivered again, or running twice at once, it writes the same records again.
 */
export async function analyzeSlot(
  slot: SlotId,
  now: EpochMillis,
  memory: AnalystMemory,
  ports: AnalystPorts,
): Promise<SlotAnalysis> {
  const { symbols, timeframe } = parseSlotId(slot);
  const market: Market = { slot, symbol: symbols[0] as string, timeframe, now };
  const deployment = await readDeployment(ports.ledger, slot);
  const news = await predictNewBars(deployment, market, memory, ports);
  const pending = [...(await readPending(ports.ledger, slot)), ...news.predictions];
  const scored = await matchPending(pending, { ...market, known: memory.known }, ports.marketData);

  const records = new Map<string, Prediction>();
  for (const prediction of [...news.predictions, ...scored]) {
    records.set(`${prediction.runId} ${prediction.barClose}`, prediction);
  }
  if (records.size > 0) await ports.ledger.append([...records.values()].map(predictionRecord));
  if (news.analysed) memory.analysed = news.analysed;
  const matched = scored.filter(({ outcome }) => outcome?.status === 'matched').length;
  return {
    slot,
    predicted: news.predictions.length,
    matched,
    unmatched: scored.length - matched,
    skipped: news.skipped,
  };
}

interface News {
  readonly predictions: readonly Prediction[];
  readonly skipped: number;
  readonly analysed?: { readonly runId: string; readonly openTime: number };
}

interface Market {
  readonly slot: SlotId;
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly now: EpochMillis;
}

async function predictNewBars(
  deployment: Deployment,
  market: Market,
  memory: AnalystMemory,
  ports: AnalystPorts,
): Promise<News> {
  const { championRunId: runId, championHash } = deployment;
  if (runId === null || championHash === null) return { predictions: [], skipped: 0 };
  const { slot, timeframe, now } = market;
  const barMillis = timeframeMillis(timeframe);
  const model = await recallModel(memory, championHash, timeframe, ports);
  const { predictor } = model;
  const champion = { runId, signature: predictor.signature };
  const first = await firstBar(deployment, champion, barMillis, now, memory, ports.ledger);
  const { bars, rows, skipped } = await readNewRows({ ...market, first }, model, memory, ports.marketData);
  const probabilities = bars.length === 0 ? [] : await predictor.predictBatch(rows);
  const predictions = bars.map(
    ({ openTime, close }, i): Prediction => ({
      slot,
      runId,
      modelHash: championHash,
      openTime,
      barClose: epochMillis(openTime + barMillis),
      horizon: predictor.signature.horizon,
      p: probabilities[i] as number,
      close,
      predictedAt: now,
      outcome: null,
    }),
  );
  const through = memory.feed?.lastOpen;
  const analysed = through !== undefined && through >= first ? { analysed: { runId, openTime: through } } : {};
  return { predictions, skipped, ...analysed };
}
