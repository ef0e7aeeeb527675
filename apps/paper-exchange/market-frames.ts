import type { Candle } from '../../src/core/market-data/candle.ts';

/** Prices and quantities of candles as Binance writes them. */
const text = (value: number): string => value.toFixed(8);

export interface PublicTrade {
  readonly id: number;
  readonly price: number;
  readonly quantity: number;
  readonly at: number;
  /** Whether the buyer was waiting in the book. */
  readonly buyerIsMaker: boolean;
}

export const tradeFrame = (symbolId: string, trade: PublicTrade): string =>
  `{"e":"trade","E":${trade.at},"s":"${symbolId}","t":${trade.id},"p":"${text(trade.price)}","q":"${text(trade.quantity)}","T":${trade.at},"m":${trade.buyerIsMaker},"M":true}`;

export const bookTopFrame = (
  symbolId: string,
  updateId: number,
  bid: readonly [string, string],
  ask: readonly [string, string],
): string => `{"u":${updateId},"s":"${symbolId}","b":"${bid[0]}","B":"${bid[1]}","a":"${ask[0]}","A":"${ask[1]}"}`;

type Rows = readonly (readonly [string, string])[];

const rowsText = (rows: Rows): string => `[${rows.map(([price, quantity]) => `["${price}","${quantity}"]`).join(',')}]`;

export const depthFrame = (
  symbolId: string,
  at: number,
  firstId: number,
  lastId: number,
  bids: Rows,
  asks: Rows,
): string =>
  `{"e":"depthUpdate","E":${at},"s":"${symbolId}","U":${firstId},"u":${lastId},"b":${rowsText(bids)},"a":${rowsText(asks)}}`;

export interface KlineExtent {
  readonly interval: string;
  readonly millis: number;
  readonly closed: boolean;
  readonly trades: number;
  readonly lastTradeId: number;
}

export function klineFrame(
  symbolId: string,
  at: number,
  bar: Candle,
  { interval, millis, closed, trades, lastTradeId }: KlineExtent,
): string {
  const quote = text(bar.volume * bar.close);
  const prices = `"o":"${text(bar.open)}","c":"${text(bar.close)}","h":"${text(bar.high)}","l":"${text(bar.low)}"`;
  const ids = `"f":${Math.max(1, lastTradeId - trades + 1)},"L":${lastTradeId}`;
  const volumes = `"v":"${text(bar.volume)}","n":${trades},"x":${closed},"q":"${quote}","V":"${text(bar.volume / 2)}","Q":"${text((bar.volume * bar.close) / 2)}","B":"0"`;
  const k = `{"t":${bar.openTime},"T":${bar.openTime + millis - 1},"s":"${symbolId}","i":"${interval}",${ids},${prices},${volumes}}`;
  return `{"e":"kline","E":${at},"s":"${symbolId}","k":${k}}`;
}

/** A row of the klines answer. The data say nothing of who was taker: half is given for either. */
export const klineRow = (bar: Candle, millis: number): readonly (string | number)[] => [
  bar.openTime,
  text(bar.open),
  text(bar.high),
  text(bar.low),
  text(bar.close),
  text(bar.volume),
  bar.openTime + millis - 1,
  text(bar.volume * bar.close),
  bar.volume > 0 ? 4 : 0,
  text(bar.volume / 2),
  text((bar.volume * bar.close) / 2),
  '0',
];
