import { AresError } from '../ares-error.ts';
import { type Commit, type IndexKey, type Key, MAX_COMMIT_ITEMS } from '../ports/ledger.ts';

/** The smaller limits of the two databases, so that what one machine takes, AWS takes too. */
const MAX_PK_BYTES = 2_048;
const MAX_SK_BYTES = 1_024;

const utf8 = new TextEncoder();
const invalid = (message: string): never => {
  throw new AresError('COMMIT_INVALID', message);
};

export const keyText = (key: Key): string => `${key.table} ${key.pk} ${key.sk}`;

function checkKeyPart(text: string, name: string, max: number): void {
  const bytes = text.length * 3 <= max ? text.length : utf8.encode(text).length;
  if (bytes < 1 || bytes > max) {
    throw new AresError('KEY_INVALID', `${name} must have 1 to ${max} bytes, had ${bytes}: "${text.slice(0, 100)}"`);
  }
}

/** @throws AresError `KEY_INVALID` when a part is empty or longer than every database takes, or the key belongs to the ledger itself */
export function checkWrittenKey(key: Key, index: IndexKey | undefined): void {
  checkKeyPart(key.pk, 'pk', MAX_PK_BYTES);
  checkKeyPart(key.sk, 'sk', MAX_SK_BYTES);
  if (key.table === 'audit') {
    throw new AresError(
      'KEY_INVALID',
      `audit entries must come through the audit of a commit, was a write to ${keyText(key)}`,
    );
  }
  for (const group of [key.pk, index?.pk]) {
    if (!group?.startsWith('~')) continue;
    throw new AresError('KEY_INVALID', `pk must not begin with "~", which the ledger keeps for itself, was "${group}"`);
  }
  if (!index) return;
  checkKeyPart(index.pk, 'index pk', MAX_PK_BYTES);
  checkKeyPart(index.sk, 'index sk', MAX_SK_BYTES);
}

/**
 * What every ledger demands of a commit before it opens a transaction.
 *
 * @throws AresError `COMMIT_INVALID`, `COMMIT_TOO_LARGE`, `KEY_INVALID`
 */
export function checkCommit(commit: Commit): void {
  const { token, writes, audit, events } = commit;
  if (token.length < 1 || token.length > 512) invalid(`token must have 1 to 512 characters, had ${token.length}`);
  if (writes.length + audit.length + events.length === 0)
    invalid('a commit must write, audit or publish something, was empty');
  const streams = new Set(audit.map((draft) => draft.stream));
  const items = writes.length + audit.length + streams.size + events.length + 1;
  if (items > MAX_COMMIT_ITEMS) {
    throw new AresError(
      'COMMIT_TOO_LARGE',
      `a commit must hold at most ${MAX_COMMIT_ITEMS} items, was ${items}: ${writes.length} writes, ${audit.length} audit entries, ${streams.size} chain heads, ${events.length} events and its token`,
      { items, max: MAX_COMMIT_ITEMS },
    );
  }
  const keys = new Set<string>();
  for (const write of writes) {
    checkWrittenKey(write.key, write.kind === 'put' ? write.index : undefined);
    const text = keyText(write.key);
    if (keys.has(text)) invalid(`each key must be written once in a commit, ${text} is written twice`);
    keys.add(text);
    if (write.expected !== 'absent' && !(Number.isInteger(write.expected) && write.expected > 0)) {
      invalid(`expected must be "absent" or a version from 1, was ${write.expected} for ${text}`);
    }
  }
  for (const draft of audit) {
    if (!Number.isInteger(draft.timestamp) || draft.timestamp < 0 || draft.timestamp >= 1e15) {
      invalid(`an audit entry's timestamp must be milliseconds since 1970, was ${draft.timestamp}`);
    }
    for (const name of ['eventType', 'user', 'action', 'sessionId'] as const) {
      if (draft[name] === '') invalid(`an audit entry's ${name} must not be empty`);
    }
  }
  const ids = new Set(events.map((event) => event.detail.metadata.id));
  if (ids.size !== events.length) invalid('each event must have an id of its own, two were equal');
}
