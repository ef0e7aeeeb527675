import { AresError } from '../ares-error.ts';
import { checkWrittenKey } from '../ledger/check-commit.ts';
import { encodeValue } from '../ledger/encode-value.ts';
import type { Item } from '../ports/ledger.ts';
import { type ArchiveHeader, type ArchiveTrailer, damaged } from './archive-lines.ts';
import { archivedAudit } from './archived-audit.ts';
import { type ArchivedSlot, archivedSlots } from './archived-slots.ts';
import { readArchive } from './read-archive.ts';

/** An archive that was read to its end and found whole. */
export interface VerifiedArchive {
  readonly header: ArchiveHeader;
  readonly trailer: ArchiveTrailer;
  readonly slots: readonly ArchivedSlot[];
}

/** What a ledger would refuse to write would break off the loading in the middle. */
function refusal({ key, index, value }: Item): string | undefined {
  try {
    if (key.table !== 'audit') checkWrittenKey(key, index);
    encodeValue(key, value);
    return undefined;
  } catch (error) {
    if (error instanceof AresError) return `holds what no ledger takes: ${error.message}`;
    throw error;
  }
}

/**
 * Reads an archive from its first line to its last: form, counts, SHA-256, every model's hash, every audit chain.
 *
 * @throws AresError `ARCHIVE_INVALID`, `ARCHIVE_NEWER`, `ARCHIVE_DAMAGED`
 */
export async function verifyArchive(lines: AsyncIterable<string>): Promise<VerifiedArchive> {
  const audit = archivedAudit();
  const slots = archivedSlots();
  let header: ArchiveHeader | undefined;
  let trailer: ArchiveTrailer | undefined;
  for await (const part of readArchive(lines)) {
    if (part.kind === 'header') header = part.header;
    else if (part.kind === 'trailer') trailer = part.trailer;
    else if (part.kind === 'record' && part.record.kind === 'item') {
      const { item } = part.record;
      const wrong = refusal(item) ?? (item.key.table === 'audit' ? audit.take(item) : undefined);
      if (wrong) throw damaged(part.line, wrong);
      slots.take(item);
    }
  }
  const problem = audit.problem();
  if (problem) {
    throw new AresError(
      'ARCHIVE_DAMAGED',
      `the audit trail in the archive must be whole, was not: ${problem}. Nothing was taken from it; use another copy.`,
    );
  }
  // The reader ends only after both.
  return { header: header as ArchiveHeader, trailer: trailer as ArchiveTrailer, slots: slots.found() };
}
