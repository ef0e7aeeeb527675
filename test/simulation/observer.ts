import { verifyAudit } from '../../src/core/audit/verify-audit.ts';
import { DEFAULT_CONFIG, type LiveConfig, liveConfigSchema } from '../../src/core/config/live-config.ts';
import { indexes, keys } from '../../src/core/ledger-keys.ts';
import type { Fill } from '../../src/core/ports/exchange.ts';
import type { Item, Key } from '../../src/core/ports/ledger.ts';
import type { ApprovedOrder } from '../../src/core/risk/approved-order.ts';
import { parseClientOrderId } from '../../src/core/trading/client-order-id.ts';
import { type Decimal, decimal, floorToStep, ZERO } from '../../src/core/trading/money.ts';
import { parseAccount } from '../../src/core/trading/slot-account.ts';
import type { VirtualProcess } from './virtual-process.ts';
import { SLOT, type World } from './world.ts';

/** A promise that was not kept. */
export interface Violation {
  readonly seed: number;
  readonly step: number;
  readonly invariant: string;
  readonly message: string;
}

/** What is looked at of a decision. */
export interface Decided {
  readonly action: string;
  readonly reason: string;
  readonly signal: string | null;
  readonly clientOrderId: string | null;
}

/** Who sees everything in a world and holds it against what was promised. */
export interface Observer {
  readonly violations: readonly Violation[];
  violated(invariant: string, message: string): void;
  /** A trader hands orders over; `replaces` is the order that the first takes the place of. */
  sending(process: VirtualProcess, orders: readonly ApprovedOrder[], replaces: string | undefined): void;
  accepted(clientOrderId: string): void;
  traded(fill: Fill): void;
  /** Somebody else traded on the account, or it is explained in another way why the books cannot fit. */
  explainMismatch(why: string): void;
  ledgerWrote(key: Key, text: string): void;
  ledgerRead(process: VirtualProcess, key: Key, item: Item | undefined): void;
  /** Looks at what must hold at any time; call it every few seconds. */
  look(state: { readonly readySince: number | undefined; readonly price: number }): void;
  /** Looks at what must hold when nothing has been wrong for a while. */
  calm(state: { readonly readySince: number | undefined }): void;
  /** After the last trader has left in order. */
  finish(): Promise<void>;
  readonly mode: 'ACTIVE' | 'REDUCING' | 'HALTED';
  readonly modeSince: number;
  readonly modeReason: string;
  readonly decisions: ReadonlyMap<number, Decided>;
  /** How many orders a trader has handed over. */
  readonly sent: number;
  /** What the trader's own trades have left, by the exchange's count. */
  position(): Decimal;
}

const MAX_VIOLATIONS = 20;
const QUIET_MS = 150_000;
/** A mode that was written is heard of through the queue; longer is too long when nothing is wrong. */
const HEARD_WITHIN_MS = 40_000;
/** An answer of a slow database, and of what was asked with it. */
const KNOWN_WITHIN_MS = 15_000;
const NAKED_FOR_MS = 180_000;
const ORPHANED_FOR_MS = 120_000;

export function createObserver(world: () => World): Observer {
  const violations: Violation[] = [];
  const sent = new Map<string, number>();
  const acceptedIds = new Set<string>();
  const decisions = new Map<number, Decided>();
  const ownTrades: Fill[] = [];
  const explained: string[] = [];
  const fillRecords = new Map<string, string>();
  const configReads = new WeakMap<VirtualProcess, { readonly at: number; readonly config: LiveConfig }[]>();
  const modeReads = new WeakMap<VirtualProcess, { readonly at: number; readonly mode: string }>();
  const growths = new WeakMap<VirtualProcess, number[]>();
  const sends = new WeakMap<VirtualProcess, number[]>();
  const entriesOfBar = new Map<string, number>();
  /** By version. */
  const configs = new Map<number, LiveConfig>();
  let epoch = 0;
  let position: Decimal = ZERO;
  let config: LiveConfig = DEFAULT_CONFIG;
  let mode: Observer['mode'] = 'ACTIVE';
  let modeSince = 0;
  let modeReason = '';
  let nakedSince: number | undefined;
  let orphanedSince: number | undefined;

  const now = (): number => world().scheduler.now;
  const violated = (invariant: string, message: string): void => {
    world().trace(`VIOLATION ${invariant}: ${message}`);
    if (violations.length < MAX_VIOLATIONS)
      violations.push({ seed: world().seed, step: world().scheduler.steps, invariant, message });
  };
  const isOwn = (id: string | undefined): boolean => id !== undefined && parseClientOrderId(SLOT, id) !== undefined;

  /** The loosest of what the trader may still believe: what it read last, and what it had before while that was on its way. */
  const limitsOf = (process: VirtualProcess): { of(name: keyof LiveConfig['risk']): Decimal } => {
    const reads = configReads.get(process) ?? [];
    const recent = reads.filter(({ at }, i) => i >= reads.length - 2 || at > now() - 60_000);
    const known = recent.length > 0 ? recent.map((read) => read.config) : [config];
    return {
      of: (name) =>
        known
          .map(({ risk }) => decimal(String(risk[name])))
          .reduce((loosest, each) => (each.gt(loosest) ? each : loosest)),
    };
  };
  const openGrowth = (except: readonly string[]): Decimal => {
    let sum = ZERO;
    for (const tracked of world().orders.all()) {
      if (tracked.endedAt !== undefined || tracked.order.side !== 'buy' || except.includes(tracked.id)) continue;
      if (tracked.status === undefined && tracked.calledAt < now() - 20_000) continue;
      const report = world().server.order(tracked.id);
      sum = sum.plus(report ? tracked.order.quantity.minus(report.filled) : tracked.order.quantity);
    }
    return sum;
  };

  const checkLimits = (process: VirtualProcess, order: ApprovedOrder, replaces: string | undefined): void => {
    const limits = limitsOf(process);
    const clock = process.monotonic.now();
    const all = (sends.get(process) ?? []).filter((at) => at > clock - 1_000);
    all.push(clock);
    sends.set(process, all);
    if (order.side !== 'buy') return;
    const grown = (growths.get(process) ?? []).filter((at) => at > clock - 60_000);
    grown.push(clock);
    growths.set(process, grown);
    if (decimal(String(grown.length)).gt(limits.of('maxOrdersPerMinute')))
      violated('order rate', `${grown.length} purchases within a minute, ${order.clientOrderId} the last`);
    const worst = order.limitPrice ?? order.referencePrice;
    const notional = order.quantity.times(worst);
    const within = (name: 'maxOrderNotional' | 'maxPositionNotional' | 'maxGrossNotional', value: Decimal): void => {
      const limit = limits.of(name);
      if (value.gt(limit))
        violated(name, `${order.clientOrderId} makes it ${value.toFixed(2)}, at most ${limit.toFixed()} was allowed`);
    };
    within('maxOrderNotional', notional);
    const open = openGrowth([order.clientOrderId, ...(replaces === undefined ? [] : [replaces])]);
    const held = position.plus(open).plus(order.quantity).times(worst);
    within('maxPositionNotional', held);
    within('maxGrossNotional', held);
  };

  const observer: Observer = {
    violations,
    violated,
    decisions,
    get sent() {
      return sent.size;
    },
    get mode() {
      return mode;
    },
    get modeSince() {
      return modeSince;
    },
    get modeReason() {
      return modeReason;
    },
    position: () => position,
    explainMismatch: (why) => void explained.push(why),
    sending(process, orders, replaces) {
      for (const order of orders) {
        const id = order.clientOrderId;
        world().trace(
          `${process.name} sends ${id} ${order.side} ${order.quantity.toFixed()} ${order.type} at ${order.referencePrice.toFixed()}${replaces ? ` for ${replaces}` : ''}`,
        );
        if (sent.has(id)) violated('an id is sent once', `${id} was sent again`);
        sent.set(id, now());
        const name = parseClientOrderId(SLOT, id);
        if (!name) violated('own ids', `${id} does not name this slot`);
        else if (name.epoch < epoch) violated('one owner', `${id} was sent when epoch ${epoch} had already taken over`);
        const read = modeReads.get(process);
        if (read?.mode === 'HALTED' && read.at < now() - KNOWN_WITHIN_MS)
          violated('HALTED places nothing', `${id} was sent by a trader that had read HALTED`);
        else if (mode === 'HALTED' && modeSince < now() - HEARD_WITHIN_MS && world().faults.quietSince(modeSince))
          violated('HALTED places nothing', `${id} was sent ${now() - modeSince} ms after the halt`);
        checkLimits(process, order, replaces);
        world().orders.called(order, process);
      }
    },
    accepted(id) {
      world().orders.accepted(id);
      const name = parseClientOrderId(SLOT, id);
      if (!name) return;
      if (acceptedIds.has(id)) violated('nothing doubled', `the exchange took ${id} twice`);
      acceptedIds.add(id);
      if (name.epoch < epoch) violated('one owner', `${id} was taken after epoch ${epoch} had taken over`);
      // A position may be left in several steps, each at the bar that is the newest then; entered it is once.
      if (name.leg === 'entry') {
        const bar = `entry ${name.barClose}`;
        const before = entriesOfBar.get(bar);
        if (before !== undefined && before !== name.epoch)
          violated('a bar is decided once', `${bar} by epochs ${before} and ${name.epoch}`);
        entriesOfBar.set(bar, name.epoch);
      }
    },
    traded(fill) {
      if (!isOwn(fill.clientOrderId)) {
        explained.push(`somebody else traded ${fill.side} ${fill.quantity.toFixed()}`);
        return;
      }
      ownTrades.push(fill);
      const { rules } = world().server;
      const fee = fill.feeAsset === rules.base ? fill.fee : ZERO;
      position = (fill.side === 'buy' ? position.plus(fill.quantity) : position.minus(fill.quantity)).minus(fee);
    },
    ledgerWrote(key, text) {
      if (key.table !== 'state') return;
      if (key.sk === 'lease' && key.pk.startsWith('slot#')) epoch = Number(JSON.parse(text).epoch);
      else if (key.sk === 'trading-state') {
        const value = JSON.parse(text) as { state: Observer['mode']; reason: string; by: string };
        mode = value.state;
        modeSince = now();
        modeReason = `${value.by}: ${value.reason}`;
        world().trace(`mode ${mode} by ${modeReason}`);
      } else if (key.pk === 'config' && key.sk === 'current') {
        const value = JSON.parse(text) as { readonly version: number; readonly config: unknown };
        config = liveConfigSchema.parse(value.config);
        configs.set(value.version, config);
      } else if (key.pk.startsWith('decisions#')) {
        const decision = JSON.parse(text) as Decided;
        const before = decisions.get(Number(key.sk));
        if (before?.clientOrderId && before.clientOrderId !== decision.clientOrderId)
          violated('a bar is decided once', `${key.sk}: ${before.clientOrderId}, then ${decision.clientOrderId}`);
        decisions.set(Number(key.sk), decision);
        world().trace(`decided ${decision.signal} ${decision.action} ${decision.reason}`);
      } else if (key.pk.startsWith('fills#')) {
        const { tradeId } = JSON.parse(text) as { tradeId: string };
        const before = fillRecords.get(tradeId);
        if (before !== undefined && before !== key.sk)
          violated('nothing doubled', `trade ${tradeId} is written twice: ${before} and ${key.sk}`);
        fillRecords.set(tradeId, key.sk);
      }
    },
    ledgerRead(process, key, item) {
      if (key.pk === 'config' && key.sk === 'current') {
        const read = item && configs.get(item.version) ? (configs.get(item.version) as LiveConfig) : DEFAULT_CONFIG;
        const reads = configReads.get(process) ?? [];
        reads.push({ at: now(), config: read });
        if (reads.length > 20) reads.shift();
        configReads.set(process, reads);
      } else if (key.sk === 'trading-state') {
        // What is read is known a moment later; what was loosened meanwhile is read again.
        modeReads.set(process, { at: now(), mode: String(item?.value.state ?? 'ACTIVE') });
      }
    },
    look({ readySince, price }) {
      const { server, faults } = world();
      const { rules } = server;
      const sellable = floorToStep(position.gt(0) ? position : ZERO, rules.quantityStep);
      const holds = sellable.gte(rules.minQuantity) && sellable.times(String(price)).gte(rules.minNotional);
      const own = server.openOrders().filter(({ clientOrderId }) => isOwn(clientOrderId));
      const sales = own.filter(({ side }) => side === 'sell');
      const healthy = (since: number): boolean =>
        readySince !== undefined && readySince < since && faults.quietSince(since);

      const isProtected = config.exits.protection === 'exchange' && config.exits.stopLossFraction > 0;
      if (holds && sales.length === 0 && isProtected && mode !== 'HALTED') nakedSince ??= now();
      else nakedSince = undefined;
      if (nakedSince !== undefined && now() - nakedSince > NAKED_FOR_MS && healthy(nakedSince)) {
        violated('no naked position', `${sellable.toFixed()} held without a stop for ${now() - nakedSince} ms`);
        nakedSince = undefined;
      }
      if (!holds && position.lt(rules.minQuantity) && sales.length > 0) orphanedSince ??= now();
      else orphanedSince = undefined;
      if (orphanedSince !== undefined && now() - orphanedSince > ORPHANED_FOR_MS && healthy(orphanedSince)) {
        const ids = sales.map(({ clientOrderId }) => clientOrderId).join(', ');
        violated('no orphan order', `${ids} rested for ${now() - orphanedSince} ms with nothing held`);
        orphanedSince = undefined;
      }
      if (position.lt(0)) violated('never short', `the own trades sum up to ${position.toFixed()}`);
    },
    calm({ readySince }) {
      const { faults } = world();
      if (!faults.quietSince(now() - QUIET_MS)) return;
      const halted = mode === 'HALTED' && modeReason.startsWith('trader:');
      if (
        halted &&
        explained.length === 0 &&
        /balance|fit|match|must/i.test(modeReason) &&
        !/silen|data/i.test(modeReason)
      )
        violated('no false mismatch', modeReason);
      if (readySince === undefined || readySince > now() - 30_000) {
        violated('a trader comes up', `nothing was wrong for ${QUIET_MS} ms and no trader is ready`);
        return;
      }
      const { barMillis } = world();
      const newest = Math.floor((now() - 5_000) / barMillis) * barMillis;
      for (let barClose = newest; barClose > newest - 5 * barMillis && barClose > readySince; barClose -= barMillis)
        if (!decisions.has(barClose)) violated('every bar is decided', `the bar closing at ${barClose} was not`);
      compareBooks();
    },
    async finish() {
      const { ledger } = world();
      compareBooks();
      const ours = new Set(fillRecords.keys());
      for (const fill of ownTrades) {
        if (ours.has(fill.tradeId)) continue;
        const { value } = ledger.get(keys.order(SLOT, fill.clientOrderId ?? '')) ?? { value: undefined };
        if (value && value.settled !== true) continue;
        violated('nothing lost', `trade ${fill.tradeId} of ${fill.clientOrderId} is not in the ledger`);
      }
      const theirs = new Set(ownTrades.map(({ tradeId }) => tradeId));
      for (const tradeId of ours)
        if (!theirs.has(tradeId)) violated('nothing doubled', `trade ${tradeId} is in the ledger and never happened`);
      const audit = await verifyAudit(ledger.port);
      if (!audit.valid) violated('the audit chain verifies', JSON.stringify(audit));
    },
  };

  /** The books, with the fills of what has not ended, against the exchange. */
  function compareBooks(): void {
    const { ledger, server } = world();
    const item = ledger.get(keys.account(SLOT));
    if (!item) {
      if (ownTrades.length > 0) violated('position equals', 'there are trades and no books');
      return;
    }
    const account = parseAccount(item.value);
    if (mode === 'HALTED' && modeReason.startsWith('trader:') && explained.length > 0) return;
    const { rules } = server;
    const unsettled = ledger.query({ table: 'state', pk: indexes.unsettledOrders(SLOT).pk, by: 'index', limit: 100 });
    const open = new Set(unsettled.items.map(({ key }) => key.sk));
    let quantity = account.position.quantity;
    let quoteFlow = account.quoteFlow;
    for (const fill of ownTrades) {
      const id = fill.clientOrderId ?? '';
      const stored = ledger.get(keys.order(SLOT, id));
      const isBooked = stored !== undefined && stored.value.settled === true && !open.has(id);
      if (isBooked) continue;
      const gross = fill.price.times(fill.quantity);
      const [base, quote] = fill.feeAsset === rules.base ? [fill.fee, ZERO] : [ZERO, fill.fee];
      quantity = (fill.side === 'buy' ? quantity.plus(fill.quantity) : quantity.minus(fill.quantity)).minus(base);
      quoteFlow = (fill.side === 'buy' ? quoteFlow.minus(gross) : quoteFlow.plus(gross)).minus(quote);
    }
    if (!quantity.eq(position))
      violated('position equals', `the books hold ${quantity.toFixed()}, own trades ${position.toFixed()}`);
    const flow = ownTrades.reduce((sum, fill) => {
      const gross = fill.price.times(fill.quantity);
      const fee = fill.feeAsset === rules.quote ? fill.fee : ZERO;
      return (fill.side === 'buy' ? sum.minus(gross) : sum.plus(gross)).minus(fee);
    }, ZERO);
    if (!quoteFlow.eq(flow))
      violated('balances equal', `the books say a flow of ${quoteFlow.toFixed()}, own trades ${flow.toFixed()}`);
    const profit = account.quoteFlow.plus(account.position.cost);
    if (!profit.minus(account.realisedPnl).abs().lt('0.000001'))
      violated('profit is of trades', `realised ${account.realisedPnl.toFixed()}, trades made ${profit.toFixed()}`);
    if (explained.length > 0) return;
    const base = account.baseline.base.plus(quantity);
    const quote = account.baseline.quote.plus(quoteFlow);
    for (const [asset, ours] of [
      [rules.base, base],
      [rules.quote, quote],
    ] as const) {
      const theirs = server.total(asset);
      if (!theirs.eq(ours))
        violated('balances equal', `${asset}: the books say ${ours.toFixed()}, the exchange ${theirs.toFixed()}`);
    }
  }
  return observer;
}
