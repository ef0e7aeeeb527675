import * as z from 'zod';
import { AresError } from '../../src/core/ares-error.ts';
import { transferTexts } from '../../src/core/simulation/account.ts';
import { orderTexts } from '../../src/core/simulation/working-order.ts';
import { decimal } from '../../src/core/trading/money.ts';
import { faultScriptSchema } from './fault-schema.ts';
import type { Faults } from './faults.ts';
import { acknowledgementSchema, type Lockstep } from './lockstep.ts';
import type { MarketPlayer } from './market-player.ts';
import type { SentFrames } from './market-streams.ts';
import { mustWas } from './must-was.ts';
import type { ExchangeContext } from './operations.ts';
import type { Pace, Speed } from './pace.ts';

const speedSchema = z.union([z.number().positive(), z.literal('max')]);
const stepSchema = z.strictObject({ bars: z.number().int().min(0).default(1) });
const transferSchema = z.strictObject({
  asset: z.string().regex(/^[A-Z0-9]{1,20}$/, 'must be an asset like "USDT"'),
  /** Above 0 a deposit, below 0 a withdrawal. */
  amount: z.string().regex(/^-?\d{1,15}(\.\d{1,8})?$/, 'must be an amount like "100" or "-0.5"'),
});

export interface ControlContext {
  readonly exchange: ExchangeContext;
  readonly player: MarketPlayer;
  readonly pace: Pace;
  readonly lockstep: Lockstep;
  readonly faults: Faults;
  readonly sent: SentFrames;
  /** Closing klines that somebody listened for. */
  readonly tally: { readonly closings: number };
  readonly initialBalances: Readonly<Record<string, string>>;
  readonly defaultSpeed: Speed;
  /** Whether bars are only played one by one. */
  readonly onlyLockstep: boolean;
  /** Whether anybody listens to klines. */
  hasKlines(): boolean;
}

export interface ControlAnswer {
  readonly status: number;
  readonly body: unknown;
}

const ok = (body: unknown): ControlAnswer => ({ status: 200, body });
const conflict = (message: string): ControlAnswer => ({ status: 409, body: { error: message } });
const everything = { fromId: 0, from: 0, to: Number.MAX_SAFE_INTEGER, limit: Number.MAX_SAFE_INTEGER, newest: false };

/** The side door of a simulated exchange: what no real one has. `answer` resolves `undefined` where there is nothing at that path. */
export interface ControlApi {
  answer(method: string, path: string, body: unknown): Promise<ControlAnswer | undefined>;
}

export function createControlApi(context: ControlContext): ControlApi {
  const { exchange, player, pace, lockstep, faults, sent } = context;
  let stepping = context.onlyLockstep;
  let inStep = false;

  function mode(): string {
    if (player.progress().remaining === 0) return 'finished';
    if (pace.running() !== undefined) return 'continuous';
    return stepping ? 'lockstep' : 'paused';
  }

  function status() {
    return {
      mode: mode(),
      speed: pace.running() ?? null,
      marketTime: player.time(),
      ...player.progress(),
      sent: { ...sent },
      acknowledged: lockstep.last() ?? null,
      faults: faults.pending(),
    };
  }

  function books() {
    const { markets, store, account } = exchange;
    const balances = Object.fromEntries(
      account.assets().map((asset) => {
        const { free, locked } = account.balance(asset);
        return [asset, { free: free.toFixed(), locked: locked.toFixed() }];
      }),
    );
    const each = [...markets.values()];
    const trades = each.flatMap(({ symbolId, rules: { symbol } }) =>
      store.trades(symbolId, everything).map((trade) => ({
        symbol,
        ...trade,
        price: trade.price.toFixed(),
        quantity: trade.quantity.toFixed(),
        cost: trade.cost.toFixed(),
        fee: trade.fee.toFixed(),
      })),
    );
    const orders = each.flatMap(({ symbolId, rules: { symbol } }) =>
      store.orders(symbolId, everything).map((order) => ({ symbol, ...orderTexts(order) })),
    );
    const pairs = each.flatMap(({ symbolId, rules: { symbol } }) =>
      store.pairs(symbolId, everything).map((pair) => ({ symbol, ...pair })),
    );
    return {
      marketTime: player.time(),
      lastPrice: each[0]?.view.history.open().close,
      lastPrices: Object.fromEntries(each.map(({ rules, view }) => [rules.symbol, view.history.open().close])),
      initialBalances: context.initialBalances,
      balances,
      orders,
      trades,
      pairs,
      transfers: account.transfers().map(transferTexts),
    };
  }

  /** Whether a decision on this bar is to be waited for: not where everybody listens to longer bars, none of which ended with it. */
  const isAwaited = (closingsBefore: number): boolean =>
    context.tally.closings > closingsBefore || !context.hasKlines();

  async function step(bars: number): Promise<ControlAnswer> {
    if (pace.running() !== undefined)
      return conflict('the market must be paused to be stepped, was running continuously');
    if (inStep) return conflict('one step must be answered before the next, one was still waiting');
    inStep = true;
    stepping = true;
    try {
      if (bars === 0) await lockstep.acknowledged(player.time());
      for (let i = 0; i < bars; i++) {
        const before = context.tally.closings;
        const barClose = player.bar();
        if (barClose === undefined) return conflict('there must be a bar left to play, all were played');
        if (isAwaited(before)) await lockstep.acknowledged(barClose);
      }
    } catch (error) {
      if (!(error instanceof AresError) || error.code !== 'NOT_ACKNOWLEDGED') throw error;
      return { status: 504, body: { error: error.message, barClose: player.time(), ...counted() } };
    } finally {
      inStep = false;
    }
    return ok({ barClose: player.time(), ...counted() });
  }

  function counted() {
    const { index, remaining } = player.progress();
    return { index, remaining };
  }

  function start(speed: Speed): ControlAnswer {
    if (context.onlyLockstep)
      return conflict('the market must not be in lockstep to run continuously, was started with --lockstep');
    if (player.progress().remaining === 0) return conflict('there must be a bar left to play, all were played');
    pace.start(speed);
    return ok(status());
  }

  function transfer(body: unknown): ControlAnswer {
    const { asset, amount } = transferSchema.parse(body);
    try {
      return ok(transferTexts(exchange.desk.transfer(asset, decimal(amount))));
    } catch (error) {
      if (!(error instanceof AresError) || !['TRANSFER_INVALID', 'BALANCE_NEGATIVE'].includes(error.code)) throw error;
      return conflict(error.message);
    }
  }

  const speedOf = (body: unknown) =>
    z.strictObject({ speed: speedSchema.default(context.defaultSpeed) }).parse(body ?? {}).speed;

  const routes: Readonly<Record<string, (body: unknown) => ControlAnswer | Promise<ControlAnswer>>> = {
    'GET /control/status': () => ok(status()),
    'GET /control/books': () => ok(books()),
    'POST /control/start': (body) => start(speedOf(body)),
    'POST /control/speed'(body) {
      const speed = speedOf(body);
      return pace.running() === undefined
        ? conflict('the market must run to change its speed, was paused')
        : start(speed);
    },
    'POST /control/pause'() {
      pace.stop();
      return ok(status());
    },
    'POST /control/step': (body) => step(stepSchema.parse(body ?? {}).bars),
    'POST /control/ack'(body) {
      lockstep.acknowledge(acknowledgementSchema.parse(body));
      return ok({});
    },
    'POST /control/faults'(body) {
      const scripted = faultScriptSchema.parse(body);
      faults.script('script' in scripted ? scripted.script : [scripted]);
      return ok({ faults: faults.pending() });
    },
    'GET /control/faults': () => ok(faults.report()),
    'POST /control/transfer': transfer,
  };

  return {
    async answer(method, path, body) {
      const route = routes[`${method} ${path}`];
      if (!route) return undefined;
      try {
        return await route(body);
      } catch (error) {
        if (!(error instanceof z.ZodError)) throw error;
        return { status: 400, body: { error: mustWas(error, body ?? {}) } };
      }
    },
  };
}
