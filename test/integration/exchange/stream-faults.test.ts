import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { systemClocks } from '../../../src/adapters/local/system-clocks.ts';
import { timeframe } from '../../../src/core/market-data/timeframe.ts';
import { approve, connect, listen } from './connect.ts';
import { startScriptedServer } from './scripted-server.ts';

const until = (check: () => void) => vi.waitFor(check, { timeout: 5_000, interval: 2 });
const top = (bid: number) => JSON.stringify({ u: bid, s: 'BTCUSDT', b: `${bid}.0`, B: '1', a: `${bid + 1}.0`, A: '1' });

describe('a stream', () => {
  const escaped: unknown[] = [];
  const record = (reason: unknown) => escaped.push(reason);
  beforeEach(() => {
    escaped.length = 0;
    process.on('unhandledRejection', record);
  });
  afterEach(() => process.off('unhandledRejection', record));

  it('hands over a burst of 1,000 book tops one by one', async () => {
    await using server = await startScriptedServer();
    const exchange = connect(server);
    const { messages } = await listen(exchange);
    for (let i = 0; i < 1_000; i += 1) server.send('market', top(i));
    await until(() => expect(messages).toHaveLength(1_002));
    const bids = messages.flatMap((message) => (message.kind === 'book-top' ? [message.bid.toNumber()] : []));
    expect(bids).toEqual(Array.from({ length: 1_000 }, (_, i) => i));
    await exchange.close();
  });

  it.each([
    ['while it subscribes', (method: string) => method === 'SUBSCRIBE' || method.startsWith('userDataStream')],
    ['while it subscribes to the market', (method: string) => method === 'SUBSCRIBE'],
    ['while it subscribes to the account', (method: string) => method.startsWith('userDataStream')],
  ])('survives sockets that drop %s, and lets no rejection escape', async (_, drops) => {
    await using server = await startScriptedServer();
    const exchange = connect(server);
    const { states } = await listen(exchange);
    let left = 25;
    const usual = server.socket;
    server.socket = (method, params) => {
      if (!drops(method) || left === 0) return usual(method, params);
      left -= 1;
      return 'hang-up';
    };
    server.drop('market');
    server.drop('account');
    await until(() => {
      expect(left).toBe(0);
      expect(states().filter((state) => state.endsWith('up'))).toHaveLength(4);
    });
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(escaped).toEqual([]);
    await exchange.close();
  });

  it('survives sockets that drop just as something is written, and lets no rejection escape', async () => {
    await using server = await startScriptedServer();
    const exchange = connect(server);
    const { states } = await listen(exchange);
    const outcomes: string[] = [];
    for (let i = 0; i < 30; i += 1) {
      const submitted = exchange.submit(approve(`order-${i}`));
      server.drop('account');
      server.drop('market');
      outcomes.push((await submitted).outcome);
      await new Promise((resolve) => setTimeout(resolve, i % 7));
    }
    expect(new Set(outcomes)).not.toContain('rejected');
    await until(() => expect(states().slice(-2).toSorted()).toEqual(['account up', 'market up']));
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(escaped).toEqual([]);
    await exchange.close();
  });

  it.each([
    ['no JSON', 'market', 'hello'],
    ['a candle without its fields', 'market', '{"e":"kline","s":"BTCUSDT","k":{}}'],
    [
      'an order event without its fields',
      'account',
      '{"subscriptionId":0,"event":{"e":"executionReport","s":"BTCUSDT"}}',
    ],
    ['an event without an event', 'account', '{"subscriptionId":0}'],
    ['the market server’s word that it shuts down', 'market', '{"e":"serverShutdown","E":1}'],
    ['the account server’s word that it shuts down', 'account', '{"event":{"e":"serverShutdown","E":1}}'],
    ['the end of the account stream', 'account', '{"subscriptionId":0,"event":{"e":"eventStreamTerminated","E":1}}'],
  ] as const)('connects again after %s: what was in it is not known', async (_, which, frame) => {
    await using server = await startScriptedServer();
    const exchange = connect(server);
    const { states } = await listen(exchange);
    server.send(which, frame);
    await until(() => expect(states().slice(2)).toEqual([`${which} down`, `${which} up`]));
    await exchange.close();
  });

  it('takes a market that says nothing for dead', async () => {
    await using server = await startScriptedServer();
    const exchange = connect(server, { stream: { baseMs: 5, capMs: 20, silenceMs: 100 } });
    const { states } = await listen(exchange);
    await until(() => expect(states()).toEqual(expect.arrayContaining(['market down'])));
    await until(() => expect(states().slice(2)).toEqual(expect.arrayContaining(['market up'])));
    expect(states()).not.toContain('account down');
    await exchange.close();
  });

  it('asks for many markets and timeframes in one request, also when it connects again', async () => {
    await using server = await startScriptedServer();
    const exchange = connect(server);
    const symbols = ['BTC/USDT', ...Array.from({ length: 19 }, (_, i) => `COIN${i + 1}/USDT`)];
    const feeds = symbols.flatMap((symbol) => ['1m', '5m'].map((tf) => ({ symbol, timeframe: timeframe(tf) })));
    const { states } = await listen(exchange, feeds);
    server.drop('market');
    await until(() => expect(states().slice(2)).toEqual(['market down', 'market up']));
    const asked = server.frames.filter(({ method }) => method === 'SUBSCRIBE').map(({ params }) => params);
    expect(asked).toHaveLength(2);
    expect(asked[0]).toEqual(asked[1]);
    expect(asked[0]).toHaveLength(20 * 4);
    expect(new Set(asked[0] as string[])).toEqual(
      new Set(
        symbols.flatMap((symbol) => {
          const id = symbol.replace('/', '').toLowerCase();
          return [`${id}@kline_1m`, `${id}@kline_5m`, `${id}@trade`, `${id}@bookTicker`];
        }),
      ),
    );
    await exchange.close();
  });

  it('keeps the candles of several timeframes apart, with the time they were sent', async () => {
    await using server = await startScriptedServer();
    const exchange = connect(server);
    const feeds = ['1m', '5m'].map((tf) => ({ symbol: 'BTC/USDT', timeframe: timeframe(tf) }));
    const { messages } = await listen(exchange, feeds);
    const candle = (i: string, E: number) =>
      JSON.stringify({ e: 'kline', E, s: 'BTCUSDT', k: { t: 0, i, o: '1', h: '2', l: '1', c: '2', v: '3', x: true } });
    server.send('market', candle('1m', 60_001));
    server.send('market', candle('5m', 300_002));
    await until(() => expect(messages).toHaveLength(4));
    expect(messages.slice(2)).toMatchObject([
      { kind: 'candle', timeframe: '1m', at: 60_001, closed: true },
      { kind: 'candle', timeframe: '5m', at: 300_002, closed: true },
    ]);
    await exchange.close();
  });

  it('is not opened for more than one socket carries, saying how much that is', async () => {
    await using server = await startScriptedServer();
    const exchange = connect(server);
    const feeds = Array.from({ length: 342 }, (_, i) => ({ symbol: `COIN${i + 1}/USDT`, timeframe: timeframe('1m') }));
    await expect(listen(exchange, feeds)).rejects.toMatchObject({
      code: 'STREAM_TOO_WIDE',
      message: expect.stringContaining('at most 1024 streams, made 1026'),
    });
    expect(server.connections('market')).toBe(0);
    await listen(exchange, feeds.slice(0, 341));
    await exchange.close();
  });

  it('tells of deposits and withdrawals as they change the balance', async () => {
    await using server = await startScriptedServer();
    const exchange = connect(server);
    const { messages } = await listen(exchange);
    const event = { e: 'balanceUpdate', E: 9, a: 'USDT', d: '250.50000000', T: 8 };
    server.send(
      'account',
      JSON.stringify({ subscriptionId: 0, event: { e: 'listStatus', s: 'BTCUSDT', g: 1, c: 'OCO' } }),
    );
    server.send('account', JSON.stringify({ subscriptionId: 0, event }));
    await until(() => expect(messages).toHaveLength(3));
    const [, , change] = messages;
    expect(change).toMatchObject({ kind: 'balance-change', asset: 'USDT', at: 8 });
    if (change?.kind === 'balance-change') expect(change.change.toFixed()).toBe('250.5');
    await exchange.close();
  });

  it('connects again when one market among others says nothing, asking for all of them in one request', async () => {
    await using server = await startScriptedServer();
    const { timers, monotonic } = systemClocks;
    let later = 0;
    let look: (() => void) | undefined;
    const silenceMs = 600_000;
    const exchange = connect(server, {
      monotonic: { now: () => monotonic.now() + later },
      timers: {
        ...timers,
        every(ms, task) {
          if (ms !== silenceMs / 4) return timers.every(ms, task);
          look = task;
          return () => undefined;
        },
      },
      stream: { baseMs: 5, capMs: 20, silenceMs },
    });
    const feeds = ['BTC/USDT', 'COIN1/USDT'].map((symbol) => ({ symbol, timeframe: timeframe('1m') }));
    const { messages, states } = await listen(exchange, feeds);
    later = 95_000;
    server.send('market', top(1));
    await until(() => expect(messages).toHaveLength(3));
    look?.();
    await until(() => expect(states().slice(2)).toEqual(['market down', 'market up']));
    const down = messages.find((message) => message.kind === 'connection' && message.state === 'down');
    expect(down).toMatchObject({ reason: 'the market sent nothing of COIN1/USDT for 90000 ms, while others spoke' });
    const asked = server.frames.filter(({ method }) => method === 'SUBSCRIBE').map(({ params }) => params);
    expect(asked).toHaveLength(2);
    expect(asked[1]).toHaveLength(6);
    await exchange.close();
  });

  it('gives up opening when the exchange never answers, saying how it was tried', async () => {
    await using server = await startScriptedServer();
    server.socket = () => 'silence';
    const exchange = connect(server, { stream: { baseMs: 5, capMs: 20, connectMs: 50, firstConnectMs: 200 } });
    await expect(listen(exchange)).rejects.toMatchObject({ code: 'EXCHANGE_UNAVAILABLE' });
    await until(() => expect([server.connections('market'), server.connections('account')]).toEqual([0, 0]));
    await exchange.close();
  });

  it('is one at a time, and leaves no socket open when the exchange is closed', async () => {
    await using server = await startScriptedServer();
    const exchange = connect(server);
    const { messages } = await listen(exchange);
    await expect(listen(exchange)).rejects.toMatchObject({ code: 'STREAM_OPEN' });
    await exchange.close();
    await until(() => expect([server.connections('market'), server.connections('account')]).toEqual([0, 0]));
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(server.connections('market')).toBe(0);
    expect(messages).toHaveLength(2);
  });

  it('lets what its listener throws end the process, like any bug', async () => {
    await using server = await startScriptedServer();
    const exchange = connect(server);
    const thrown = Promise.withResolvers<unknown>();
    const others = process.listeners('uncaughtException');
    process.removeAllListeners('uncaughtException');
    process.once('uncaughtException', thrown.resolve);
    await exchange.stream({ feeds: [{ symbol: 'BTC/USDT', timeframe: timeframe('1m') }] }, (message) => {
      if (message.kind === 'book-top') throw new Error('bug in the trader');
    });
    server.send('market', top(1));
    await expect(thrown.promise).resolves.toMatchObject({ message: 'bug in the trader' });
    for (const listener of others) process.on('uncaughtException', listener);
    await exchange.close();
  });
});
