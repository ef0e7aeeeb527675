import { EMPTY_BOOKS } from '../../../src/core/dashboard/books.ts';
import { type AlarmView, readHealthView } from '../../../src/core/dashboard/health-view.ts';
import {
  type AccountView,
  type Overview,
  readOverview,
  type TraderView,
} from '../../../src/core/dashboard/overview.ts';
import { readNewestMarks } from '../../../src/core/dashboard/read-marks.ts';
import { MODEL_STATES, type ModelState } from '../../../src/core/models/lifecycle.ts';
import type { SlotId } from '../../../src/core/models/slot.ts';
import type { WallClock } from '../../../src/core/ports/clock.ts';
import type { DeadLetters } from '../../../src/core/ports/deliveries.ts';
import type { LedgerReader } from '../../../src/core/ports/ledger.ts';
import { allModels } from '../models/all-models.ts';

/** How a slot stands. Times are epoch milliseconds: the trader's and the check's of the wall, the others of the market. */
export interface Status {
  readonly slot: SlotId;
  readonly symbols: { readonly base: string; readonly quote: string };
  readonly trading: Overview['trading'];
  readonly champion: Overview['model'];
  /** `null` when it has never reported. */
  readonly trader: (TraderView & { readonly ageMs: number }) | null;
  readonly market: Overview['market'];
  /** Money in quote currency, as decimal text; `null` before the trader opened its books. */
  readonly account: Omit<AccountView, 'fees' | 'exits' | 'wins'> | null;
  readonly models: Readonly<Record<ModelState, number>>;
  readonly alarms: readonly AlarmView[];
  readonly deadEvents: number;
  readonly health: { readonly status: string; readonly reason: string; readonly checkedAt: number | null };
}

interface StatusPorts {
  readonly ledger: LedgerReader;
  readonly deadLetters: Pick<DeadLetters, 'deadCount'>;
  readonly wallClock: WallClock;
}

/** Reads a slot at a glance: its newest decision and its books, not its past, so that it takes as long for an old slot as for a new one. */
export async function readStatus(slot: SlotId, { ledger, deadLetters, wallClock }: StatusPorts): Promise<Status> {
  const now = wallClock.now();
  const marks = await readNewestMarks(ledger, slot, 0, 1);
  const venue = { paper: false, label: '' };
  const history = { marks, books: EMPTY_BOOKS, equity: [] };
  const [overview, healthView, models, deadEvents] = await Promise.all([
    readOverview({ slot, venue, history, now }, ledger),
    readHealthView(ledger, slot, now),
    countModels(ledger, slot),
    deadLetters.deadCount(),
  ]);
  const { status, reason, checkedAt, alarms } = healthView;
  const { trading, model, trader, market } = overview;
  return {
    slot,
    symbols: { base: overview.slot.base, quote: overview.slot.quote },
    trading,
    champion: model,
    trader: trader && { ...trader, ageMs: Math.max(0, now - trader.lastSeen) },
    market,
    account: overview.account && withoutPast(overview.account),
    models,
    alarms,
    deadEvents,
    health: { status, reason, checkedAt },
  };
}

/** What needs every fill there ever was is left out, not shown as nothing. */
function withoutPast({ fees: _fees, exits: _exits, wins: _wins, ...account }: AccountView): Status['account'] {
  return account;
}

async function countModels(ledger: LedgerReader, slot: SlotId): Promise<Status['models']> {
  const counts = Object.fromEntries(MODEL_STATES.map((state) => [state, 0])) as Record<ModelState, number>;
  for (const { state } of await allModels(ledger, slot)) counts[state] += 1;
  return counts;
}
