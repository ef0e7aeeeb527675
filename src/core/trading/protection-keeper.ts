import type { RiskDecision } from '../risk/risk-engine.ts';
import type { ExitCause } from './decision.ts';
import type { EngineLine } from './engine-line.ts';
import { mayReplace } from './exit-keeper.ts';
import { type ExitLevels, exitLevels, isWorthMoving, touchedBy } from './exit-rules.ts';
import { type Decimal, type Price, price, type Quantity, quantity, ZERO } from './money.ts';
import type { OwnOrder } from './own-order.ts';
import type { SlotAccount } from './slot-account.ts';
import { sellable } from './strategy.ts';

const PAUSE_MS = 1_000;
/** Protective orders refused one after the other after which the engine alone watches the position for a while. */
const GIVE_UP_AFTER = 3;
/** What made the exchange refuse, a clock or a limit of requests, may be over by then. */
const AGAIN_AFTER_MS = 60_000;

/** What is to rest on the exchange for a position. */
interface Wanted {
  readonly quantity: Quantity;
  readonly stop: Price;
  /** `null`: the stop rests alone. */
  readonly takeProfit: Price | null;
}

/** Tends what protects a position: orders that rest on the exchange where that is wanted and possible, and its own watch over the rest. */
export interface ProtectionKeeper {
  /** What a price means for the position; `null`: nothing, or nothing that the exchange does not see to. */
  touched(lowest: Decimal | null, sellable: Decimal | null): ExitCause | null;
  /** A bar has closed: a trailing stop may be moved. */
  barClosed(): void;
  /** Settings have changed: what rests is set anew, to a looser price too. */
  reset(): void;
  ended(order: OwnOrder): void;
  /** @returns why the position is to be left at once, because its stop could only be placed where it would trigger */
  steer(): ExitCause | null;
}

export function createProtectionKeeper(line: EngineLine): ProtectionKeeper {
  const { rules, capabilities, desk, gate } = line;
  let failures = 0;
  let givenUp = false;
  let pairRefused = false;
  let notBefore = Number.NEGATIVE_INFINITY;
  let mayMove = false;
  let anew = false;
  /** Where the stop of this holding has been: it never falls. */
  let ratchet: Decimal = ZERO;
  let levels: { readonly of: SlotAccount; readonly exits: unknown; readonly levels: ExitLevels } | undefined;

  const levelsNow = (): ExitLevels | undefined => {
    const account = desk.effective;
    const { exits } = line.settings;
    const { holding, position } = account;
    if (!holding || position.quantity.lte(ZERO)) return undefined;
    if (levels?.of !== account || levels.exits !== exits)
      levels = { of: account, exits, levels: exitLevels(position, holding, exits, rules) };
    return levels.levels;
  };
  const resting = (): OwnOrder[] => {
    const orders: OwnOrder[] = [];
    for (const order of desk.open.values())
      if (order.leg === 'stop_loss' || order.leg === 'take_profit') orders.push(order);
    return orders;
  };
  const isGivenUp = (): boolean => givenUp && line.now < notBefore;
  const wantedNow = (): Wanted | undefined => {
    const now = levelsNow();
    if (line.settings.exits.protection !== 'exchange' || isGivenUp() || !now?.stop) return undefined;
    if (!capabilities.orderTypes.has('stop')) return undefined;
    const amount = quantity(sellable(desk.effective.position.quantity, line.close, rules));
    if (!amount.gt(ZERO)) return undefined;
    const pairs = capabilities.pairs && capabilities.orderTypes.has('post_only') && !pairRefused;
    const stop = now.stop.lt(ratchet) ? price(ratchet) : now.stop;
    return { quantity: amount, stop, takeProfit: pairs ? now.takeProfit : null };
  };
  const forget = (): void => {
    failures = 0;
    givenUp = false;
    pairRefused = false;
    notBefore = Number.NEGATIVE_INFINITY;
    ratchet = ZERO;
    anew = false;
  };

  const checkStop = (wanted: Wanted): RiskDecision =>
    gate.check(
      {
        leg: 'stop_loss',
        barClose: line.marketTime,
        side: 'sell',
        type: 'stop',
        quantity: wanted.quantity,
        stopPrice: wanted.stop,
        referencePrice: price(line.mark),
      },
      isProtective,
    );
  const checkProfit = (wanted: Wanted, limitPrice: Price): RiskDecision =>
    gate.check(
      {
        leg: 'take_profit',
        barClose: line.marketTime,
        side: 'sell',
        type: 'post_only',
        quantity: wanted.quantity,
        limitPrice,
        referencePrice: price(line.mark),
      },
      isProtective,
    );
  const put = (wanted: Wanted, replaces?: OwnOrder): void => {
    const stopLoss = checkStop(wanted);
    const takeProfit = wanted.takeProfit && checkProfit(wanted, wanted.takeProfit);
    for (const risk of [stopLoss, takeProfit]) {
      if (risk?.outcome !== 'refused') continue;
      notBefore = line.now + PAUSE_MS;
      line.log.warn('a position is not protected on the exchange yet', { reason: `${risk.rule}: ${risk.reason}` });
      return;
    }
    if (stopLoss.outcome !== 'approved') return;
    const purpose = { barClose: line.marketTime, modelHash: line.modelHash };
    ratchet = wanted.stop;
    anew = false;
    if (takeProfit?.outcome === 'approved')
      gate.sendPair({ stopLoss: stopLoss.order, takeProfit: takeProfit.order }, purpose);
    else gate.send(stopLoss.order, { ...purpose, leg: 'stop_loss' }, replaces?.clientOrderId);
  };

  /** Brings what rests to what is wanted: in one request where that is safe, else by a cancel first. */
  const adjust = (orders: readonly OwnOrder[], wanted: Wanted): void => {
    // A stop with fills has triggered, and does what it is for.
    if (orders.some((order) => !desk.isAtRest(order) || (order.leg === 'stop_loss' && order.filled.gt(ZERO)))) return;
    const [first] = orders as [OwnOrder];
    const stop = orders.find(({ leg }) => leg === 'stop_loss');
    const profit = orders.find(({ leg }) => leg === 'take_profit');
    if (stop?.stopPrice && isAsWanted(stop, stop.stopPrice, profit, wanted)) {
      anew = false;
      return;
    }
    if (line.now < notBefore) return;
    if (orders.length === 1 && stop && wanted.takeProfit === null && mayReplace(line, stop)) put(wanted, stop);
    else if (checkStop(wanted).outcome === 'refused') notBefore = line.now + PAUSE_MS;
    else gate.cancel(first);
  };
  const isAsWanted = (stop: OwnOrder, at: Price, profit: OwnOrder | undefined, wanted: Wanted): boolean => {
    const { takeProfit } = wanted;
    if (!stop.quantity.minus(stop.filled).eq(wanted.quantity)) return false;
    if (takeProfit === null ? profit !== undefined : !profit?.limitPrice?.eq(takeProfit)) return false;
    if (anew) return at.eq(wanted.stop);
    const highest = desk.effective.holding?.highest ?? ZERO;
    return !mayMove || !isWorthMoving(at, wanted.stop, highest, line.settings.exits, rules);
  };

  return {
    touched(lowest, sellableAt) {
      const now = levelsNow();
      if (!now || (!now.stop && !now.takeProfit)) return null;
      if (sellable(desk.effective.position.quantity, line.close, rules).eq(ZERO)) return null;
      const legs = new Set(desk.views.map(({ leg }) => leg));
      const watched = { stop: !legs.has('stop_loss'), takeProfit: !legs.has('take_profit') };
      return touchedBy({ lowest, sellable: sellableAt }, now, watched);
    },
    barClosed() {
      mayMove = true;
    },
    reset() {
      forget();
      anew = true;
    },
    ended(order) {
      if (order.leg !== 'stop_loss') return;
      if (order.state !== 'rejected' && order.state !== 'expired') return;
      if (order.filled.gt(ZERO)) return;
      failures += 1;
      if (order.pairId !== null) pairRefused = true;
      notBefore = line.now + PAUSE_MS;
      if (failures < GIVE_UP_AFTER) return;
      notBefore = line.now + AGAIN_AFTER_MS;
      if (givenUp) return;
      givenUp = true;
      const message = `the stop of ${rules.symbol} was refused ${failures} times, only the trader watches the position now: ${order.reason ?? order.state}`;
      line.log.error(message, { id: order.clientOrderId });
      line.journal.failed({ code: 'PROTECTION_FAILED', message });
    },
    steer() {
      const orders = resting();
      if (!desk.effective.holding) forget();
      for (const { stopPrice, state } of orders) {
        if (stopPrice === null || state !== 'acknowledged') continue;
        failures = 0;
        givenUp = false;
        if (!anew && stopPrice.gt(ratchet)) ratchet = stopPrice;
      }
      const wanted = wantedNow();
      if (!wanted) {
        // What rests for a position that is gone would sell the next one's.
        const first = orders.find((order) => desk.isAtRest(order));
        if (first && !isGivenUp()) gate.cancel(first);
        return null;
      }
      const { stop, takeProfit } = wanted;
      const isTriggered = line.mark.lte(stop);
      if (orders.length > 0) {
        if (!isTriggered) adjust(orders, wanted);
        mayMove = false;
        return null;
      }
      mayMove = false;
      if (isTriggered) return levelsNow()?.stopCause ?? null;
      if (takeProfit && line.mark.gte(takeProfit)) return 'take_profit';
      if (line.now >= notBefore) put(wanted);
      return null;
    },
  };
}

const isProtective = ({ leg }: { readonly leg: string }): boolean => leg === 'stop_loss' || leg === 'take_profit';
