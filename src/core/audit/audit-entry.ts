import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import * as z from 'zod';
import { AresError } from '../ares-error.ts';
import { sortable } from '../ledger-keys.ts';
import { epochMillis } from '../ports/clock.ts';
import type { AuditDraft, AuditStream, IndexKey, JsonObject, Key } from '../ports/ledger.ts';
import { canonicalJson } from './canonical-json.ts';

/** Every chain there is. */
export const auditStreams = ['config', 'keys', 'models', 'trading'] as const satisfies readonly AuditStream[];

const hash = z.string().regex(/^[0-9a-f]{64}$/);

export const auditEntrySchema = z.strictObject({
  timestamp: z.number().int().min(0).lt(1e15).transform(epochMillis),
  eventType: z.string().min(1),
  user: z.string().min(1),
  action: z.string().min(1),
  /** Taken as it is: zod's own objects lose a member named "__proto__", and the hash with it. */
  details: z.custom<JsonObject>((value) => typeof value === 'object' && value !== null && !Array.isArray(value)),
  sessionId: z.string().min(1),
  stream: z.enum(auditStreams),
  /** 1 for the first entry of a stream, one more with each. */
  sequence: z.number().int().positive(),
  /** The hash of the entry before, {@link GENESIS_HASH} for the first. */
  previousHash: hash,
  /** SHA-256 over everything above. */
  hash,
});

/** Who did what when, chained to the entry before it: changing one breaks every later hash. */
export type AuditEntry = z.infer<typeof auditEntrySchema>;

export const auditHeadSchema = z.strictObject({ sequence: z.number().int().positive(), hash });

/** The end of a chain: its last entry's sequence and hash. */
export type AuditHead = z.infer<typeof auditHeadSchema>;

export const GENESIS_HASH = '0'.repeat(64);

export const auditHeadKey = (stream: AuditStream): Key => ({ table: 'audit', pk: 'heads', sk: stream });

export const auditEntryKey = (stream: AuditStream, sequence: number): Key => ({
  table: 'audit',
  pk: `entries#${stream}`,
  sk: sortable(sequence),
});

/** The entries of a stream by time; at the same time by sequence. */
export const auditTimeIndex = (stream: AuditStream, timestamp: number, sequence: number): IndexKey => ({
  pk: `times#${stream}`,
  sk: `${sortable(timestamp)}#${sortable(sequence)}`,
});

/** SHA-256 over the canonical JSON of every field but the hash itself, in hexadecimal. */
export function auditEntryHash(entry: Omit<AuditEntry, 'hash'>): string {
  const { timestamp, eventType, user, action, details, sessionId, stream, sequence, previousHash } = entry;
  const fields = { timestamp, eventType, user, action, details, sessionId, stream, sequence, previousHash };
  return bytesToHex(sha256(utf8ToBytes(canonicalJson(fields))));
}

/** @throws AresError `LEDGER_CORRUPT` when the stored head is none: nothing can be chained to it */
export function parseAuditHead(stream: AuditStream, value: JsonObject): AuditHead {
  const parsed = auditHeadSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new AresError(
    'LEDGER_CORRUPT',
    `the audit head of "${stream}" must have a sequence and a hash, was not so: ${z.prettifyError(parsed.error)}. Run "ares audit verify".`,
    { stream },
  );
}

/** The entry that follows the head. */
export function chainedEntry(draft: AuditDraft, head: AuditHead | undefined): AuditEntry {
  const fields = { ...draft, sequence: (head?.sequence ?? 0) + 1, previousHash: head?.hash ?? GENESIS_HASH };
  return { ...fields, hash: auditEntryHash(fields) };
}
