import {
  type AuditHead,
  auditEntryHash,
  auditEntryKey,
  auditEntrySchema,
  auditHeadKey,
  auditHeadSchema,
  auditStreams,
  auditTimeIndex,
  GENESIS_HASH,
} from '../audit/audit-entry.ts';
import type { AuditStream, Item, Key } from '../ports/ledger.ts';

interface Link {
  readonly previousHash: string;
  readonly hash: string;
}

/** Verifies chains whose entries come in any order; holds two hashes an entry. */
export interface ArchivedAudit {
  /** Takes an item of the audit table; returns what is wrong with it. */
  take(item: Item): string | undefined;
  /** What is wrong with the chains as a whole; `undefined` when all of them are whole. */
  problem(): string | undefined;
}

const sameKey = (one: Key, other: Key): boolean => one.pk === other.pk && one.sk === other.sk;

export function archivedAudit(): ArchivedAudit {
  const links = new Map<AuditStream, Map<number, Link>>(auditStreams.map((stream) => [stream, new Map()]));
  const heads = new Map<AuditStream, AuditHead>();

  const takeHead = ({ key, version, value }: Item): string | undefined => {
    const stream = auditStreams.find((name) => sameKey(key, auditHeadKey(name)));
    const head = auditHeadSchema.safeParse(value).data;
    if (!stream || !head || version !== head.sequence) return 'is not the end of an audit chain';
    heads.set(stream, head);
    return undefined;
  };

  const takeEntry = ({ key, version, value, index }: Item): string | undefined => {
    const entry = auditEntrySchema.safeParse(value).data;
    if (!entry) return 'is not an audit entry';
    const { stream, sequence, timestamp, previousHash, hash } = entry;
    const name = `entry ${sequence} of "${stream}"`;
    if (auditEntryHash(entry) !== hash) return `holds ${name} of the audit trail, which was altered`;
    const place = auditTimeIndex(stream, timestamp, sequence);
    const filed = sameKey(key, auditEntryKey(stream, sequence)) && index?.pk === place.pk && index.sk === place.sk;
    if (!filed || version !== 1) return `holds ${name} of the audit trail where it does not belong`;
    links.get(stream)?.set(sequence, { previousHash, hash });
    return undefined;
  };

  const problemOf = (stream: AuditStream): string | undefined => {
    const found = links.get(stream) ?? new Map<number, Link>();
    const head = heads.get(stream);
    const length = head?.sequence ?? 0;
    let last = GENESIS_HASH;
    for (let sequence = 1; sequence <= length; sequence++) {
      const link = found.get(sequence);
      if (!link) return `entry ${sequence} of "${stream}" is missing`;
      if (link.previousHash !== last) return `entry ${sequence} of "${stream}" does not follow the one before it`;
      last = link.hash;
    }
    if (head && head.hash !== last) return `the end of "${stream}" is not that of its last entry`;
    return found.size === length ? undefined : `"${stream}" goes on after its end`;
  };

  return {
    take: (item) => (item.key.pk === auditHeadKey('models').pk ? takeHead(item) : takeEntry(item)),
    problem: () => auditStreams.map(problemOf).find((problem) => problem !== undefined),
  };
}
