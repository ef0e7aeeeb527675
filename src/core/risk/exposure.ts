import type { SlotId } from '../models/slot.ts';
import { type Decimal, ZERO } from '../trading/money.ts';

/** What all lines of one process have at stake on one account, in quote currency: positions, and entries that are open. */
export interface Exposure {
  set(line: SlotId, notional: Decimal): void;
  /** Of all lines but this one. */
  ofOthers(line: SlotId): Decimal;
}

export function createExposure(): Exposure {
  const byLine = new Map<SlotId, Decimal>();
  return {
    set: (line, notional) => void byLine.set(line, notional),
    ofOthers(line) {
      let sum = ZERO;
      for (const [other, notional] of byLine) if (other !== line) sum = sum.plus(notional);
      return sum;
    },
  };
}
