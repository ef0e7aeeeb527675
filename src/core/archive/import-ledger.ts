import { AresError } from '../ares-error.ts';
import { verifyAudit } from '../audit/verify-audit.ts';
import type { Command } from '../events/command.ts';
import type { Ledger } from '../ports/ledger.ts';
import type { ArchivedRecord, LedgerArchive } from '../ports/ledger-archive.ts';
import type { ModelStore } from '../ports/model-store.ts';
import { checkTarget } from './check-target.ts';
import { heldRecords } from './held-records.ts';
import { type HeldSlot, holdSlot } from './hold-slot.ts';
import { readArchive } from './read-archive.ts';
import type { VerifiedArchive } from './verify-archive.ts';

export interface ImportPorts {
  readonly archive: LedgerArchive;
  readonly ledger: Ledger;
  readonly modelStore: Pick<ModelStore, 'put'>;
}

export interface ImportSummary {
  readonly slots: readonly HeldSlot[];
  /** Entries of the audit trail, the import's own included; all of them verified. */
  readonly auditEntries: number;
}

/** @throws AresError `ARCHIVE_CHANGED` */
function checkSame(trailerSha256: string, verified: VerifiedArchive): void {
  if (trailerSha256 === verified.trailer.sha256) return;
  throw new AresError('ARCHIVE_CHANGED', 'the archive must stay as it is while it is imported, was changed meanwhile');
}

async function loadModels(
  lines: AsyncIterable<string>,
  verified: VerifiedArchive,
  modelStore: ImportPorts['modelStore'],
): Promise<void> {
  for await (const part of readArchive(lines)) {
    // Under their own hash they harm nobody, whatever comes of the rest.
    if (part.kind === 'model') await modelStore.put(part.model.bytes);
    else if (part.kind === 'trailer') checkSame(part.trailer.sha256, verified);
  }
}

async function* recordsOf(lines: AsyncIterable<string>, verified: VerifiedArchive): AsyncGenerator<ArchivedRecord> {
  for await (const part of readArchive(lines)) {
    if (part.kind === 'record') yield part.record;
    else if (part.kind === 'trailer') checkSame(part.trailer.sha256, verified);
  }
}

/**
 * Puts a verified archive into an empty ledger: models first, then the ledger, every slot halted with a fencing epoch that was never used.
 *
 * Broken off, it can be called again with the same archive; nothing trades before a person resumes, and a trader's start compares books and exchange.
 *
 * @param lines gives the archive's lines from the start each time it is called
 * @throws AresError `ARCHIVE_TARGET_NOT_EMPTY`, `ARCHIVE_CHANGED`, `ARCHIVE_DAMAGED`, and what writing throws
 */
export async function importLedger(
  command: Command,
  verified: VerifiedArchive,
  lines: () => AsyncIterable<string>,
  { archive, ledger, modelStore }: ImportPorts,
): Promise<ImportSummary> {
  const id = verified.trailer.sha256;
  await checkTarget(archive, id);
  if ((await archive.standing(id)) !== 'loaded') {
    await loadModels(lines(), verified, modelStore);
    await archive.load(id, heldRecords(recordsOf(lines(), verified), verified.slots, command));
  }
  const slots: HeldSlot[] = [];
  for (const slot of verified.slots) slots.push(await holdSlot(command, slot, id, ledger));
  const audit = await verifyAudit(ledger);
  if (!audit.valid) {
    throw new AresError(
      'AUDIT_INVALID',
      `the audit trail must verify after an import, entry ${audit.sequence} of "${audit.stream}" is ${audit.problem}: something else writes here`,
      { stream: audit.stream, sequence: audit.sequence },
    );
  }
  await archive.finish(id);
  return { slots, auditEntries: audit.entries };
}
