import { ORDER_BOUNDS } from '../../src/core/simulation/order-checks.ts';
import { badRequest } from './api-error.ts';
import { klineRow } from './market-frames.ts';
import { askedMarkets, type ExchangeContext, type Market, type Operation, requireMarket } from './operations.ts';
import { amountText } from './order-answers.ts';
import { ORDER_TYPES } from './order-request.ts';
import { limitOf, optionalInteger, requiredText } from './parameters.ts';

const PRECISION = 8;
const DAY = 86_400_000;

function symbolInfo({ rules, symbolId }: Market) {
  const step = rules.quantityStep.toFixed();
  const tick = rules.priceStep.toFixed();
  return {
    symbol: symbolId,
    status: 'TRADING',
    baseAsset: rules.base,
    baseAssetPrecision: PRECISION,
    quoteAsset: rules.quote,
    quotePrecision: PRECISION,
    quoteAssetPrecision: PRECISION,
    baseCommissionPrecision: PRECISION,
    quoteCommissionPrecision: PRECISION,
    orderTypes: ORDER_TYPES,
    icebergAllowed: false,
    ocoAllowed: true,
    otoAllowed: false,
    quoteOrderQtyMarketAllowed: true,
    allowTrailingStop: false,
    cancelReplaceAllowed: true,
    isSpotTradingAllowed: true,
    isMarginTradingAllowed: false,
    filters: [
      { filterType: 'PRICE_FILTER', minPrice: tick, maxPrice: ORDER_BOUNDS.maxPrice.toFixed(), tickSize: tick },
      {
        filterType: 'LOT_SIZE',
        minQty: rules.minQuantity.toFixed(),
        maxQty: ORDER_BOUNDS.maxQuantity.toFixed(),
        stepSize: step,
      },
      {
        filterType: 'PERCENT_PRICE_BY_SIDE',
        bidMultiplierUp: ORDER_BOUNDS.highestPriceShare.toFixed(),
        bidMultiplierDown: ORDER_BOUNDS.lowestPriceShare.toFixed(),
        askMultiplierUp: ORDER_BOUNDS.highestPriceShare.toFixed(),
        askMultiplierDown: ORDER_BOUNDS.lowestPriceShare.toFixed(),
        avgPriceMins: 0,
      },
      {
        filterType: 'NOTIONAL',
        minNotional: rules.minNotional.toFixed(),
        applyMinToMarket: true,
        maxNotional: ORDER_BOUNDS.maxNotional.toFixed(),
        applyMaxToMarket: true,
        avgPriceMins: 0,
      },
      { filterType: 'MAX_NUM_ORDERS', maxNumOrders: ORDER_BOUNDS.maxOrders },
      { filterType: 'MAX_NUM_ALGO_ORDERS', maxNumAlgoOrders: ORDER_BOUNDS.maxTriggerOrders },
      { filterType: 'MAX_NUM_ORDER_LISTS', maxNumOrderLists: ORDER_BOUNDS.maxPairs },
    ],
    permissions: ['SPOT'],
    permissionSets: [['SPOT']],
    defaultSelfTradePreventionMode: 'NONE',
    allowedSelfTradePreventionModes: ['NONE'],
  };
}

function bookTop({ venue, symbolId }: Market) {
  const [bid, ask] = [venue.book('bid', 1)[0], venue.book('ask', 1)[0]];
  const text = (level: typeof bid) => [
    level ? amountText(level.price) : '0.00000000',
    level ? amountText(level.quantity) : '0.00000000',
  ];
  const [bidPrice, bidQty] = text(bid);
  const [askPrice, askQty] = text(ask);
  return { symbol: symbolId, bidPrice, bidQty, askPrice, askQty };
}

function dayTicker(market: Market, { player }: ExchangeContext) {
  const { history } = market.view;
  const now = player.time();
  const bars = history.query(history.barMillis, { from: now - DAY, limit: Number.MAX_SAFE_INTEGER });
  const last = history.open();
  const first = bars[0] ?? last;
  const sum = (of: (bar: typeof last) => number): number => bars.reduce((total, bar) => total + of(bar), 0);
  const volume = sum((bar) => bar.volume);
  const quoteVolume = sum((bar) => bar.volume * bar.close);
  const change = last.close - first.open;
  const { symbol, ...top } = bookTop(market);
  return {
    symbol,
    priceChange: change.toFixed(8),
    priceChangePercent: first.open > 0 ? ((change / first.open) * 100).toFixed(3) : '0.000',
    weightedAvgPrice: (volume > 0 ? quoteVolume / volume : last.close).toFixed(8),
    prevClosePrice: first.open.toFixed(8),
    lastPrice: last.close.toFixed(8),
    lastQty: '0.00000000',
    ...top,
    openPrice: first.open.toFixed(8),
    highPrice: bars.reduce((high, bar) => Math.max(high, bar.high), last.high).toFixed(8),
    lowPrice: bars.reduce((low, bar) => Math.min(low, bar.low), last.low).toFixed(8),
    volume: volume.toFixed(8),
    quoteVolume: quoteVolume.toFixed(8),
    openTime: now - DAY,
    closeTime: now,
    firstId: -1,
    lastId: -1,
    count: bars.length,
  };
}

const market: (weight: number, run: Operation['run']) => Operation = (weight, run) => ({
  weight,
  security: 'none',
  run,
});

/** One row for the market that is named, a list of all where none is. */
const perMarket = (weight: number, row: (market: Market, context: ExchangeContext) => unknown): Operation =>
  market(weight, (parameters, context) => {
    const rows = askedMarkets(parameters, context).map((each) => row(each, context));
    return parameters.symbol ? rows[0] : rows;
  });

/** What anyone may ask: no key, no signature. */
export const marketOperations = {
  ping: market(1, () => ({})),
  time: market(1, (_, { wallTime }) => ({ serverTime: wallTime() })),
  exchangeInfo: market(20, (parameters, context) => {
    const rateLimits = [
      { rateLimitType: 'REQUEST_WEIGHT', interval: 'MINUTE', intervalNum: 1, limit: context.weightLimit },
    ];
    return {
      timezone: 'UTC',
      serverTime: context.wallTime(),
      rateLimits,
      exchangeFilters: [],
      symbols: askedMarkets(parameters, context).map(symbolInfo),
    };
  }),
  klines: market(2, (parameters, context) => {
    const { history } = requireMarket(parameters, context).view;
    const millis = history.intervalMillis(requiredText(parameters, 'interval'));
    if (millis === undefined) throw badRequest(-1120, 'Invalid interval.');
    const from = optionalInteger(parameters, 'startTime');
    const to = optionalInteger(parameters, 'endTime');
    return history
      .query(millis, { from, to, limit: limitOf(parameters, 500, 1_000) })
      .map((bar) => klineRow(bar, millis));
  }),
  'ticker.24hr': perMarket(2, dayTicker),
  'ticker.book': perMarket(2, bookTop),
  'ticker.price': perMarket(2, ({ symbolId, view }) => ({
    symbol: symbolId,
    price: view.history.open().close.toFixed(8),
  })),
  depth: market(5, (parameters, context) => {
    const { view } = requireMarket(parameters, context);
    return view.depth(limitOf(parameters, 100, 5_000));
  }),
} as const satisfies Record<string, Operation>;
