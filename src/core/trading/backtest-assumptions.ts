import type { MarketRules } from '../ports/exchange.ts';
import { DEFAULT_BOOK } from '../simulation/order-book.ts';
import { type BacktestVenue, DEFAULT_QUEUE } from './backtest-venue.ts';

/** What a backtest takes for granted, in figures and in sentences for whoever reads its report. */
export interface BacktestAssumptions {
  readonly takerFee: string;
  readonly makerFee: string;
  readonly latencyMs: number;
  readonly queue: string;
  /** Best ask less best bid, as a fraction of the price. */
  readonly spread: number;
  /** Of one side of the book, as a fraction of the bar's volume. */
  readonly depthShare: number;
  readonly sentences: readonly string[];
  readonly blindSpots: readonly string[];
}

const percent = (fraction: number): string => `${Number((fraction * 100).toPrecision(6))} %`;

export function backtestAssumptions(rules: MarketRules, venue: BacktestVenue): BacktestAssumptions {
  const { latencyMs = 0, queue = DEFAULT_QUEUE } = venue;
  const { spread, depthShare, levels, levelSpacing } = DEFAULT_BOOK;
  const [taker, maker] = [rules.takerFee.toNumber(), rules.makerFee.toNumber()];
  return {
    takerFee: rules.takerFee.toFixed(),
    makerFee: rules.makerFee.toFixed(),
    latencyMs,
    queue,
    spread,
    depthShare,
    sentences: [
      `Fees: ${percent(taker)} of what a taker receives, ${percent(maker)} of what a maker receives, taken in the asset received.`,
      latencyMs === 0
        ? "Latency: none. An order decided at a bar's close meets the book at that close."
        : `Latency: ${latencyMs} ms of market time pass from sending to the order's effect; by then the next bar may have begun.`,
      `Book: ${percent(spread)} wide around the last price, ${levels} levels a side ${percent(levelSpacing)} apart, holding ${percent(depthShare)} of the bar's volume together.`,
      'Slippage: an order that takes walks these levels and pays each at its price; what the book cannot fill expires (market) or rests (limit).',
      queue === 'none'
        ? 'Queue: a resting limit fills only when the best price of the other side has come to it; what trades at its own price goes to others.'
        : 'Queue: a resting limit fills when the best price of the other side has come to it, or when the market trades at its price and what stood there before it has traded.',
      'Path: within a bar the price goes from open to low to high to close; between two of these it passes every price, from close to the next open it jumps.',
      ...(latencyMs === 0
        ? ['Hearing: what happens within a bar is heard at its close; orders that rest fill within the bar.']
        : []),
      'Stops are taken before take-profits, at their trigger, or at the price of the jump over it.',
      `Lots: prices in steps of ${rules.priceStep.toFixed()}, quantities in steps of ${rules.quantityStep.toFixed()}, orders of at least ${rules.minNotional.toFixed()} ${rules.quote}.`,
    ],
    blindSpots: [
      'The order in which the prices of a bar came: low before high is an assumption, and where a stop and a profit lie in one bar it decides which is taken.',
      'The real book: spread and depth are a model, the same in calm and in panic.',
      'What our own orders would have done to the market: others do not react to them.',
      'Outages, refused requests, rate limits and changes of the exchange’s rules.',
      'Whether the market of the future is like this one, and how many models were tried before this one was chosen.',
    ],
  };
}
