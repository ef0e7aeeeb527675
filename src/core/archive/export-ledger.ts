import { AresError, messageOf } from '../ares-error.ts';
import { listModels } from '../models/read-models.ts';
import { listSlots } from '../models/slot-registry.ts';
import type { EpochMillis } from '../ports/clock.ts';
import type { LedgerReader } from '../ports/ledger.ts';
import type { LedgerArchive } from '../ports/ledger-archive.ts';
import type { ModelHash, ModelStore } from '../ports/model-store.ts';
import { ARCHIVE_FORMAT, ARCHIVE_VERSION, type ArchiveHeader, type ArchiveTrailer } from './archive-lines.ts';
import { type QuietPorts, quietSlots, type Silence } from './quiet-slots.ts';
import { type ArchivedModel, archiveText } from './write-archive.ts';

export interface ExportRequest extends Silence {
  /** Wall time. */
  readonly now: EpochMillis;
  /** The deployment it is taken from. */
  readonly stage: string;
}

export interface ExportPorts extends QuietPorts {
  readonly archive: Pick<LedgerArchive, 'dump'>;
  readonly modelStore: Pick<ModelStore, 'get'>;
}

export interface ExportSummary {
  readonly trailer: ArchiveTrailer;
  readonly missingModels: ArchiveHeader['missingModels'];
}

/** The bytes that any slot's registry names, each once. */
async function registeredHashes(ledger: LedgerReader): Promise<ReadonlySet<ModelHash>> {
  const hashes = new Set<ModelHash>();
  for (const slot of await listSlots(ledger)) {
    let after: string | undefined;
    do {
      const page = await listModels(ledger, { slot, limit: 1_000, ...(after ? { after } : {}) });
      for (const { modelHash } of page.models) hashes.add(modelHash);
      after = page.next;
    } while (after !== undefined);
  }
  return hashes;
}

/** Why the bytes cannot be had, `undefined` when they can. A model that is lost where it is must not hold the others there. */
async function whyMissing(hash: ModelHash, modelStore: ExportPorts['modelStore']): Promise<string | undefined> {
  try {
    await modelStore.get(hash);
    return undefined;
  } catch (error) {
    if (error instanceof AresError && ['MODEL_MISSING', 'MODEL_CORRUPT'].includes(error.code)) return messageOf(error);
    throw error;
  }
}

/**
 * Everything Ares knows, as the text of an archive: the ledger with its audit trail, and the bytes of every registered model. Exchange keys are not in the
 * ledger, so not in it.
 *
 * @throws AresError `TRADER_RUNNING`, `LEDGER_CHANGED`, and what reading throws; the trailer is missing then, so that nobody takes the text for whole
 */
export async function* exportLedger(
  { now, stage, ...silence }: ExportRequest,
  { archive, modelStore, ...ports }: ExportPorts,
): AsyncGenerator<string, ExportSummary> {
  const unchanged = await quietSlots(silence, ports);
  const hashes = [...(await registeredHashes(ports.ledger))].sort();
  const missing = new Map<ModelHash, string>();
  for (const hash of hashes) {
    const reason = await whyMissing(hash, modelStore);
    if (reason !== undefined) missing.set(hash, reason);
  }
  const missingModels = [...missing].map(([hash, reason]) => ({ hash, reason }));
  const createdAt = new Date(now).toISOString();
  async function* models(): AsyncGenerator<ArchivedModel> {
    for (const hash of hashes) if (!missing.has(hash)) yield { hash, bytes: await modelStore.get(hash) };
  }
  const header = { format: ARCHIVE_FORMAT, version: ARCHIVE_VERSION, createdAt, stage, missingModels } as const;
  const trailer = yield* archiveText(header, models(), archive.dump(), unchanged);
  return { trailer, missingModels };
}
