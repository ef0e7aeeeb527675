import * as z from 'zod';
import { newEvent } from '../events/catalogue.ts';
import { type Command, metadataOf } from '../events/command.ts';
import { parseItem } from '../ledger/parse-item.ts';
import { keys } from '../ledger-keys.ts';
import type { SlotId } from '../models/slot.ts';
import { epochMillis } from '../ports/clock.ts';
import type { Ledger, LedgerReader } from '../ports/ledger.ts';
import { CONFLICT, retryOnConflict } from '../retry-on-conflict.ts';
import type { TradingMode } from '../risk/risk-engine.ts';

/** From the freest to the strictest: trade; only shrink the position; only cancel. */
const TRADING_MODES = ['ACTIVE', 'REDUCING', 'HALTED'] as const satisfies readonly TradingMode[];

const storedSchema = z.object({
  state: z.enum(TRADING_MODES),
  reason: z.string(),
  by: z.string(),
  since: z
    .number()
    .int()
    .transform((value) => epochMillis(value)),
});

/** What a slot may do now, since when, why, and by whose will. Version 0: nobody ever restricted it. */
export type TradingState = z.infer<typeof storedSchema> & { readonly version: number };

const NEVER_RESTRICTED: TradingState = {
  state: 'ACTIVE',
  reason: 'never restricted',
  by: 'ares',
  since: epochMillis(0),
  version: 0,
};

/** @throws AresError `LEDGER_ITEM_INVALID`: a state that cannot be read allows nothing */
export async function readTradingState(ledger: LedgerReader, slot: SlotId): Promise<TradingState> {
  const item = await ledger.get(keys.tradingState(slot));
  if (!item) return NEVER_RESTRICTED;
  return { ...parseItem(item, storedSchema, 'trading state'), version: item.version };
}

export type TradingStateRequest = Command & { readonly slot: SlotId; readonly reason: string };

export type TradingStateOutcome =
  | { readonly outcome: 'changed'; readonly from: TradingMode; readonly state: TradingState }
  /** It was so, or stricter, already; nothing was written. */
  | { readonly outcome: 'unchanged'; readonly state: TradingState };

interface TradingStatePorts {
  readonly ledger: Ledger;
}

/** Lets a slot only cancel, until it is resumed; outlives restarts, promotions and rollbacks. */
export function halt(request: TradingStateRequest, ports: TradingStatePorts): Promise<TradingStateOutcome> {
  return restrict(request, 'HALTED', ports);
}

/** Lets a slot only shrink its position. A halted slot stays halted: loosening is `resume`'s, and a person's, business. */
export function reduce(request: TradingStateRequest, ports: TradingStatePorts): Promise<TradingStateOutcome> {
  return restrict(request, 'REDUCING', ports);
}

/** Loosens a restriction: to trading without one, or `to: 'REDUCING'` from a halt, so that the position can be left. */
export function resume(
  request: TradingStateRequest & { readonly to?: 'ACTIVE' | 'REDUCING' },
  ports: TradingStatePorts,
): Promise<TradingStateOutcome> {
  const to = request.to ?? 'ACTIVE';
  return change(request, to, 'resume', (from) => strictness(from) > strictness(to), ports);
}

function restrict(
  request: TradingStateRequest,
  to: 'REDUCING' | 'HALTED',
  ports: TradingStatePorts,
): Promise<TradingStateOutcome> {
  const action = to === 'HALTED' ? 'halt' : 'reduce';
  return change(request, to, action, (from) => strictness(from) < strictness(to), ports);
}

const strictness = (mode: TradingMode): number => TRADING_MODES.indexOf(mode);

function change(
  request: TradingStateRequest,
  to: TradingMode,
  action: 'halt' | 'reduce' | 'resume',
  applies: (from: TradingMode) => boolean,
  { ledger }: TradingStatePorts,
): Promise<TradingStateOutcome> {
  const { slot, reason, user, now, sessionId } = request;
  const token = `trading-state:${slot}:${request.id}`;
  return retryOnConflict(`the ${action} of ${slot}`, async () => {
    const current = await readTradingState(ledger, slot);
    if (!applies(current.state)) return { outcome: 'unchanged', state: current };
    const version = current.version + 1;
    const metadata = metadataOf(request, { token, index: 0, slot, sequence: version });
    const committed = await ledger.commit({
      token,
      writes: [
        {
          kind: 'put',
          key: keys.tradingState(slot),
          expected: current.version === 0 ? 'absent' : current.version,
          value: { state: to, reason, by: user, since: now },
        },
      ],
      audit: [
        {
          stream: 'trading',
          timestamp: now,
          eventType: to === 'ACTIVE' ? 'TradingResumed' : 'TradingHalted',
          user,
          action,
          details: { slot, from: current.state, to, reason },
          sessionId,
        },
      ],
      events: [
        to === 'ACTIVE'
          ? newEvent('TradingResumed', metadata, { reason, by: user })
          : newEvent('TradingHalted', metadata, { state: to, reason, by: user }),
      ],
    });
    if (committed.outcome === 'conflict') return CONFLICT;
    if (committed.repeated) return { outcome: 'unchanged', state: await readTradingState(ledger, slot) };
    return {
      outcome: 'changed',
      from: current.state,
      state: { state: to, reason, by: user, since: now, version },
    };
  });
}
