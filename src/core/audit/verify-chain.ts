import type { AuditStream } from '../ports/ledger.ts';
import { type AuditEntry, type AuditHead, auditEntryHash, auditEntrySchema, GENESIS_HASH } from './audit-entry.ts';

export type ChainProblem =
  /** What stands there is not an audit entry. */
  | 'unreadable'
  /** Another entry stands where this one belongs: it was removed, or entries changed places. */
  | 'missing'
  /** A field is not what was hashed. */
  | 'altered'
  /** The entry does not follow the one before it: that one was replaced. */
  | 'unlinked'
  /** Stored under a key or in an index where it does not belong. */
  | 'misfiled'
  /** The head names entries that are gone. */
  | 'truncated'
  /** Entries go on after the head, or there is no head: the head was changed, or entries were added beside the ledger. */
  | 'beyond_head'
  /** The head's hash is not its entry's. */
  | 'head_altered';

export type ChainVerification =
  | { readonly valid: true; readonly entries: number }
  | {
      readonly valid: false;
      readonly stream: AuditStream;
      /** Of the first entry that is wrong. */
      readonly sequence: number;
      readonly problem: ChainProblem;
    };

export interface ChainVerifier {
  /** Takes the next entry in order; a problem ends the verification. */
  next(raw: unknown): ChainProblem | undefined;
  /** How many entries were taken without a problem. */
  readonly verified: () => number;
  /** Compares the end with the head. */
  finish(head: AuditHead | undefined): ChainVerification;
}

/** Verifies one stream entry by entry, so that a long chain need not be held in memory. */
export function chainVerifier(stream: AuditStream): ChainVerifier {
  let verified = 0;
  let lastHash = GENESIS_HASH;
  const broken = (sequence: number, problem: ChainProblem): ChainVerification => ({
    valid: false,
    stream,
    sequence,
    problem,
  });
  return {
    next(raw) {
      const parsed = auditEntrySchema.safeParse(raw);
      if (!parsed.success) return 'unreadable';
      const entry = parsed.data;
      if (auditEntryHash(entry) !== entry.hash) return 'altered';
      if (entry.stream !== stream || entry.sequence !== verified + 1) return 'missing';
      if (entry.previousHash !== lastHash) return 'unlinked';
      verified++;
      lastHash = entry.hash;
      return undefined;
    },
    verified: () => verified,
    finish(head) {
      if (verified > (head?.sequence ?? 0)) return broken((head?.sequence ?? 0) + 1, 'beyond_head');
      if (head && verified < head.sequence) return broken(verified + 1, 'truncated');
      if (head && head.hash !== lastHash) return broken(head.sequence, 'head_altered');
      return { valid: true, entries: verified };
    },
  };
}

/** Verifies a whole stream, oldest entry first, against its head: finds edits, removals, reordering and truncation. */
export function verifyChain(
  stream: AuditStream,
  entries: Iterable<AuditEntry>,
  head: AuditHead | undefined,
): ChainVerification {
  const verifier = chainVerifier(stream);
  for (const entry of entries) {
    const problem = verifier.next(entry);
    if (problem) return { valid: false, stream, sequence: verifier.verified() + 1, problem };
  }
  return verifier.finish(head);
}
