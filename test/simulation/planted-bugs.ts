import type { TraderPorts } from '../../apps/trader/run-trader.ts';
import type { Fill, StreamMessage } from '../../src/core/ports/exchange.ts';
import type { World } from './world.ts';

/** Other text in one source file. */
interface Patch {
  /** End of the file's path. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

/** A fault put into the trader on purpose. */
export interface Planted {
  readonly name: string;
  /** Spoils what the trader is given. */
  readonly ports?: (ports: TraderPorts, world: World) => TraderPorts;
  /** Spoils the program itself. */
  readonly patches?: readonly Patch[];
}

const withExchange =
  (change: (exchange: TraderPorts['exchange'], world: World) => Partial<TraderPorts['exchange']>): Planted['ports'] =>
  (ports, world) => ({ ...ports, exchange: { ...ports.exchange, ...change(ports.exchange, world) } });

const withMessages = (
  change: (message: StreamMessage, listener: (message: StreamMessage) => void) => void,
): Planted['ports'] =>
  withExchange((exchange) => ({
    stream: (request, listener) => exchange.stream(request, (message) => change(message, listener)),
  }));

export const plantedBugs: readonly Planted[] = [
  {
    name: 'sends again when no answer comes',
    ports: withExchange((exchange) => ({
      async submit(order) {
        const outcome = await exchange.submit(order);
        return outcome.outcome === 'unknown' ? exchange.submit(order) : outcome;
      },
    })),
  },
  {
    name: 'books a fill that comes twice twice',
    ports: withMessages((message, listener) => {
      listener(message);
      if (message.kind !== 'fill') return;
      const again: Fill = { ...message.fill, tradeId: `${message.fill.tradeId}0` };
      listener({ ...message, fill: again });
    }),
  },
  {
    name: 'does not look at the lease before it sends',
    patches: [
      {
        file: 'trading/lease.ts',
        from: 'const holds = (): boolean => !ended && ports.monotonic.now() - since < ttlMs;',
        to: 'const holds = (): boolean => true;',
      },
    ],
  },
  {
    name: 'takes a failed read for nothing there',
    ports: withExchange((exchange) => ({
      openOrders: (symbol) => exchange.openOrders(symbol).catch(() => []),
      ordersSince: (symbol, since) => exchange.ordersSince(symbol, since).catch(() => []),
      fillsSince: (symbol, since) => exchange.fillsSince(symbol, since).catch(() => []),
      order: (symbol, id) => exchange.order(symbol, id).catch(() => undefined),
    })),
  },
  {
    name: 'takes a cancel for done before the exchange says so',
    ports: withExchange((exchange, { server }) => ({
      async cancel(symbol, id) {
        void exchange.cancel(symbol, id);
        const report = server.order(id);
        return report ? { outcome: 'cancelled', report: { ...report, status: 'cancelled' } } : { outcome: 'not_open' };
      },
    })),
  },
  {
    name: 'ignores fills that come after the end of their order',
    patches: [
      {
        file: 'trading/own-order.ts',
        from: 'const unknown = fills.filter((fill) => !order.fills.has(fill.tradeId));',
        to: 'const unknown = isFinal(order.state) ? [] : fills.filter((fill) => !order.fills.has(fill.tradeId));',
      },
      {
        file: 'trading/own-order.ts',
        from: 'return isFinal(order.state) && filledByFills(order).gte(order.filled);',
        to: 'return isFinal(order.state);',
      },
    ],
  },
  {
    name: 'measures the lease by the wall clock',
    patches: [
      {
        file: 'trading/lease.ts',
        from: 'ports.monotonic.now()',
        to: '(ports as unknown as { wallClock: { now(): number } }).wallClock.now()',
      },
    ],
  },
  {
    name: 'counts a deposit as profit',
    patches: [
      {
        file: 'trading/transfers.ts',
        from: '{ ...account, baseline: { base, quote: quote.plus(amount) } }',
        to: '{ ...account, quoteFlow: account.quoteFlow.plus(amount) }',
      },
    ],
  },
  {
    name: 'goes on writing after a write has failed',
    patches: [
      {
        file: 'trading/ledger-journal.ts',
        from: '(failure === undefined ? write() : undefined)',
        to: 'write()',
      },
    ],
  },
  {
    name: 'does not hear of a halt',
    patches: [
      {
        file: 'trader/follow-commands.ts',
        from: "engine.accept({ kind: 'mode', mode: tradingState.state });",
        to: '',
      },
    ],
  },
  {
    name: 'sends more than an order may be worth',
    patches: [{ file: 'risk/check-growth.ts', from: 'if (cost.gt(limits.maxOrderNotional)) {', to: 'if (false) {' }],
  },
  {
    name: 'never places a stop',
    patches: [{ file: 'trading/protection-keeper.ts', from: 'if (line.now >= notBefore) put(wanted);', to: '' }],
  },
];
