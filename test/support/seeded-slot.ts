import { keys } from '../../src/core/ledger-keys.ts';
import type { Candle } from '../../src/core/market-data/candle.ts';
import { registerCandidate } from '../../src/core/models/register-candidate.ts';
import type { SlotId } from '../../src/core/models/slot.ts';
import { ensureSlot } from '../../src/core/models/slot-registry.ts';
import { epochMillis, type WallClock } from '../../src/core/ports/clock.ts';
import type { Fill, Side } from '../../src/core/ports/exchange.ts';
import type { Ledger } from '../../src/core/ports/ledger.ts';
import { checkPromotion } from '../../src/core/promotion/check-promotion.ts';
import { readDeployment } from '../../src/core/promotion/deployment.ts';
import { rollback } from '../../src/core/promotion/rollback.ts';
import { clientOrderId } from '../../src/core/trading/client-order-id.ts';
import type { Decision } from '../../src/core/trading/decision.ts';
import type { DecisionInputs } from '../../src/core/trading/decision-inputs.ts';
import { createLedgerJournal } from '../../src/core/trading/ledger-journal.ts';
import { decimal, price, quantity, ZERO } from '../../src/core/trading/money.ts';
import type { OwnOrder } from '../../src/core/trading/own-order.ts';
import { accountToJson, bookFills, equityOf, markEquity, openAccount } from '../../src/core/trading/slot-account.ts';
import { createMemoryModelStore } from './memory-model-store.ts';
import { sampleBytes, sampleLoader } from './model-bytes.ts';

export const SEEDED_SLOT = 'paper:trend:BTC/USDT:1m' as SlotId;

const BAR = 60_000;
const BUDGET = decimal('10000');
const RULES = { base: 'BTC', quote: 'USDT' } as const;
const TAKER_FEE = decimal('0.001');

export interface SeededBar {
  readonly probability?: number;
  /** An order that is filled at the bar's close; a sale sells everything. */
  readonly order?: Side;
  /** Filled in so many parts. */
  readonly parts?: number;
}

/** A slot whose books are written by the real journal, as if a trader had traded it bar after bar. */
export async function openSeededSlot(ledger: Ledger, wallClock: WallClock, slot: SlotId = SEEDED_SLOT) {
  await ensureSlot(ledger, slot, epochMillis(0));
  let account = openAccount({ base: ZERO, quote: BUDGET }, BUDGET);
  const stored = await ledger.get(keys.account(slot));
  if (!stored) {
    const write = { kind: 'put', key: keys.account(slot), expected: 'absent', value: accountToJson(account) } as const;
    await ledger.commit({ token: `open:${slot}`, writes: [write], audit: [], events: [] });
  }
  let marketTime = epochMillis(0);
  let tradeId = 0;
  let commands = 0;
  let decisions = 0;
  const journal = createLedgerJournal(
    {
      slot,
      sessionId: 'seeded',
      guard: () => ({ kind: 'check', key: keys.lease(slot), expected: 'absent' }),
      accountVersion: 1,
      orderVersions: new Map(),
      marketTime: () => marketTime,
      onFailure: (error) => {
        throw error;
      },
    },
    { ledger, wallClock },
  );
  const modelPorts = { ledger, modelStore: createMemoryModelStore(), predictorLoader: sampleLoader };
  const command = () => ({
    id: `seeded-${++commands}`,
    user: 'ada',
    now: marketTime,
    sessionId: 'seeded',
    correlationId: `seeded-${commands}`,
  });
  let champion = await readDeployment(ledger, slot);

  const fillsOf = (side: Side, candle: Candle, parts: number): Fill[] => {
    const close = price(String(candle.close));
    const total =
      side === 'buy'
        ? account.quoteFlow.plus(BUDGET).times('0.95').div(close).round(5, 0)
        : account.position.quantity.round(5, 0);
    const part = quantity(total.div(parts).round(5, 0));
    return Array.from({ length: parts }, (_, i): Fill => {
      tradeId += 1;
      const size = i === parts - 1 ? quantity(total.minus(part.times(parts - 1))) : part;
      const fee = side === 'buy' ? size.times(TAKER_FEE) : size.times(close).times(TAKER_FEE);
      return {
        symbol: 'BTC/USDT',
        tradeId: String(tradeId),
        exchangeOrderId: String(1_000 + tradeId - i),
        side,
        price: close,
        quantity: size,
        fee,
        feeAsset: side === 'buy' ? 'BTC' : 'USDT',
        executedAt: epochMillis(marketTime + i),
      };
    });
  };
  const settle = (id: string, side: Side, candle: Candle, parts: number): void => {
    const fills = fillsOf(side, candle, parts);
    const filled = quantity(fills.reduce((sum, fill) => sum.plus(fill.quantity), ZERO));
    const booked = bookFills(account, fills, RULES);
    account = booked.account;
    const order: OwnOrder = {
      clientOrderId: id,
      exchangeOrderId: fills[0]?.exchangeOrderId ?? null,
      symbol: 'BTC/USDT',
      side,
      leg: side === 'buy' ? 'entry' : 'exit',
      type: 'market',
      quantity: filled,
      limitPrice: null,
      stopPrice: null,
      pairId: null,
      barClose: marketTime,
      modelHash: champion.championHash,
      state: 'filled',
      filled,
      fills: new Map(fills.map((fill) => [fill.tradeId, fill])),
      updatedAt: marketTime,
      reason: null,
    };
    journal.settled(order, account, booked.realisedPnl);
  };

  return {
    slot,
    ledger,
    budget: BUDGET,
    account: () => account,
    marketTime: () => marketTime,
    /** The trader decides one closed bar, and its order is filled at once. */
    async bar(candle: Candle, { probability = 0.5, order, parts = 1 }: SeededBar = {}): Promise<void> {
      marketTime = epochMillis(candle.openTime + BAR);
      decisions += 1;
      const id = order
        ? clientOrderId({ slot, barClose: marketTime, leg: order === 'buy' ? 'entry' : 'exit', attempt: 0, epoch: 1 })
        : null;
      const decision: Decision = {
        barClose: marketTime,
        close: candle.close,
        runId: champion.championRunId,
        modelHash: champion.championHash,
        probability: champion.championRunId === null ? null : probability,
        signal: order === 'buy' ? 'long' : order === 'sell' ? 'flat' : 'hold',
        action: order ? 'order' : 'none',
        reason: order ? '' : 'the position is where it should be',
        clientOrderId: id,
        side: order ?? null,
        quantity: null,
        exitCause: order === 'sell' ? 'signal' : null,
      };
      // Nobody who reads a seeded slot replays its decisions.
      journal.decision(decision, { slot, close: candle.close } as unknown as DecisionInputs);
      if (order && id) settle(id, order, candle, parts);
      account = markEquity(account, equityOf(account, BUDGET, decimal(String(candle.close))), BUDGET, marketTime);
      await journal.flush();
    },
    /** The trader says that it lives. */
    beat: (over: { readonly at?: number } = {}) =>
      ledger.append([
        {
          key: keys.heartbeat(slot),
          value: {
            at: over.at ?? wallClock.now(),
            instance: 'seeded',
            state: 'ACTIVE',
            marketTime,
            position: account.position.quantity.toFixed(),
            runId: champion.championRunId,
            modelHash: champion.championHash,
            swapInProgress: false,
            orderInFlight: null,
            candles: decisions,
            trades: 0,
            bookTops: 0,
            duplicateCandles: 0,
            missingCandles: 0,
            decisions,
            orders: account.trades,
            swaps: 0,
            errors: 0,
            lastBarClose: marketTime,
            lastDecisionUs: 412,
          },
        },
      ]),
    /** A candidate arrives and the promotion check decides. */
    async candidate(runId: string, accuracy: number): Promise<void> {
      await registerCandidate(
        {
          ...command(),
          slot,
          runId,
          model: { bytes: sampleBytes(runId) },
          metrics: { accuracy, log_loss: 0.69 - (accuracy - 0.5) / 2 },
          evaluation: { from: 2_000, to: 3_000, rows: 5_000 },
        },
        modelPorts,
      );
      await checkPromotion({ ...command(), trigger: { kind: 'schedule' } }, modelPorts);
      champion = await readDeployment(ledger, slot);
    },
    async rollback(): Promise<void> {
      await rollback({ ...command(), slot }, modelPorts);
      champion = await readDeployment(ledger, slot);
    },
  };
}

export type SeededSlot = Awaited<ReturnType<typeof openSeededSlot>>;
