import * as z from 'zod';
import { AresError } from '../../core/ares-error.ts';
import { type CircuitBreaker, createCircuitBreaker } from '../../core/network/circuit-breaker.ts';
import { epochMillis, type WallClock } from '../../core/ports/clock.ts';
import { BinanceClient } from './binance-client.ts';
import { createReadGuard, type ReadGuard, type ReadPolicy, type ReadPorts } from './read-guard.ts';
import { createRestNow, type RestNow } from './rest-now.ts';
import { createVenueSockets, type VenueSockets } from './venue-sockets.ts';
import { moveUrls } from './venue-urls.ts';

export interface VenueOptions extends ReadPorts {
  /** Origin of another server that speaks the exchange's REST API; without one, the real exchange. */
  readonly url?: string | undefined;
  /** Its WebSocket origin; without one, `url` with ws for http. */
  readonly wsUrl?: string | undefined;
  readonly reads?: Partial<ReadPolicy>;
  /** What requests are stamped with; the system's own clock unless told. */
  readonly wallClock?: WallClock;
}

/** One exchange as everything here shares it: the client, and how reads go through it. */
export interface Venue {
  readonly client: BinanceClient;
  readonly sockets: VenueSockets;
  readonly rest: RestNow;
  readonly wallClock: WallClock;
  readonly read: ReadGuard;
  readonly breaker: CircuitBreaker;
  /** Loads the markets once. */
  ready(): Promise<void>;
  /** The exchange's id of a market. @throws AresError `EXCHANGE_REFUSED` for a symbol it does not trade */
  marketId(symbol: string): Promise<string>;
  /** The symbol of a market id, when the markets are loaded and it is one of spot. */
  symbolOf(marketId: string): string | undefined;
  close(): Promise<void>;
}

const READ_POLICY: ReadPolicy = { baseMs: 200, capMs: 3_000, maxAttempts: 6, maxTotalMs: 15_000, attemptMs: 5_000 };

/** ccxt counts a fifth of Binance's weight. */
const CCXT_COST_OF_WEIGHT = 0.2;

/** Of the venue's limit, which is an address's: several processes of Ares call from one. */
const SHARE_OF_LIMIT = 0.5;

/** A dead peer is noticed after two pings without an answer. */
const SOCKETS = { pingMs: 10_000, connectMs: 5_000 };

const systemWall: WallClock = { now: () => epochMillis(Date.now()) };

export function createVenue(options: VenueOptions): Venue {
  const { timers, monotonic, random, log, wallClock = systemWall } = options;
  const client = new BinanceClient(
    {
      enableRateLimit: true,
      // ccxt's leaky bucket makes a read wait for the cost of the one before, however long ago that was; the venue itself counts a minute.
      rateLimiterAlgorithm: 'rollingWindow',
      rollingWindowSize: 60_000,
      // Only to free what nobody waits for any more: every call has a limit of its own, that covers the body too.
      timeout: 30_000,
      options: {
        defaultType: 'spot',
        fetchMarkets: { types: ['spot'] },
        fetchCurrencies: false,
        fetchMargins: false,
      },
    },
    wallClock,
  );
  if (options.url !== undefined) pointAt(client, options.url, options.wsUrl);
  const breaker = createCircuitBreaker({ failuresToOpen: 12, openMs: 2_000 }, monotonic);
  const read = createReadGuard({ ...READ_POLICY, ...options.reads }, breaker, { timers, monotonic, random, log });

  const sockets = createVenueSockets(SOCKETS, { monotonic, timers });
  const rest = createRestNow();
  const symbols = new Map<string, string | undefined>();

  const ready = async () => {
    if (client.markets !== undefined) return;
    client.enableLastJsonResponse = true;
    await read('markets', () => client.loadMarkets());
    client.enableLastJsonResponse = false;
    throttleAt(client, client.last_json_response);
  };
  return {
    client,
    sockets,
    rest,
    wallClock,
    read,
    breaker,
    ready,
    async marketId(symbol) {
      await ready();
      const id: unknown = client.markets?.[symbol]?.id;
      if (typeof id === 'string') return id;
      throw new AresError(
        'EXCHANGE_REFUSED',
        `symbol must be one the exchange trades, like "BTC/USDT", was "${symbol}"`,
        { symbol },
      );
    },
    symbolOf(marketId) {
      if (symbols.has(marketId)) return symbols.get(marketId);
      if (client.markets_by_id === undefined) return undefined;
      const markets: { readonly symbol: string; readonly spot: boolean }[] = client.markets_by_id[marketId] ?? [];
      const symbol = markets.find((market) => market.spot)?.symbol;
      symbols.set(marketId, symbol);
      return symbol;
    },
    async close() {
      sockets.close();
      rest.close();
      await client.close();
    },
  };
}

const venueLimits = z.object({
  rateLimits: z.array(
    z.object({ rateLimitType: z.string(), interval: z.string(), intervalNum: z.number(), limit: z.number() }),
  ),
});

/** Sets ccxt's throttle to the request weight that this very server allows a minute; without one it keeps Binance's. */
function throttleAt(client: BinanceClient, exchangeInfo: unknown): void {
  const parsed = venueLimits.safeParse(exchangeInfo);
  const weight = parsed.data?.rateLimits.find(
    (entry) => entry.rateLimitType === 'REQUEST_WEIGHT' && entry.interval === 'MINUTE',
  );
  if (!weight) return;
  client.rateLimit = (60_000 * weight.intervalNum) / (weight.limit * SHARE_OF_LIMIT * CCXT_COST_OF_WEIGHT);
  client.tokenBucket = {};
  client.initRestRateLimiter();
}

/** Binance's own testnet spreads over three hosts, which ccxt knows; any other server is one. */
function pointAt(client: BinanceClient, url: string, wsUrl: string | undefined): void {
  const { api, test } = client.urls;
  if (wsUrl === undefined && new URL(url).host === new URL(String(test.public)).host) {
    client.setSandboxMode(true);
    return;
  }
  client.urls = { ...client.urls, api: moveUrls(api, url, wsUrl) };
}
