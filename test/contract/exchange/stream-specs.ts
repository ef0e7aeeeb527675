import { describe, expect, it, vi } from 'vitest';
import { timeframe } from '../../../src/core/market-data/timeframe.ts';
import type { Stream, StreamMessage } from '../../../src/core/ports/exchange.ts';
import { approve, approvePair } from './approve.ts';
import type { ExchangeHarness } from './exchange-harness.ts';
import { awayFromTop, playUntil } from './market-moves.ts';
import { acknowledged, replaced, resting, totalOf } from './outcomes.ts';

type Kind = StreamMessage['kind'];
type Of<K extends Kind> = Extract<StreamMessage, { kind: K }>;

interface Listening {
  readonly stream: Stream;
  readonly messages: readonly StreamMessage[];
  of<K extends Kind>(kind: K): readonly Of<K>[];
}

async function listen(harness: ExchangeHarness): Promise<Listening> {
  const messages: StreamMessage[] = [];
  const request = { feeds: [{ symbol: harness.symbol, timeframe: timeframe('1m') }] };
  const stream = await harness.exchange.stream(request, (message) => messages.push(message));
  return {
    stream,
    messages,
    of: <K extends Kind>(kind: K) => messages.filter((message): message is Of<K> => message.kind === kind),
  };
}

const until = (check: () => void) => vi.waitFor(check, { timeout: 5_000, interval: 5 });

export function streamSpecs(open: () => Promise<ExchangeHarness>): void {
  describe('streams', () => {
    it('S1 is up on both channels when it resolves, before any other message', async () => {
      await using harness = await open();
      const { messages } = await listen(harness);
      expect(messages).toMatchObject([
        { kind: 'connection', state: 'up' },
        { kind: 'connection', state: 'up' },
      ]);
    });

    it('S2 hands over every bar closed exactly once, as the candles read later', async () => {
      await using harness = await open();
      const { of } = await listen(harness);
      await harness.step(50);
      await until(() => expect(of('candle').filter((message) => message.closed)).toHaveLength(50));
      const read = await harness.exchange.candles({ symbol: harness.symbol, timeframe: timeframe('1m'), limit: 50 });
      expect(
        of('candle')
          .filter((message) => message.closed)
          .map((message) => message.candle),
      ).toEqual(read);
      expect(of('candle').some((message) => !message.closed)).toBe(true);
    });

    it('S3 hands over every frame of a burst, in order, stamped when it came', async () => {
      await using harness = await open();
      const { of, messages } = await listen(harness);
      await harness.step(500);
      const sent = await harness.sent();
      expect(sent.bookTops).toBeGreaterThan(1_000);
      await until(() => expect(of('book-top')).toHaveLength(sent.bookTops));
      expect(of('trade')).toHaveLength(sent.trades);
      expect(of('candle').filter((message) => message.closed)).toHaveLength(sent.candles);
      const stamps = messages.flatMap((message) => ('receivedAt' in message ? [message.receivedAt] : []));
      expect(stamps).toEqual([...stamps].sort((a, b) => a - b));
      expect(stamps.at(-1)).toBeLessThanOrEqual(performance.now());
      const times = of('trade').map((message) => message.at);
      expect(times).toEqual([...times].sort((a, b) => a - b));
    });

    it('S4 tells own fills before the order they fill, equal to the answer', async () => {
      await using harness = await open();
      const { of, messages } = await listen(harness);
      const outcome = await harness.exchange.submit(approve(harness.symbol, 's4', 'buy', '0.05'));
      await until(() => expect(of('order').at(-1)?.report.status).toBe('filled'));
      const fills = of('fill').map((message) => message.fill);
      expect(outcome).toMatchObject({ outcome: 'acknowledged' });
      if (outcome.outcome === 'acknowledged') expect(plain(fills)).toEqual(plain(outcome.fills));
      const filled = messages.findIndex((message) => message.kind === 'order' && message.report.status === 'filled');
      const lastFill = messages.findLastIndex((message) => message.kind === 'fill');
      expect(lastFill).toBeLessThan(filled);
      expect(of('order').every((message) => message.report.clientOrderId === 's4')).toBe(true);
    });

    it("S5 tells of a cancel under the order's own id", async () => {
      await using harness = await open();
      const { of } = await listen(harness);
      await harness.placeLimit({ clientOrderId: 'resting', side: 'buy', price: '40000.00', quantity: '0.01000' });
      await harness.exchange.cancel(harness.symbol, 'resting');
      await until(() => expect(of('order').map((message) => message.report.status)).toEqual(['new', 'cancelled']));
      expect(of('order').at(-1)?.report.clientOrderId).toBe('resting');
    });

    it.each([['market'], ['account']] as const)(
      'S6 says when the %s channel is down and up again, and goes on',
      async (which) => {
        await using harness = await open();
        const { of } = await listen(harness);
        for (let drop = 1; drop <= 5; drop += 1) {
          await harness.fault({ kind: 'drop-sockets', which });
          await until(() => expect(of('connection')).toHaveLength(2 + 2 * drop));
          const [down, up] = of('connection').slice(-2);
          expect([down?.state, up?.state]).toEqual(['down', 'up']);
          expect([down?.channel, up?.channel]).toEqual([which, which]);
        }
        await harness.step(3);
        const outcome = await harness.exchange.submit(approve(harness.symbol, 's6', 'buy', '0.01'));
        expect(outcome.outcome).toBe('acknowledged');
        await until(() => {
          expect(of('candle').filter((message) => message.closed)).toHaveLength(3);
          expect(of('order').at(-1)?.report).toMatchObject({ clientOrderId: 's6', status: 'filled' });
        });
      },
    );

    it('S7 hands over nothing after it was closed, and can be opened again', async () => {
      await using harness = await open();
      const first = await listen(harness);
      await first.stream.close();
      const count = first.messages.length;
      const second = await listen(harness);
      await harness.step(5);
      await until(() => expect(second.of('candle').filter((message) => message.closed)).toHaveLength(5));
      expect(first.messages).toHaveLength(count);
    });

    it('S8 does not open with a wrong key, saying so', async () => {
      await using harness = await open();
      const request = { feeds: [{ symbol: harness.symbol, timeframe: timeframe('1m') }] };
      await expect(harness.withWrongKey().stream(request, () => undefined)).rejects.toMatchObject({
        code: 'EXCHANGE_REFUSED',
      });
    });

    it('S9 tells how both orders of a pair end, each under its own id', async () => {
      await using harness = await open();
      const { exchange, symbol } = harness;
      const { reached, avoided, bars } = await playUntil(harness, 'fall', 0.003);
      const { of } = await listen(harness);
      acknowledged(await exchange.submit(approve(symbol, 'buy', 'buy', '0.02')));
      resting(await exchange.submitPair(approvePair(symbol, 'pair', '0.001', { profit: avoided, loss: reached })));
      await harness.step(bars);
      const statesOf = (id: string) =>
        of('order').flatMap(({ report }) => (report.clientOrderId === id ? [report.status] : []));
      await until(() => {
        expect(statesOf('pair-loss').at(-1)).toBe('filled');
        expect(['expired', 'cancelled']).toContain(statesOf('pair-profit').at(-1));
      });
      expect(statesOf('pair-profit')[0]).toBe('new');
      expect(
        totalOf(of('fill').flatMap(({ fill }) => (fill.clientOrderId === 'pair-loss' ? [fill] : []))).toFixed(),
      ).toBe('0.001');
      const known = new Set(['buy', 'pair-loss', 'pair-profit']);
      expect(of('order').filter(({ report }) => !known.has(report.clientOrderId))).toEqual([]);
    });

    it('S10 tells of a replacement as of a cancel and a new order', async () => {
      await using harness = await open();
      const { exchange, symbol } = harness;
      const { of } = await listen(harness);
      const bid = async (id: string, fraction: number) =>
        approve(symbol, id, 'buy', '0.01', { type: 'post_only', limitPrice: await awayFromTop(harness, fraction) });
      acknowledged(await exchange.submit(await bid('old', -0.1)));
      replaced(await exchange.replace('old', await bid('new', -0.05)));
      await until(() =>
        expect(of('order').map(({ report }) => [report.clientOrderId, report.status])).toEqual([
          ['old', 'new'],
          ['old', 'cancelled'],
          ['new', 'new'],
        ]),
      );
    });
  });
}

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
