import { AresError } from '../ares-error.ts';
import type { Commit, Write } from '../ports/ledger.ts';
import { checkCommit } from './check-commit.ts';
import { encodeValue } from './encode-value.ts';

/** DynamoDB takes 4 MB in one transaction, keys and chain included. */
const MAX_COMMIT_BYTES = 3_600_000;

export interface PreparedCommit {
  /** The writes in their order, with the text to store for a `put`. */
  readonly writes: readonly { readonly write: Write; readonly text: string }[];
  readonly events: readonly { readonly id: string; readonly text: string }[];
}

/**
 * Checks a commit and turns its values into text, before any transaction is opened.
 *
 * @throws AresError `COMMIT_INVALID`, `COMMIT_TOO_LARGE`, `KEY_INVALID`, `VALUE_INVALID`, `ITEM_TOO_LARGE`
 */
export function prepareCommit(commit: Commit): PreparedCommit {
  checkCommit(commit);
  const writes = commit.writes.map((write) => ({
    write,
    text: write.kind === 'put' ? encodeValue(write.key, write.value) : '',
  }));
  const events = commit.events.map((event) => {
    const { id } = event.detail.metadata;
    return { id, text: encodeValue({ table: 'state', pk: '~outbox', sk: id }, event) };
  });
  const audit = commit.audit.map((draft) => encodeValue({ table: 'audit', pk: draft.stream, sk: 'next' }, draft));
  const bytes = [...writes, ...events].reduce((sum, { text }) => sum + text.length, 0) + audit.join('').length;
  if (bytes > MAX_COMMIT_BYTES) {
    throw new AresError(
      'COMMIT_TOO_LARGE',
      `a commit must hold at most ${MAX_COMMIT_BYTES} characters of values, had ${bytes}`,
      { bytes, max: MAX_COMMIT_BYTES },
    );
  }
  return { writes, events };
}
