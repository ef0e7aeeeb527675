import type { Candle } from '../market-data/candle.ts';
import { timeframeMillis } from '../market-data/timeframe.ts';
import type { DecisionInputs } from './decision-inputs.ts';
import type { EngineLine } from './engine-line.ts';
import type { EngineModel } from './engine-model.ts';
import type { EngineOptions, EnginePorts } from './engine-options.ts';
import { type LineView, openEntryNotional } from './line-view.ts';
import type { MarketWatch } from './market-watch.ts';
import type { Decimal } from './money.ts';
import type { OrderPace } from './order-pace.ts';
import { markEquity, type SlotAccount } from './slot-account.ts';

/** What of a bar is not the line's. */
export interface BarState extends Pick<DecisionInputs, 'probability' | 'leaving' | 'unanswered'> {
  readonly candle: Candle;
  readonly model: EngineModel | undefined;
  /** The model's inputs, as far as there is a probability. */
  readonly row: Float32Array;
}

/** Puts together what a line is at a moment, for risk and for decisions, and tells it to the other lines of the account. */
export interface LineState {
  view(): LineView;
  inputs(bar: BarState): DecisionInputs;
  /** Moves the marks that daily loss and drawdown are measured from to the newest bar. */
  mark(): void;
  /** Tells the other lines what is at stake here, and what of the quote currency is left. */
  publish(): void;
}

interface KnownEquity {
  readonly quoteFlow: Decimal;
  readonly position: SlotAccount['position'];
  readonly close: Decimal;
  readonly quoteBudget: Decimal;
  readonly cash: Decimal;
  readonly worth: Decimal;
}

export function createLineState(
  options: EngineOptions,
  line: EngineLine,
  of: { readonly market: MarketWatch; readonly pace: OrderPace; readonly clockSkewMs: () => number },
  ports: Pick<EnginePorts, 'monotonic' | 'journal'>,
): LineState {
  const { slot, rules, exposure, funds, fence, decidedBars } = options;
  const { market, pace } = of;
  const { desk } = line;
  const barMillis = timeframeMillis(options.timeframe);
  let known: KnownEquity | undefined;

  /** Asked for several times a bar, and changed by fills and closes only. */
  const equity = (account: SlotAccount): Decimal => {
    const { quoteFlow, position } = account;
    const { close } = line;
    const { quoteBudget } = line.settings.strategy;
    if (
      known?.quoteFlow !== quoteFlow ||
      known.position !== position ||
      known.close !== close ||
      known.quoteBudget !== quoteBudget
    ) {
      // What is held in quote currency changes with fills only, the price with every bar.
      const isCashKnown = known?.quoteFlow === quoteFlow && known.quoteBudget === quoteBudget;
      const cash = isCashKnown && known ? known.cash : quoteBudget.plus(quoteFlow);
      const worth = cash.plus(position.quantity.times(close));
      known = { quoteFlow, position, close, quoteBudget, cash, worth };
    }
    return known.worth;
  };
  const openEntries = (): Decimal => openEntryNotional(desk.views, market.book?.ask ?? line.close);
  let knownOwn: { readonly baseline: unknown; readonly quoteFlow: Decimal; readonly own: Decimal } | undefined;
  const ownQuote = ({ baseline, quoteFlow }: SlotAccount): Decimal => {
    if (knownOwn?.baseline !== baseline || knownOwn.quoteFlow !== quoteFlow)
      knownOwn = { baseline, quoteFlow, own: baseline.quote.plus(quoteFlow) };
    const { own } = knownOwn;
    return desk.views.length === 0 ? own : own.minus(openEntries());
  };

  const view = (): LineView => {
    const { effective, views } = desk;
    const now = ports.monotonic.now();
    const { book } = market;
    const own = ownQuote(effective);
    return {
      rules,
      mode: line.mode,
      marketTime: line.marketTime,
      position: effective.position,
      equity: equity(effective),
      dayStartEquity: effective.dayStartEquity,
      peakEquity: effective.peakEquity,
      holding: effective.holding,
      consecutiveLosses: effective.consecutiveLosses,
      coolDownUntil: effective.coolDownUntil,
      freeQuote: funds ? own.plus(funds.ofOthers(slot)) : own,
      grossOfOthers: exposure.ofOthers(slot),
      book: book && { bid: book.bid, ask: book.ask },
      bookAgeMs: market.bookAge(now),
      dataAgeMs: market.dataAge(now),
      clockSkewMs: of.clockSkewMs(),
      ordersLastSecond: pace.lastSecond(),
      ordersLastMinute: pace.lastMinute(),
      openOrders: views,
    };
  };

  return {
    view,
    inputs({ candle, model, row, probability, leaving, unanswered }) {
      const at = view();
      const barClose = at.marketTime;
      return {
        // One by one: spread, it costs several times as much, once a bar.
        rules: at.rules,
        mode: at.mode,
        marketTime: at.marketTime,
        position: at.position,
        equity: at.equity,
        dayStartEquity: at.dayStartEquity,
        peakEquity: at.peakEquity,
        holding: at.holding,
        consecutiveLosses: at.consecutiveLosses,
        coolDownUntil: at.coolDownUntil,
        freeQuote: at.freeQuote,
        grossOfOthers: at.grossOfOthers,
        book: at.book,
        bookAgeMs: at.bookAgeMs,
        dataAgeMs: at.dataAgeMs,
        clockSkewMs: at.clockSkewMs,
        ordersLastSecond: at.ordersLastSecond,
        ordersLastMinute: at.ordersLastMinute,
        openOrders: at.openOrders,
        slot,
        barClose,
        barMillis,
        high: candle.high,
        low: candle.low,
        close: candle.close,
        runId: model?.runId ?? null,
        modelHash: model?.predictor.modelHash ?? null,
        features: probability === null ? null : plainRow(row),
        probability,
        settings: line.settings,
        leaving,
        unanswered,
        nextAttempt: {
          entry: line.gate.nextAttempt('entry', barClose),
          exit: line.gate.nextAttempt('exit', barClose),
        },
        epoch: fence.epoch,
        decidedBefore: decidedBars.has(barClose),
      };
    },
    mark() {
      const { account, effective } = desk;
      const marked = markEquity(account, equity(effective), line.settings.strategy.quoteBudget, line.marketTime);
      if (marked === account) return;
      desk.mark(marked);
      if (marked.day !== account.day || marked.budget !== account.budget) ports.journal.marked(desk.account);
    },
    publish() {
      const { effective, views } = desk;
      const atStake = effective.position.quantity.times(line.close);
      exposure.set(slot, views.length === 0 ? atStake : atStake.plus(openEntries()));
      funds?.set(slot, ownQuote(effective));
    },
  };
}

/** A copy that stays as it is, and goes to JSON; several times as fast as `Array.from`. */
function plainRow(row: Float32Array): readonly number[] {
  const plain = new Array<number>(row.length);
  for (let input = 0; input < row.length; input += 1) plain[input] = row[input] as number;
  return plain;
}
