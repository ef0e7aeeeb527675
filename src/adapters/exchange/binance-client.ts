import { createHmac } from 'node:crypto';
import ccxt from 'ccxt';
import type { WallClock } from '../../core/ports/clock.ts';
import { answerFacts } from './answer-facts.ts';
import { ExchangeAnswer } from './exchange-answer.ts';

/**
 * ccxt's Binance for what it knows well: addresses, markets, limits and the signed reads of the REST API. Its sockets are not used (see VenueSocket).
 *
 * ccxt turns the exchange's answers into classes that no longer hold status, code and Retry-After: here they stay.
 */
export class BinanceClient extends ccxt.pro.binance {
  constructor(config: object, wallClock: WallClock) {
    super({ ...config, number: String });
    this.milliseconds = () => wallClock.now();
    // Binance signs with HMAC-SHA256 in hexadecimal only. Node's takes 4 µs where ccxt's, in JavaScript, takes 20; as bytes the key would cost Node 12 more.
    this.hmac = (request, secret) => createHmac('sha256', asText(secret)).update(asText(request)).digest('hex');
  }

  marketUrl(): string {
    return `${this.urls.api.ws.spot}/0`;
  }

  accountUrl(): string {
    return this.urls.api.ws['ws-api'].spot;
  }

  /** Address of a signed operation of the REST API. */
  orderUrl(path: string): string {
    return `${this.urls.api.private}/${path}`;
  }

  /** Whether the venue has a wallet API beside the trading one: Binance's testnet has none. */
  hasWallet(): boolean {
    return typeof this.urls.api.sapi === 'string';
  }

  /** Numbers are text here, so that money stays decimal; ccxt's throttle would add costs up as text too, and stall. */
  override calculateRateLimiterCost(
    ...request: Parameters<InstanceType<typeof ccxt.pro.binance>['calculateRateLimiterCost']>
  ): number {
    return Number(super.calculateRateLimiterCost(...request));
  }

  override handleErrors(
    status: number,
    reason: string,
    _url: string,
    _method: string,
    headers: Record<string, string>,
    body: string,
    parsed: unknown,
  ): undefined {
    if (status >= 400) throw new ExchangeAnswer(answerFacts(status, parsed ?? { msg: body || reason }, headers));
    return undefined;
  }
}

const asText = (data: string | Uint8Array): string => (typeof data === 'string' ? data : Buffer.from(data).toString());
