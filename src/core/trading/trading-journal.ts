import type { Transfer } from '../ports/exchange.ts';
import type { Decision } from './decision.ts';
import type { DecisionInputs } from './decision-inputs.ts';
import type { Decimal } from './money.ts';
import type { OwnOrder } from './own-order.ts';
import type { SlotAccount } from './slot-account.ts';

/**
 * Where the engine writes what it did. Calls are taken in order and return at once; what fails is thrown by the next `flush`, and ends the process.
 */
export interface TradingJournal {
  /** A bar was decided, from these inputs and nothing else. */
  decision(decision: Decision, inputs: DecisionInputs): void;
  /** The order is on its way to the exchange. */
  intent(order: OwnOrder): void;
  /** The order has ended: its fills, the account after it, audit and event. */
  settled(order: OwnOrder, account: SlotAccount, realisedPnl: Decimal): void;
  /** Risk's marks, or what exits are measured from, have moved. */
  marked(account: SlotAccount): void;
  /** Money came or went other than by trading, and is in the account's baseline from here on. */
  transferred(transfer: Transfer, account: SlotAccount): void;
  /** Another model decides from here on. */
  swapped(swap: { readonly fromRunId: string | null; readonly toRunId: string; readonly modelHash: string }): void;
  /** Something failed and a fallback holds. */
  failed(failure: { readonly code: string; readonly message: string }): void;
  /** Resolves when everything above is written. @throws what could not be written */
  flush(): Promise<void>;
}
