import type { ApprovedOrder, ProposedOrder } from '../risk/approved-order.ts';
import { checkRisk } from '../risk/risk-engine.ts';
import { clientOrderId } from './client-order-id.ts';
import type { Decision, ExitCause } from './decision.ts';
import type { DecisionInputs } from './decision-inputs.ts';
import { entryObstacle, entryTerms } from './entry-rules.ts';
import { exitAtClose, isWatched } from './exit-rules.ts';
import { riskContext } from './line-view.ts';
import { type Decimal, decimalOf, price, type Quantity, quantity, ZERO } from './money.ts';
import { intentOf, sellable, signalOf } from './strategy.ts';

export interface BarDecision {
  readonly decision: Decision;
  /** What is to be sent: an entry at once, a sale when what rests for sale is out of its way. */
  readonly order: ApprovedOrder | null;
  /** Entries that rest are to be cancelled: the signal is against them. */
  readonly cancelEntries: boolean;
}

type Undecided = Omit<Decision, 'reason'>;

/** Everything the trader decides at a bar's close; nothing but the inputs is looked at. */
export function decide(inputs: DecisionInputs): BarDecision {
  const { probability, settings } = inputs;
  const base: Undecided = {
    barClose: inputs.barClose,
    close: inputs.close,
    runId: inputs.runId,
    modelHash: inputs.modelHash,
    probability,
    signal: probability === null ? null : signalOf(probability, settings.strategy),
    action: 'none',
    exitCause: null,
    clientOrderId: null,
    side: null,
    quantity: null,
  };
  const busy = obstacle(inputs);
  if (busy !== undefined) return nothing(base, busy);
  const mark = decimalOf(inputs.close);
  const held = sellable(inputs.position.quantity, mark, inputs.rules);
  const cause = held.gt(ZERO) ? exitCause(inputs, base.signal) : null;
  if (cause) return leave(inputs, { ...base, exitCause: cause }, quantity(held), mark);
  if (inputs.runId === null) return nothing(base, 'no model is in production');
  if (base.signal === null) return nothing(base, 'not enough history for the features');
  if (base.signal === 'flat' && inputs.openOrders.some(({ leg }) => leg === 'entry'))
    return { ...nothing(base, 'the entry that rests is cancelled'), cancelEntries: true };
  return base.signal === 'long' ? enter(inputs, base, mark) : nothing(base, IN_PLACE);
}

const IN_PLACE = 'the position is where the signal wants it';

const nothing = (base: Undecided, reason: string): BarDecision => ({
  decision: { ...base, reason },
  order: null,
  cancelEntries: false,
});

/** Why nothing new may be decided. */
function obstacle({ leaving, openOrders, unanswered, decidedBefore }: DecisionInputs): string | undefined {
  if (unanswered !== null) return `the exchange did not say what became of order ${unanswered}`;
  if (leaving !== null) return `the position is being left: ${leaving}`;
  for (const { clientOrderId: id, leg, state } of openOrders) {
    const rests = state === 'acknowledged' || state === 'partially_filled';
    // What protects a position is as good as there once it is sent: a sale waits for the answer, and a decision must not depend on how fast that comes.
    const isOnItsWay = (leg === 'stop_loss' || leg === 'take_profit') && (state === 'intent' || state === 'sent');
    if ((!rests && !isOnItsWay) || leg === 'exit') return `order ${id} is ${state}`;
  }
  return decidedBefore ? 'an order for this bar was sent before a restart' : undefined;
}

function exitCause(inputs: DecisionInputs, signal: Decision['signal']): ExitCause | null {
  const { holding, openOrders, position, rules, settings } = inputs;
  if (holding && isWatched(settings.exits)) {
    const watched = {
      stop: !openOrders.some(({ leg }) => leg === 'stop_loss'),
      takeProfit: !openOrders.some(({ leg }) => leg === 'take_profit'),
    };
    const touched = exitAtClose(inputs, { position, holding, watched }, settings.exits, rules);
    if (touched) return touched;
  }
  return signal === 'flat' ? 'signal' : null;
}

function leave(inputs: DecisionInputs, base: Undecided, held: Quantity, mark: Decimal): BarDecision {
  const proposed = propose(inputs, 'exit', held, mark, { type: 'market' });
  // What rests is cancelled before the sale, and an entry too.
  const context = riskContext(
    inputs,
    { leg: 'exit', barClose: inputs.barClose, alreadySent: false, instead: () => true },
    mark,
  );
  return judged(base, proposed, checkRisk(proposed, inputs.settings.limits, context));
}

function enter(inputs: DecisionInputs, base: Undecided, mark: Decimal): BarDecision {
  const { book, equity, position, rules, settings } = inputs;
  const { strategy, entry, limits } = settings;
  const terms = entryTerms(entry, mark, book, rules);
  const dearest = [book?.ask, terms.limitPrice].reduce<Decimal>((most, each) => (each?.gt(most) ? each : most), mark);
  const intent = intentOf('long', position.quantity, mark, equity, strategy, rules, {
    freeQuote: inputs.freeQuote,
    worstPrice: dearest.plus(dearest.times(rules.takerFee)),
  });
  if (!intent) return nothing(base, IN_PLACE);
  const [open] = inputs.openOrders;
  if (open) return nothing(base, `order ${open.clientOrderId} is ${open.state}`);
  const proposed = propose(inputs, 'entry', intent.quantity, mark, terms);
  const context = riskContext(inputs, { leg: 'entry', barClose: inputs.barClose, alreadySent: false }, mark);
  const risk = checkRisk(proposed, limits, context);
  const unfit = risk.outcome === 'approved' ? entryObstacle(entry, mark, book, rules) : undefined;
  if (unfit === undefined) return judged(base, proposed, risk);
  return {
    order: null,
    cancelEntries: false,
    decision: { ...wanted(base, proposed), action: 'refused', reason: unfit },
  };
}

function propose(
  inputs: DecisionInputs,
  leg: 'entry' | 'exit',
  amount: Quantity,
  mark: Decimal,
  terms: Pick<ProposedOrder, 'type' | 'limitPrice' | 'timeInForce'>,
): ProposedOrder {
  const { slot, barClose, epoch, nextAttempt, rules } = inputs;
  return {
    symbol: rules.symbol,
    clientOrderId: clientOrderId({ slot, barClose, leg, attempt: nextAttempt[leg], epoch }),
    side: leg === 'entry' ? 'buy' : 'sell',
    quantity: amount,
    referencePrice: price(mark),
    ...terms,
  };
}

const wanted = (base: Undecided, { side, quantity: amount }: ProposedOrder): Undecided => ({
  ...base,
  side,
  quantity: amount.toFixed(),
});

function judged(base: Undecided, proposed: ProposedOrder, risk: ReturnType<typeof checkRisk>): BarDecision {
  const tried = wanted(base, proposed);
  if (risk.outcome === 'refused') {
    const reason = `${risk.rule}: ${risk.reason}`;
    return { order: null, cancelEntries: false, decision: { ...tried, action: 'refused', reason } };
  }
  return {
    order: risk.order,
    cancelEntries: false,
    decision: { ...tried, action: 'order', reason: '', clientOrderId: proposed.clientOrderId },
  };
}
