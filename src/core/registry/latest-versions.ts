import { keys } from '../ledger-keys.ts';
import type { LedgerReader } from '../ports/ledger.ts';
import { type LiveVersion, liveVersion } from './live-version.ts';
import { findVersion, parseVersion } from './model-version.ts';
import type { RegisteredModel } from './registered-model.ts';
import { STAGES, type Stage } from './stage.ts';

const PAGE = 50;

/**
 * The newest version in each stage, by number.
 *
 * Of a model that was ever bound the stages are in the slot, so its versions are walked from the newest until each stage has one, or there are no more.
 */
export async function latestVersions(ledger: LedgerReader, model: RegisteredModel): Promise<readonly LiveVersion[]> {
  const found = model.everBound ? await walk(ledger, model) : await known(ledger, model);
  return found.toSorted((a, b) => a.version.version - b.version.version);
}

async function known(ledger: LedgerReader, { id, latest }: RegisteredModel): Promise<readonly LiveVersion[]> {
  const stored = await Promise.all(latest.map(([, number]) => findVersion(ledger, id, number)));
  return Promise.all(stored.flatMap((found) => (found ? [liveVersion(ledger, found.version)] : [])));
}

async function walk(ledger: LedgerReader, { id }: RegisteredModel): Promise<readonly LiveVersion[]> {
  const newest = new Map<Stage, LiveVersion>();
  for await (const versions of versionPages(ledger, id)) {
    for (const live of versions) if (!newest.has(live.stage)) newest.set(live.stage, live);
    if (newest.size === STAGES.length) break;
  }
  return [...newest.values()];
}

/** All versions of a model, newest first, page by page. */
export async function* versionPages(ledger: LedgerReader, modelId: string): AsyncGenerator<readonly LiveVersion[]> {
  const { table, pk } = keys.modelVersion(modelId, 0);
  let after: string | undefined;
  do {
    const page = await ledger.query({ table, pk, order: 'descending', limit: PAGE, after });
    yield await Promise.all(page.items.map((item) => liveVersion(ledger, parseVersion(item).version)));
    after = page.next;
  } while (after !== undefined);
}
