import type { SlotId } from '../../src/core/models/slot.ts';
import { createExposure, type Exposure } from '../../src/core/risk/exposure.ts';
import type { SharedAccount } from './start-line.ts';

/** What the slots of one process share of their account. */
export function shareAccount(slots: readonly SlotId[]): SharedAccount {
  const funds = new Map<string, Exposure>();
  return {
    slots,
    exposure: createExposure(),
    funds: (quote) => {
      const known = funds.get(quote) ?? createExposure();
      funds.set(quote, known);
      return known;
    },
  };
}
