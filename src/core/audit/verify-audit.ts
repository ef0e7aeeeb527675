import { AresError } from '../ares-error.ts';
import { sortable } from '../ledger-keys.ts';
import type { AuditStream, Item, LedgerReader, Page, Query } from '../ports/ledger.ts';
import {
  type AuditHead,
  auditEntryKey,
  auditEntrySchema,
  auditHeadKey,
  auditHeadSchema,
  auditStreams,
  auditTimeIndex,
} from './audit-entry.ts';
import { type ChainProblem, type ChainVerification, chainVerifier } from './verify-chain.ts';

const PAGE = 500;

/** What stands there, `undefined` when nobody can read it: that is a finding of a verification, not a fault of it. */
async function unlessCorrupt<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof AresError && error.code === 'LEDGER_CORRUPT') return undefined;
    throw error;
  }
}

/** A head that cannot be read proves nothing, as none at all does: the entries then go on beyond it. */
async function readHead(ledger: LedgerReader, stream: AuditStream): Promise<AuditHead | undefined> {
  const item = await unlessCorrupt(ledger.get(auditHeadKey(stream)));
  return auditHeadSchema.safeParse(item?.value).data;
}

/** The entries up to the head in the order of their keys; ends with `unreadable` at one that is not. */
async function* storedEntries(
  ledger: LedgerReader,
  stream: AuditStream,
  head: AuditHead,
): AsyncGenerator<Item | 'unreadable'> {
  const query: Query = { table: 'audit', pk: auditEntryKey(stream, 1).pk, to: sortable(head.sequence), limit: PAGE };
  const readOne = (after: string | undefined) => unlessCorrupt(ledger.query({ ...query, after, limit: 1 }));
  let after: string | undefined;
  do {
    // One unreadable entry spoils its page: read one by one, those before it are still verified.
    const page: Page | undefined = await unlessCorrupt(ledger.query({ ...query, after }));
    if (page) {
      yield* page.items;
      after = page.next;
      continue;
    }
    for (let single = await readOne(after); single; single = await readOne(after)) {
      yield* single.items;
      after = single.next;
    }
    return yield 'unreadable';
  } while (after !== undefined);
}

/** Whether an entry that is in order in itself is stored where queries find it. */
function isFiled(item: Item, stream: AuditStream, sequence: number): boolean {
  const { timestamp } = auditEntrySchema.parse(item.value);
  const index = auditTimeIndex(stream, timestamp, sequence);
  const indexed = item.index?.pk === index.pk && item.index.sk === index.sk;
  return indexed && item.version === 1 && item.key.sk === auditEntryKey(stream, sequence).sk;
}

/** Whether there is an entry behind the head that was not committed since the head was read. */
async function goesOnBeyond(ledger: LedgerReader, stream: AuditStream, head: AuditHead | undefined): Promise<boolean> {
  const { pk } = auditEntryKey(stream, 1);
  const from = head && sortable(head.sequence + 1);
  const later = await unlessCorrupt(ledger.query({ table: 'audit', pk, from, order: 'descending', limit: 1 }));
  if (!later) return true;
  const last = later.items[0];
  if (!last) return false;
  const current = await readHead(ledger, stream);
  return !current || last.key.sk > sortable(current.sequence);
}

async function verifyStream(ledger: LedgerReader, stream: AuditStream): Promise<ChainVerification> {
  const broken = (sequence: number, problem: ChainProblem): ChainVerification => ({
    valid: false,
    stream,
    sequence,
    problem,
  });
  const verifier = chainVerifier(stream);
  // The head is read first: entries committed meanwhile lie behind it and are left to the next verification.
  const head = await readHead(ledger, stream);
  if (head) {
    for await (const item of storedEntries(ledger, stream, head)) {
      const problem = item === 'unreadable' ? item : verifier.next(item.value);
      if (problem) return broken(verifier.verified() + 1, problem);
      if (item !== 'unreadable' && !isFiled(item, stream, verifier.verified()))
        return broken(verifier.verified(), 'misfiled');
    }
  }
  if (await goesOnBeyond(ledger, stream, head)) return broken(verifier.verified() + 1, 'beyond_head');
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
