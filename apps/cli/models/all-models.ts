import type { ModelState } from '../../../src/core/models/lifecycle.ts';
import type { ModelRecord } from '../../../src/core/models/model-record.ts';
import { listModels } from '../../../src/core/models/read-models.ts';
import type { SlotId } from '../../../src/core/models/slot.ts';
import type { LedgerReader } from '../../../src/core/ports/ledger.ts';

/** Every model of a slot, or every one in a state, page after page. */
export async function allModels(
  ledger: LedgerReader,
  slot: SlotId,
  state?: ModelState,
): Promise<readonly ModelRecord[]> {
  const models: ModelRecord[] = [];
  let after: string | undefined;
  do {
    const page = await listModels(ledger, {
      slot,
      limit: 1_000,
      ...(state ? { state } : {}),
      ...(after ? { after } : {}),
    });
    models.push(...page.models);
    after = page.next;
  } while (after !== undefined);
  return models;
}
