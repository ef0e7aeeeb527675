import { AresError } from '../../src/core/ares-error.ts';
import { epochMillis } from '../../src/core/ports/clock.ts';
import type { Exchange } from '../../src/core/ports/exchange.ts';
import type { Reply, VirtualProcess } from './virtual-process.ts';
import { RECV_WINDOW_MS, type World } from './world.ts';

/** Shorter than the request window, so that an order may still be taken when nobody waits for its answer any more. */
const SUBMIT_TIMEOUT_MS = 3_000;
const READ_TIMEOUT_MS = 2_000;
const READ_ATTEMPTS = 3;
const READ_PAUSE_MS = 300;
/** Ahead of the exchange's clock a request is refused at once, as Binance does. */
const MAX_AHEAD_MS = 1_000;

interface Refused {
  readonly code: string;
  readonly reason: string;
  readonly status: number;
}

/** The exchange over a network, as the adapter promises it: reads are repeated a little and then reject, orders are sent once. */
export function createExchangeClient(process: VirtualProcess, world: World): Exchange {
  const { scheduler, faults, server, orders, hub } = world;
  const dice = world.chances.network;

  const travel = (): number => {
    const slow = faults.strength('slow exchange');
    if (slow > 0 && dice.chance(0.5)) {
      faults.strike('slow exchange');
      return dice.whole(100, 100 + Math.round(3_500 * slow));
    }
    return dice.whole(4, 40);
  };
  const happens = (kind: Parameters<typeof faults.strike>[0], what: string): boolean => {
    const strength = faults.strength(kind);
    if (strength === 0 || !dice.chance(strength)) return false;
    faults.strike(kind, what);
    return true;
  };
  const refusal = (signedAt: number | undefined, what: string): Refused | undefined => {
    if (happens('answer 418', what)) return { status: 418, code: 'RATE_LIMITED', reason: 'banned' };
    if (happens('answer 429', what)) return { status: 429, code: 'RATE_LIMITED', reason: 'too many requests' };
    if (signedAt === undefined) return undefined;
    const age = scheduler.now - signedAt;
    if (age <= RECV_WINDOW_MS && age >= -MAX_AHEAD_MS) return undefined;
    return { status: 400, code: '-1021', reason: 'timestamp outside of the request window' };
  };

  /** One read with its repetitions. */
  const read = <T>(what: string, effect: (lagMs: number) => T, signed = true): Promise<T> =>
    process.call(what, (reply: Reply<T>) => {
      let attempts = 0;
      const fail = (status: number | undefined, reason: string): void => {
        const isRefusal = status === 400;
        if (!isRefusal && status !== 418 && attempts < READ_ATTEMPTS) {
          scheduler.after(READ_PAUSE_MS * attempts, () => process.deliver(attempt));
          return;
        }
        const code = isRefusal ? 'EXCHANGE_REFUSED' : 'EXCHANGE_UNAVAILABLE';
        reply.reject(new AresError(code, `${what}: ${reason}`, status === undefined ? {} : { status }));
      };
      const attempt = (): void => {
        attempts += 1;
        let over = false;
        const end = (run: () => void): void => {
          if (over) return;
          over = true;
          process.deliver(run);
        };
        scheduler.after(READ_TIMEOUT_MS, () => end(() => fail(undefined, `no answer within ${READ_TIMEOUT_MS} ms`)));
        const signedAt = signed ? process.wallClock.now() : undefined;
        if (happens('lost request', what)) return;
        scheduler.after(travel(), () => {
          const refused = refusal(signedAt, what);
          if (refused) return scheduler.after(travel(), () => end(() => fail(refused.status, refused.reason)));
          if (happens('answer 5xx', what)) return scheduler.after(travel(), () => end(() => fail(503, 'unavailable')));
          if (happens('failed read', what))
            return scheduler.after(travel(), () => end(() => fail(undefined, 'the answer broke off')));
          const staleness = faults.strength('stale read');
          const isStale = staleness > 0 && dice.chance(0.7);
          if (isStale) faults.strike('stale read', what);
          const value = effect(isStale ? dice.whole(20, 20 + Math.round(900 * staleness)) : 0);
          reply.effectDone();
          if (happens('lost reply', what)) return;
          scheduler.after(travel(), () => end(() => reply.resolve(value)));
        });
      };
      attempt();
    });

  /** One request that changes something: sent once, and its answer decides. */
  const send = <T>(
    what: string,
    ids: readonly string[],
    request: {
      readonly effect: () => T;
      readonly refused: (code: string, reason: string) => T;
      readonly unknown: (reason: string) => T;
      readonly isOrder: boolean;
      /** Handed over twice it must not trade twice: only what rests can be told from its repetition. */
      readonly mayRepeat: boolean;
    },
  ): Promise<T> =>
    process.call(what, (reply: Reply<T>) => {
      let over = false;
      const end = (value: T, isAnswer: boolean): void => {
        if (over) return;
        process.deliver(() => {
          if (over) return;
          over = true;
          for (const id of ids) {
            if (isAnswer) orders.heard(id);
            else orders.unanswered(id);
          }
          reply.resolve(value);
        });
      };
      const signedAt = process.wallClock.now();
      scheduler.after(SUBMIT_TIMEOUT_MS, () => end(request.unknown(`no answer within ${SUBMIT_TIMEOUT_MS} ms`), false));
      const refuse = ({ code, reason }: Refused): void => {
        if (request.isOrder) for (const id of ids) orders.refused(id);
        scheduler.after(travel(), () => end(request.refused(code, reason), true));
      };
      const arrive = (isRepetition: boolean): void => {
        const refused =
          request.isOrder && happens('refused order', what)
            ? { status: 429, code: 'RATE_LIMITED', reason: 'too many orders' }
            : refusal(signedAt, what);
        if (refused) {
          if (!isRepetition) refuse(refused);
          return;
        }
        const breaks = happens('answer 5xx', what);
        if (breaks && dice.chance(0.5)) {
          if (request.isOrder) for (const id of ids) orders.refused(id);
          scheduler.after(travel(), () => end(request.unknown('an error of the server'), false));
          return;
        }
        if (isRepetition && !ids.some((id) => server.isOpen(id))) return;
        const value = request.effect();
        world.trace(`${what} -> ${(value as { readonly outcome: string }).outcome}`);
        if (isRepetition) return;
        if (request.isOrder && (value as { readonly outcome: string }).outcome === 'rejected')
          for (const id of ids) orders.refused(id);
        reply.effectDone();
        if (breaks) {
          scheduler.after(travel(), () => end(request.unknown('an error of the server'), false));
          return;
        }
        if (happens('lost reply', what) || (request.isOrder && happens('lost reply of an order', what))) return;
        scheduler.after(travel(), () => end(value, true));
      };
      const depart = (): void => {
        for (const id of ids) orders.departed(id);
        if (happens('lost request', what)) return;
        const isLate = request.isOrder && happens('late acceptance', what);
        const delay = isLate ? SUBMIT_TIMEOUT_MS + dice.whole(50, 1_700) : travel();
        scheduler.after(delay, () => arrive(false));
        if (request.mayRepeat && happens('repeated request', what))
          scheduler.after(delay + dice.whole(1, 300), () => arrive(true));
      };
      // Mostly written at once; sometimes a buffer or a socket has to be waited for.
      const waits = request.isOrder && happens('slow socket', what) ? dice.whole(50, 1_500) : 0;
      scheduler.after(waits, () => process.deliver(depart));
    });

  const exchange: Exchange = {
    rules: () => read('exchange.rules', () => server.rules, false),
    capabilities: () => read('exchange.capabilities', () => world.capabilities, false),
    serverTime: () => read('exchange.serverTime', () => epochMillis(scheduler.now), false),
    candles: ({ since, limit }) =>
      read(
        'exchange.candles',
        (lagMs) => {
          const { candles } = server;
          let closed = candles.length;
          while (closed > 0 && (candles[closed - 1]?.openTime ?? 0) + world.barMillis > scheduler.now - lagMs)
            closed -= 1;
          if (since === undefined) return candles.slice(Math.max(0, closed - limit), closed);
          // One after the other without a gap.
          const first = Math.max(0, Math.ceil((since - (candles[0]?.openTime ?? 0)) / world.barMillis));
          return candles.slice(first, Math.min(closed, first + limit));
        },
        false,
      ),
    balances: () => read('exchange.balances', (lagMs) => server.balances(lagMs)),
    openOrders: () => read('exchange.openOrders', (lagMs) => server.openOrders(lagMs)),
    ordersSince: (_symbol, since) => read('exchange.ordersSince', (lagMs) => server.ordersSince(since, lagMs)),
    fillsSince: (_symbol, since) => read('exchange.fillsSince', (lagMs) => server.fillsSince(since, lagMs)),
    order: (_symbol, id) => read(`exchange.order ${id}`, (lagMs) => server.order(id, lagMs)),
    transfersSince: (since) => read('exchange.transfersSince', (lagMs) => server.transfersSince(since, lagMs)),
    submit(order) {
      const { clientOrderId: id } = order;
      world.observer.sending(process, [order], undefined);
      return send(`exchange.submit ${id}`, [id], {
        effect: () => server.submit(order),
        refused: (code, reason) => ({ outcome: 'rejected', code, reason }),
        unknown: (reason) => ({ outcome: 'unknown', reason }),
        isOrder: true,
        mayRepeat: order.type === 'stop' || order.type === 'post_only',
      });
    },
    submitPair(pair) {
      world.observer.sending(process, [pair.takeProfit, pair.stopLoss], undefined);
      const ids = [pair.takeProfit.clientOrderId, pair.stopLoss.clientOrderId];
      return send(`exchange.submitPair ${pair.listClientOrderId}`, ids, {
        effect: () => server.submitPair(pair),
        refused: (code, reason) => ({ outcome: 'rejected', code, reason }),
        unknown: (reason) => ({ outcome: 'unknown', reason }),
        isOrder: true,
        mayRepeat: true,
      });
    },
    replace(cancelId, order) {
      const { clientOrderId: id } = order;
      world.observer.sending(process, [order], cancelId);
      return send(`exchange.replace ${cancelId} by ${id}`, [id], {
        effect: () => server.replace(cancelId, order),
        refused: (code, reason) => ({ outcome: 'kept', code, reason }),
        unknown: (reason) => ({ outcome: 'unknown', reason }),
        isOrder: true,
        mayRepeat: false,
      });
    },
    cancel: (_symbol, id) =>
      send(`exchange.cancel ${id}`, [], {
        effect: () => server.cancel(id),
        refused: (_code, reason) => ({ outcome: 'unknown', reason }),
        unknown: (reason) => ({ outcome: 'unknown', reason }),
        isOrder: false,
        mayRepeat: false,
      }),
    stream: (_request, listener) =>
      process.call('exchange.stream', (reply) => {
        scheduler.after(travel(), () => {
          const subscription = hub.subscribe(process, listener);
          reply.effectDone();
          const close = () =>
            process.call<void>('stream.close', (closing) => {
              subscription.close();
              scheduler.after(2, () => closing.resolve());
            });
          reply.resolve({ close });
        });
      }),
    close: async () => undefined,
  };
  return exchange;
}
