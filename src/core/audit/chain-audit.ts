import type { AuditDraft, AuditStream } from '../ports/ledger.ts';
import { type AuditEntry, type AuditHead, chainedEntry } from './audit-entry.ts';

export interface ChainedAudit {
  /** In the order of the drafts. */
  readonly entries: readonly AuditEntry[];
  /** The new ends of the streams that grew. */
  readonly heads: ReadonlyMap<AuditStream, AuditHead>;
}

/** Appends drafts to their streams, `heads` being the ends of those streams as they stand. */
export function chainAudit(drafts: readonly AuditDraft[], heads: ReadonlyMap<AuditStream, AuditHead>): ChainedAudit {
  const grown = new Map<AuditStream, AuditHead>();
  const entries = drafts.map((draft) => {
    const entry = chainedEntry(draft, grown.get(draft.stream) ?? heads.get(draft.stream));
    grown.set(draft.stream, { sequence: entry.sequence, hash: entry.hash });
    return entry;
  });
  return { entries, heads: grown };
}
