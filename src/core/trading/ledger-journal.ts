import { AresError } from '../ares-error.ts';
import { type EventData, type EventName, newEvent } from '../events/catalogue.ts';
import { indexes, keys } from '../ledger-keys.ts';
import type { SlotId } from '../models/slot.ts';
import type { EpochMillis, WallClock } from '../ports/clock.ts';
import type { Fill } from '../ports/exchange.ts';
import type { AppendRecord, AuditDraft, Commit, JsonObject, Ledger, Write } from '../ports/ledger.ts';
import { decisionToJson } from './decision.ts';
import { decisionInputsHash, decisionInputsToJson } from './decision-inputs.ts';
import { averagePrice, filledByFills, isSettled, type OwnOrder, ownOrderToJson } from './own-order.ts';
import { accountToJson } from './slot-account.ts';
import type { TradingJournal } from './trading-journal.ts';

export interface LedgerJournalOptions {
  readonly slot: SlotId;
  /** This process run. */
  readonly sessionId: string;
  /** Added to every commit: fails when another trader owns the slot. */
  readonly guard: () => Write;
  /** Version of the account item as read at start-up. */
  readonly accountVersion: number;
  /** Versions of unsettled order items as read at start-up. */
  readonly orderVersions: ReadonlyMap<string, number>;
  /** Market time, for what is written about the market. */
  readonly marketTime: () => EpochMillis;
  /** Called as soon as a write has failed. */
  readonly onFailure: (error: unknown) => void;
}

export function fillToRecord(slot: SlotId, fill: Fill, clientOrderId: string): AppendRecord {
  return {
    key: keys.fill(slot, fill.executedAt, fill.tradeId),
    value: {
      clientOrderId,
      exchangeOrderId: fill.exchangeOrderId,
      symbol: fill.symbol,
      tradeId: fill.tradeId,
      side: fill.side,
      price: fill.price.toFixed(),
      quantity: fill.quantity.toFixed(),
      fee: fill.fee.toFixed(),
      feeAsset: fill.feeAsset,
      executedAt: fill.executedAt,
    },
  };
}

/** The journal of a live, paper or shadow trader: guarded commits on the ledger, one after the other. */
export function createLedgerJournal(
  options: LedgerJournalOptions,
  ports: { readonly ledger: Ledger; readonly wallClock: WallClock },
): TradingJournal {
  const { slot, sessionId } = options;
  const orderVersions = new Map(options.orderVersions);
  let accountVersion = options.accountVersion;
  let marks = 0;
  let tail: Promise<void> = Promise.resolve();
  let failure: unknown;

  /** After a write that failed nothing is written: the next one's account has in it what the failed one should have said. */
  const enqueue = (write: () => Promise<void>): void => {
    tail = tail
      .then(() => (failure === undefined ? write() : undefined))
      .catch((error: unknown) => {
        failure ??= error;
        options.onFailure(error);
      });
  };
  const commit = async (part: Omit<Commit, 'writes'> & { readonly writes: readonly Write[] }): Promise<void> => {
    const outcome = await ports.ledger.commit({ ...part, writes: [options.guard(), ...part.writes] });
    if (outcome.outcome === 'conflict') {
      throw new AresError(
        'FENCED',
        `the trader must own ${slot} and its books, but these had changed: ${outcome.keys.map((key) => key.sk).join(', ')}`,
        { slot },
      );
    }
  };
  const audit = (eventType: string, action: string, details: JsonObject): AuditDraft => ({
    stream: 'trading',
    timestamp: options.marketTime(),
    eventType,
    user: 'trader',
    action,
    details: { slot, ...details },
    sessionId,
  });
  const event = <N extends EventName>(
    name: N,
    token: string,
    sequence: number,
    correlationId: string,
    data: EventData<N>,
  ) =>
    newEvent(
      name,
      {
        id: `${token}:event`,
        version: 1,
        occurredAt: options.marketTime(),
        correlationId,
        causationId: null,
        slot,
        sequence,
      },
      data,
    );
  const orderWrite = (order: OwnOrder): Write => {
    const version = orderVersions.get(order.clientOrderId);
    orderVersions.set(order.clientOrderId, (version ?? 0) + 1);
    const put = {
      kind: 'put',
      key: keys.order(slot, order.clientOrderId),
      expected: version ?? 'absent',
      value: { ...ownOrderToJson(order), settled: isSettled(order) },
    } as const;
    return isSettled(order) ? put : { ...put, index: indexes.unsettledOrders(slot, order.clientOrderId) };
  };

  return {
    decision: (decision, inputs) =>
      enqueue(() => {
        // Here, not where it was decided: what a decision was made from is written and hashed when nobody waits for it.
        const plain = decisionInputsToJson(inputs);
        const value = { ...decisionToJson(decision), inputs: plain, inputsHash: decisionInputsHash(plain) };
        return ports.ledger.append([{ key: keys.decision(slot, decision.barClose), value }]);
      }),
    intent: (order) =>
      enqueue(() =>
        commit({ token: `intent:${order.clientOrderId}`, writes: [orderWrite(order)], audit: [], events: [] }),
      ),
    settled: (order, account, realisedPnl) =>
      enqueue(async () => {
        const id = order.clientOrderId;
        const token = `settle:${id}`;
        await ports.ledger.append([...order.fills.values()].map((fill) => fillToRecord(slot, fill, id)));
        const average = averagePrice(order);
        const fees: Record<string, string> = {};
        for (const fill of order.fills.values())
          fees[fill.feeAsset] = fill.fee.plus(fees[fill.feeAsset] ?? 0).toFixed();
        const outcome = { clientOrderId: id, symbol: order.symbol };
        // A cancel is our own doing: nobody need be told that the exchange did not take the order.
        const ending = average ? 'TradeExecuted' : order.state === 'cancelled' ? 'OrderCancelled' : 'OrderRejected';
        const events = average
          ? [
              event('TradeExecuted', token, account.trades, id, {
                ...outcome,
                exchangeOrderId: order.exchangeOrderId ?? '',
                side: order.side,
                quantity: filledByFills(order).toFixed(),
                averagePrice: average.toFixed(),
                fees,
                realisedPnl: realisedPnl.toFixed(),
                modelHash: order.modelHash,
                barClose: order.barClose,
              }),
            ]
          : ending === 'OrderCancelled'
            ? []
            : [
                event('OrderRejected', token, account.trades, id, {
                  ...outcome,
                  code: order.state,
                  reason: order.reason ?? 'ended without a fill',
                }),
              ];
        await commit({
          token,
          writes: [
            orderWrite(order),
            { kind: 'put', key: keys.account(slot), expected: accountVersion, value: accountToJson(account) },
          ],
          audit: [
            audit(ending, order.state, {
              ...outcome,
              side: order.side,
              leg: order.leg,
              type: order.type,
              quantity: order.quantity.toFixed(),
              filled: filledByFills(order).toFixed(),
              averagePrice: average?.toFixed() ?? null,
              realisedPnl: realisedPnl.toFixed(),
              modelHash: order.modelHash,
              reason: order.reason,
            }),
          ],
          events,
        });
        accountVersion += 1;
      }),
    marked: (account) =>
      enqueue(async () => {
        await commit({
          token: `mark:${sessionId}:${slot}:${marks++}`,
          writes: [{ kind: 'put', key: keys.account(slot), expected: accountVersion, value: accountToJson(account) }],
          audit: [],
          events: [],
        });
        accountVersion += 1;
      }),
    transferred: (transfer, account) =>
      enqueue(async () => {
        const { id, asset, at } = transfer;
        const amount = transfer.amount.toFixed();
        await commit({
          token: `transfer:${sessionId}:${slot}:${id}:${marks++}`,
          writes: [
            { kind: 'put', key: keys.account(slot), expected: accountVersion, value: accountToJson(account) },
            // A transfer is taken into the books once, whoever finds it.
            { kind: 'put', key: keys.transfer(slot, id), expected: 'absent', value: { asset, amount, at } },
          ],
          audit: [
            audit('TransferBooked', amount.startsWith('-') ? 'withdrawal' : 'deposit', { id, asset, amount, at }),
          ],
          events: [],
        });
        accountVersion += 1;
      }),
    swapped: (swap) =>
      enqueue(() =>
        commit({
          token: `swap:${sessionId}:${slot}:${marks++}`,
          writes: [],
          audit: [audit('ModelSwapped', 'swap', swap)],
          events: [],
        }),
      ),
    failed: ({ code, message }) =>
      enqueue(() => {
        const token = `failed:${sessionId}:${slot}:${marks++}`;
        return commit({
          token,
          writes: [],
          audit: [audit('SystemError', code, { message })],
          events: [event('SystemError', token, ports.wallClock.now(), token, { component: 'trader', code, message })],
        });
      }),
    flush: async () => {
      await tail;
      if (failure !== undefined) throw failure;
    },
  };
}
