import { AresError } from '../ares-error.ts';
import { sortable } from '../ledger-keys.ts';
import type { AuditStream, Item, LedgerReader } from '../ports/ledger.ts';
import {
  type AuditHead,
  auditEntryKey,
  auditEntrySchema,
  auditHeadKey,
  auditHeadSchema,
  auditStreams,
  auditTimeIndex,
} from './audit-entry.ts';
import { type ChainVerification, chainVerifier } from './verify-chain.ts';

const PAGE = 500;

async function readHead(ledger: LedgerReader, stream: AuditStream): Promise<AuditHead | undefined> {
  const item = await ledger.get(auditHeadKey(stream));
  // A head that does not parse proves nothing: the entries then go on beyond it.
  return item ? auditHeadSchema.safeParse(item.value).data : undefined;
}

function misfiled(item: Item, stream: AuditStream, sequence: number): boolean {
  const parsed = auditEntrySchema.safeParse(item.value);
  if (!parsed.success) return false;
  const index = auditTimeIndex(stream, parsed.data.timestamp, sequence);
  return (
    item.version !== 1 ||
    item.key.sk !== auditEntryKey(stream, sequence).sk ||
    item.index?.pk !== index.pk ||
    item.index.sk !== index.sk
  );
}

async function verifyStream(ledger: LedgerReader, stream: AuditStream): Promise<ChainVerification> {
  const verifier = chainVerifier(stream);
  const broken = (problem: (ChainVerification & { valid: false })['problem']): ChainVerification => ({
    valid: false,
    stream,
    sequence: verifier.verified() + 1,
    problem,
  });
  // The head is read first: entries committed meanwhile lie after it and are left to the next verification.
  const head = await readHead(ledger, stream);
  const { pk } = auditEntryKey(stream, 1);
  try {
    let after: string | undefined;
    while (head) {
      const page = await ledger.query({ table: 'audit', pk, to: sortable(head.sequence), limit: PAGE, after });
      for (const item of page.items) {
        const problem = verifier.next(item.value);
        if (problem) return broken(problem);
        if (misfiled(item, stream, verifier.verified()))
          return { ...broken('misfiled'), sequence: verifier.verified() } as ChainVerification;
      }
      after = page.next;
      if (after === undefined) break;
    }
    const from = head ? sortable(head.sequence + 1) : undefined;
    const later = await ledger.query({ table: 'audit', pk, from, order: 'descending', limit: 1 });
    const last = later.items[0];
    if (last) {
      const current = await readHead(ledger, stream);
      if (!current || last.key.sk > sortable(current.sequence)) return broken('beyond_head');
    }
  } catch (error) {
    if (error instanceof AresError && error.code === 'LEDGER_CORRUPT') return broken('unreadable');
    throw error;
  }
  return verifier.finish(head);
}

/** Verifies every stream page by page; commits may go on meanwhile. Returns the first problem found, or how many entries were verified. */
export async function verifyAudit(ledger: LedgerReader): Promise<ChainVerification> {
  let entries = 0;
  for (const stream of auditStreams) {
    const result = await verifyStream(ledger, stream);
    if (!result.valid) return result;
    entries += result.entries;
  }
  return { valid: true, entries };
}
