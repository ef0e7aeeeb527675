import { AresError } from '../ares-error.ts';
import type { Balance } from '../ports/exchange.ts';
import { type Decimal, decimal, ZERO } from '../trading/money.ts';

/** Balances as text, for snapshots. */
export type BalanceTexts = Readonly<Record<string, { readonly free: string; readonly locked: string }>>;

/** The balances of one account; nothing of it ever goes below zero. */
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
  snapshot(): BalanceTexts;
}

/** @throws AresError `BALANCE_NEGATIVE` from any call that would take more than there is: a fault of the caller, nothing has changed then */
export function createAccount(initial: BalanceTexts): Account {
  const balances = new Map<string, { free: Decimal; locked: Decimal }>();
  for (const [asset, { free, locked }] of Object.entries(initial)) {
    balances.set(asset, { free: decimal(free), locked: decimal(locked) });
  }

  function change(asset: string, free: Decimal, locked: Decimal): void {
    const before = balances.get(asset) ?? { free: ZERO, locked: ZERO };
    const after = { free: before.free.plus(free), locked: before.locked.plus(locked) };
    if (after.free.lt(ZERO) || after.locked.lt(ZERO)) {
      const was = `${after.free.toFixed()} free and ${after.locked.toFixed()} locked`;
      throw new AresError('BALANCE_NEGATIVE', `${asset} balance must not go below 0, would be ${was}`, { asset });
    }
    balances.set(asset, after);
  }

  return {
    balance: (asset) => balances.get(asset) ?? { free: ZERO, locked: ZERO },
    assets: () => [...balances.keys()],
    lock: (asset, amount) => change(asset, amount.neg(), amount),
    unlock: (asset, amount) => change(asset, amount, amount.neg()),
    credit: (asset, amount) => change(asset, amount, ZERO),
    debit: (asset, amount) => change(asset, amount.neg(), ZERO),
    snapshot: () =>
      Object.fromEntries(
        [...balances].map(([asset, { free, locked }]) => [asset, { free: free.toFixed(), locked: locked.toFixed() }]),
      ),
  };
}
