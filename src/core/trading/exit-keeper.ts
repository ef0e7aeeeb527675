import type { EpochMillis } from '../ports/clock.ts';
import type { ApprovedOrder } from '../risk/approved-order.ts';
import type { RiskDecision } from '../risk/risk-engine.ts';
import type { ExitCause } from './decision.ts';
import type { EngineLine } from './engine-line.ts';
import { type Decimal, price, type Quantity, quantity, ZERO } from './money.ts';
import type { OwnOrder } from './own-order.ts';
import { sellable } from './strategy.ts';

interface Leaving {
  readonly cause: ExitCause;
  readonly barClose: EpochMillis;
  readonly modelHash: string | null;
  /** What the bar's decision has approved, while nothing has changed since. */
  approved: ApprovedOrder | undefined;
  failures: number;
  notBefore: number;
}

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;
/** After so many sales that failed somebody is told. */
const TELL_AFTER = 3;

/** Tends the leaving of a position: what rests is taken out of the way, then what is really held is sold. */
export interface ExitKeeper {
  readonly cause: ExitCause | null;
  begin(cause: ExitCause, barClose: EpochMillis, modelHash: string | null, approved?: ApprovedOrder): void;
  /** Nothing more is sold. */
  abandon(): void;
  ended(order: OwnOrder): void;
  steer(): void;
}

export function createExitKeeper(line: EngineLine): ExitKeeper {
  const { rules, desk, gate } = line;
  let leaving: Leaving | undefined;

  const held = (): Quantity => quantity(sellable(desk.effective.position.quantity, line.close, rules));
  const check = ({ barClose }: Leaving, amount: Quantity): RiskDecision =>
    gate.check(
      { leg: 'exit', barClose, side: 'sell', type: 'market', quantity: amount, referencePrice: price(line.mark) },
      // What rests is gone by the time the sale is sent.
      () => true,
    );
  const failed = (under: Leaving, reason: string): void => {
    under.failures += 1;
    under.notBefore = line.now + Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (under.failures - 1));
    line.log.warn('a position could not be left yet', { cause: under.cause, reason });
    if (under.failures === TELL_AFTER) {
      const message = `a position of ${rules.symbol} should be left (${under.cause}) and was not ${TELL_AFTER} times, it is tried again: ${reason}`;
      line.journal.failed({ code: 'EXIT_FAILED', message });
    }
  };
  const purposeOf = ({ barClose, cause, modelHash }: Leaving) => ({
    leg: 'exit' as const,
    barClose,
    modelHash,
    ...(cause === 'signal' ? {} : { reason: cause }),
  });

  /** Takes a resting sale out of the way; where one request can, the sale takes its place. */
  const clear = (under: Leaving, resting: readonly OwnOrder[]): void => {
    if (resting.some((order) => !desk.isAtRest(order)) || line.now < under.notBefore) return;
    const [first] = resting as [OwnOrder];
    const amount = held();
    const risk = amount.gt(ZERO) ? check(under, amount) : undefined;
    // A sale that would be refused is no reason to give up what protects the position.
    if (risk?.outcome === 'refused') failed(under, `${risk.rule}: ${risk.reason}`);
    else if (risk && resting.length === 1 && mayReplace(line, first))
      gate.send(risk.order, purposeOf(under), first.clientOrderId);
    else gate.cancel(first);
  };

  const sell = (under: Leaving): void => {
    const amount = held();
    if (amount.eq(ZERO)) {
      leaving = undefined;
      return;
    }
    if (line.now < under.notBefore) return;
    const { approved } = under;
    if (approved?.quantity.eq(amount)) {
      gate.send(approved, purposeOf(under));
      return;
    }
    const risk = check(under, amount);
    if (risk.outcome === 'refused') failed(under, `${risk.rule}: ${risk.reason}`);
    else gate.send(risk.order, purposeOf(under));
  };

  return {
    get cause() {
      return leaving?.cause ?? null;
    },
    begin(cause, barClose, modelHash, approved) {
      leaving = { cause, barClose, modelHash, approved, failures: 0, notBefore: Number.NEGATIVE_INFINITY };
    },
    abandon() {
      leaving = undefined;
    },
    ended(order) {
      if (order.leg !== 'exit' || !leaving || order.filled.gt(ZERO)) return;
      failed(leaving, order.reason ?? order.state);
      // A signal that could not be followed is asked for again at the next bar; until then the position is protected.
      if (leaving.cause === 'signal') leaving = undefined;
    },
    steer() {
      if (!leaving) return;
      const resting: OwnOrder[] = [];
      let waits = false;
      for (const order of desk.open.values()) {
        if (order.leg === 'exit') waits = true;
        else if (order.leg === 'entry') {
          waits = true;
          if (desk.isAtRest(order)) gate.cancel(order);
        } else resting.push(order);
      }
      if (!waits) {
        if (resting.length > 0) clear(leaving, resting);
        else sell(leaving);
      }
      if (leaving) leaving.approved = undefined;
    },
  };
}

/**
 * Whether a resting stop may give way to another sale in one request. Where the account holds base currency that is not this line's, a fill on the way would be sold
 * twice, out of what is not its own; where it does not, the exchange itself refuses to sell what is not there.
 */
export function mayReplace({ capabilities, desk, rules }: EngineLine, order: OwnOrder): boolean {
  const foreign: Decimal = desk.account.baseline.base;
  return (
    capabilities.replace &&
    order.state === 'acknowledged' &&
    order.fills.size === 0 &&
    order.pairId === null &&
    foreign.lt(rules.quantityStep)
  );
}
