import { epochMillis } from '../../../src/core/ports/clock.ts';
import { simulatedMarketRules } from '../../../src/core/simulation/market-rules.ts';
import { createVenue, emptyVenue, type Venue, type VenueOptions } from '../../../src/core/simulation/venue.ts';
import type { OrderDraft, PairDraft, VenueEvent } from '../../../src/core/simulation/venue-order.ts';
import { decimal } from '../../../src/core/trading/money.ts';

export const rules = simulatedMarketRules('BTC/USDT');
export const at = (ms: number) => epochMillis(ms);
/** A tenth of 55 BTC over ten levels: 0.1 at the best price, 0.2 at the next, and so on. */
export const VOLUME = 55;

export function venueAt(
  price: number,
  balances: Readonly<Record<string, string>> = { BTC: '1', USDT: '40000' },
  options: VenueOptions = {},
): Venue {
  const venue = createVenue(rules, emptyVenue(balances), options);
  venue.moveTo({ at: at(0), price, volume: VOLUME, continuous: false });
  return venue;
}

/** Moves a venue along, with what traded there. */
export const move = (venue: Venue, price: number, traded = 0, ms = 2): readonly VenueEvent[] =>
  venue.moveTo({ at: at(ms), price, volume: VOLUME, traded, continuous: true });

type DraftTexts = Partial<Record<'price' | 'stopPrice' | 'quantity', string>> &
  Partial<Pick<OrderDraft, 'side' | 'type' | 'timeInForce' | 'clientOrderId'>>;

export function draft(fields: DraftTexts): OrderDraft {
  const { price, stopPrice, quantity = '0.1', ...rest } = fields;
  return {
    clientOrderId: 'mine',
    side: 'buy',
    type: 'market',
    timeInForce: 'gtc',
    ...rest,
    quantity: decimal(quantity),
    ...(price ? { price: decimal(price) } : {}),
    ...(stopPrice ? { stopPrice: decimal(stopPrice) } : {}),
  };
}

/** A sale of 0.5 with a target above and a stop below. */
export const pairDraft = (above: DraftTexts = {}, below: DraftTexts = {}): PairDraft => ({
  listClientOrderId: 'pair',
  above: draft({
    clientOrderId: 'target',
    side: 'sell',
    type: 'limit_maker',
    price: '40100',
    quantity: '0.5',
    ...above,
  }),
  below: draft({
    clientOrderId: 'stop',
    side: 'sell',
    type: 'stop_loss',
    stopPrice: '39900',
    quantity: '0.5',
    ...below,
  }),
});

export const told = (events: readonly VenueEvent[] | undefined) =>
  events?.map((event) => {
    if (event.kind === 'trade') return `${event.order.clientOrderId} ${event.trade.quantity}@${event.trade.price}`;
    return event.kind.startsWith('pair') ? event.kind : `${event.order.clientOrderId} ${event.kind}`;
  });

export const texts = (venue: Venue) =>
  Object.fromEntries(
    venue
      .assets()
      .map((asset) => [asset, `${venue.balance(asset).free.toFixed()}+${venue.balance(asset).locked.toFixed()}`]),
  );
