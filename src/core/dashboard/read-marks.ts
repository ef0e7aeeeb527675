import { keys, sortable } from '../ledger-keys.ts';
import type { SlotId } from '../models/slot.ts';
import type { LedgerReader, Query } from '../ports/ledger.ts';
import { type DecisionMark, parseDecisionMark } from './decision-mark.ts';

const decisionsOf = (slot: SlotId, range: { readonly from?: number; readonly to?: number }): Omit<Query, 'limit'> => {
  const { table, pk } = keys.decision(slot, 0);
  return {
    table,
    pk,
    ...(range.from === undefined ? {} : { from: sortable(range.from) }),
    ...(range.to === undefined ? {} : { to: sortable(range.to) }),
  };
};

/** The newest decisions from `since` on, oldest first; at most `limit`. */
export async function readNewestMarks(
  ledger: LedgerReader,
  slot: SlotId,
  since: number,
  limit: number,
): Promise<readonly DecisionMark[]> {
  const page = await ledger.query({ ...decisionsOf(slot, { from: since }), order: 'descending', limit });
  return page.items.map(parseDecisionMark).reverse();
}

/** The first decision from `from` on that is not after `to`. */
export async function readFirstMark(
  ledger: LedgerReader,
  slot: SlotId,
  from: number,
  to?: number,
): Promise<DecisionMark | undefined> {
  const page = await ledger.query({ ...decisionsOf(slot, { from, ...(to === undefined ? {} : { to }) }), limit: 1 });
  return page.items.map(parseDecisionMark)[0];
}

/**
 * One decision from each cell of a grid between two times, without reading those between: as many reads as there are cells.
 *
 * A gap in the decisions is crossed in one step.
 */
export async function sampleMarks(
  ledger: LedgerReader,
  slot: SlotId,
  range: { readonly from: number; readonly to: number; readonly stride: number },
): Promise<readonly DecisionMark[]> {
  const { to, stride } = range;
  const marks: DecisionMark[] = [];
  let from = range.from;
  while (from <= to) {
    const mark = await readFirstMark(ledger, slot, from, to);
    if (!mark) break;
    marks.push(mark);
    from = (Math.floor(mark.barClose / stride) + 1) * stride;
  }
  return marks;
}
