import { AresError } from '../ares-error.ts';
import type { EpochMillis } from '../ports/clock.ts';
import type { Balance, Transfer } from '../ports/exchange.ts';
import { type Decimal, decimal, ZERO } from '../trading/money.ts';

/** Balances as text, for snapshots. */
export type BalanceTexts = Readonly<Record<string, { readonly free: string; readonly locked: string }>>;

/** A deposit or withdrawal as text, for snapshots. */
export type TransferTexts = Omit<Transfer, 'amount'> & { readonly amount: string };

/** The balances of one account, shared by every market it trades in; nothing of it ever goes below zero. */
export interface Account {
  balance(asset: string): Balance;
  assets(): readonly string[];
  /** Moves from free to locked. */
  lock(asset: string, amount: Decimal): void;
  /** Moves from locked to free. */
  unlock(asset: string, amount: Decimal): void;
  /** Adds to free. */
  credit(asset: string, amount: Decimal): void;
  /** Takes from free. */
  debit(asset: string, amount: Decimal): void;
  /**
   * Money that comes (above 0) or goes (below 0) other than by trading.
   *
   * @throws AresError `TRANSFER_INVALID` for an amount of 0, `BALANCE_NEGATIVE` where more would go than is free
   */
  transfer(asset: string, amount: Decimal, at: EpochMillis): Transfer;
  /** All of them, oldest first. */
  transfers(): readonly Transfer[];
  snapshot(): BalanceTexts;
}

export const transferTexts = (transfer: Transfer): TransferTexts => ({
  ...transfer,
  amount: transfer.amount.toFixed(),
});

/**
 * @param past transfers of an earlier run: new ones count on
 * @throws AresError `BALANCE_NEGATIVE` from any call that would take more than there is: a fault of the caller, nothing has changed then
 */
export function createAccount(initial: BalanceTexts, past: readonly TransferTexts[] = []): Account {
  const balances = new Map<string, { free: Decimal; locked: Decimal }>();
  for (const [asset, { free, locked }] of Object.entries(initial)) {
    balances.set(asset, { free: decimal(free), locked: decimal(locked) });
  }
  const transfers: Transfer[] = past.map((each) => ({ ...each, amount: decimal(each.amount) }));

  function change(asset: string, free: Decimal, locked: Decimal): void {
    const before = balances.get(asset);
    const after = {
      free: before ? before.free.plus(free) : free,
      locked: before && locked === ZERO ? before.locked : (before?.locked ?? ZERO).plus(locked),
    };
    if (after.free.s < 0 || after.locked.s < 0) checkNotNegative(asset, after);
    if (before) {
      before.free = after.free;
      before.locked = after.locked;
    } else {
      balances.set(asset, after);
    }
  }

  function checkNotNegative(asset: string, { free, locked }: { free: Decimal; locked: Decimal }): void {
    if (free.gte(ZERO) && locked.gte(ZERO)) return;
    const was = `${free.toFixed()} free and ${locked.toFixed()} locked`;
    throw new AresError('BALANCE_NEGATIVE', `${asset} balance must not go below 0, would be ${was}`, { asset });
  }

  const balance = (asset: string): Balance => {
    const { free, locked } = balances.get(asset) ?? { free: ZERO, locked: ZERO };
    return { free, locked };
  };

  return {
    balance,
    assets: () => [...balances.keys()],
    lock: (asset, amount) => change(asset, amount.neg(), amount),
    unlock: (asset, amount) => change(asset, amount, amount.neg()),
    credit: (asset, amount) => change(asset, amount, ZERO),
    debit: (asset, amount) => change(asset, amount.neg(), ZERO),
    transfer(asset, amount, at) {
      if (amount.eq(ZERO)) throw new AresError('TRANSFER_INVALID', 'amount must be above or below 0, was 0', { asset });
      change(asset, amount, ZERO);
      const transfer: Transfer = { id: `transfer-${transfers.length + 1}`, asset, amount, at };
      transfers.push(transfer);
      return transfer;
    },
    transfers: () => transfers,
    snapshot: () =>
      Object.fromEntries(
        [...balances].map(([asset, { free, locked }]) => [asset, { free: free.toFixed(), locked: locked.toFixed() }]),
      ),
  };
}
