import { type CcxtExchangeOptions, createCcxtExchange } from '../../../src/adapters/exchange/ccxt-exchange.ts';
import { systemClocks } from '../../../src/adapters/local/system-clocks.ts';
import { systemRandom } from '../../../src/adapters/local/system-random.ts';
import { timeframe } from '../../../src/core/market-data/timeframe.ts';
import type { Exchange, Feed, StreamMessage } from '../../../src/core/ports/exchange.ts';
import type { ApprovedOrder, ProposedOrder } from '../../../src/core/risk/approved-order.ts';
import { price, quantity } from '../../../src/core/trading/money.ts';
import type { ScriptedServer } from './scripted-server.ts';

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

/** The adapter against a scripted server, with waits short enough for tests. */
export const connect = (server: ScriptedServer, changes: Partial<CcxtExchangeOptions> = {}): Exchange =>
  createCcxtExchange({
    url: server.url,
    keys: async () => ({ apiKey: 'key', secret: 'canary-secret' }),
    recvWindow: 1_000,
    timers: systemClocks.timers,
    monotonic: systemClocks.monotonic,
    random: systemRandom(),
    log: silent,
    reads: { baseMs: 5, capMs: 20, maxAttempts: 4, maxTotalMs: 5_000, attemptMs: 1_000 },
    submit: { timeoutMs: 2_000 },
    stream: { baseMs: 5, capMs: 20, connectMs: 2_000, firstConnectMs: 5_000 },
    ...changes,
  });

const oneMarket: readonly Feed[] = [{ symbol: 'BTC/USDT', timeframe: timeframe('1m') }];

export async function listen(exchange: Exchange, feeds = oneMarket) {
  const messages: StreamMessage[] = [];
  const stream = await exchange.stream({ feeds }, (message) => messages.push(message));
  const states = () =>
    messages.flatMap((message) => (message.kind === 'connection' ? [`${message.channel} ${message.state}`] : []));
  return { stream, messages, states };
}

/** An order as if risk had let it through. */
export const approve = (clientOrderId: string, order: Partial<ProposedOrder> = {}): ApprovedOrder =>
  ({
    symbol: 'BTC/USDT',
    clientOrderId,
    side: 'buy',
    type: 'market',
    quantity: quantity('0.001'),
    referencePrice: price('100'),
    ...order,
  }) as ApprovedOrder;
