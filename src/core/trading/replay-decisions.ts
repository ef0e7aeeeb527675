import { readAll } from '../dashboard/read-all.ts';
import { keys, sortable } from '../ledger-keys.ts';
import type { SlotId } from '../models/slot.ts';
import type { EpochMillis } from '../ports/clock.ts';
import type { Item, LedgerReader } from '../ports/ledger.ts';
import type { ModelHash } from '../ports/model-store.ts';
import type { Predictor, PredictorLoader } from '../ports/predictor.ts';
import { type Replay, replayDecision } from './replay-decision.ts';

/** Bar closes, both included. */
export interface DecisionRange {
  readonly line: SlotId;
  readonly from?: number;
  readonly to?: number;
}

/** The journalled decisions of a line, oldest first unless told. */
export function readDecisions(
  ledger: LedgerReader,
  { line, from = 0, to = Number.MAX_SAFE_INTEGER }: DecisionRange,
  order: 'ascending' | 'descending' = 'ascending',
): AsyncGenerator<Item> {
  const { table, pk } = keys.decision(line, 0);
  return readAll(ledger, { table, pk, from: sortable(from), to: sortable(Math.min(to, 999_999_999_999_999)), order });
}

export interface DecisionReplay {
  readonly line: SlotId;
  readonly barClose: EpochMillis;
  readonly replay: Replay;
}

/**
 * Replays all decisions of a range, each with the model that made it where its bytes are still there.
 *
 * @param modelOf the bytes of a model; `undefined` when they are gone
 */
export async function* replayDecisions(
  ledger: LedgerReader,
  range: DecisionRange,
  models: {
    readonly loader: PredictorLoader;
    readonly bytesOf: (hash: ModelHash) => Promise<Uint8Array | undefined>;
  },
): AsyncGenerator<DecisionReplay> {
  const loaded = new Map<string, Predictor | undefined>();
  try {
    for await (const { key, value } of readDecisions(ledger, range)) {
      const hash = typeof value.modelHash === 'string' ? value.modelHash : undefined;
      if (hash !== undefined && !loaded.has(hash)) {
        const bytes = await models.bytesOf(hash as ModelHash);
        loaded.set(hash, bytes && (await models.loader.load(bytes)));
      }
      const barClose = Number(key.sk) as EpochMillis;
      const place = { slot: range.line, barClose };
      const predictor = hash === undefined ? undefined : loaded.get(hash);
      yield { line: range.line, barClose, replay: await replayDecision(value, place, predictor) };
    }
  } finally {
    await Promise.all([...loaded.values()].map((predictor) => predictor?.release()));
  }
}
