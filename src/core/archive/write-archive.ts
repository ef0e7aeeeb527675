import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { canonicalJson } from '../audit/canonical-json.ts';
import type { ArchivedRecord } from '../ports/ledger-archive.ts';
import type { ModelHash } from '../ports/model-store.ts';
import { type ArchiveHeader, type ArchiveLine, type ArchiveTrailer, lineOfRecord, noCounts } from './archive-lines.ts';
import { toBase64 } from './base64.ts';

/** Bytes of a model in one line. */
export const MODEL_PART_BYTES = 196_608;

export interface ArchivedModel {
  readonly hash: ModelHash;
  readonly bytes: Uint8Array;
}

function* modelLines({ hash, bytes }: ArchivedModel): Generator<ArchiveLine> {
  const parts = Math.max(1, Math.ceil(bytes.length / MODEL_PART_BYTES));
  for (let part = 1; part <= parts; part++) {
    const data = toBase64(bytes.subarray((part - 1) * MODEL_PART_BYTES, part * MODEL_PART_BYTES));
    yield { kind: 'model', hash, part, parts, data };
  }
}

/**
 * An archive, line by line, each with its line feed: header, models, records, and a trailer that counts and hashes all before it.
 *
 * `complete` runs when everything but the trailer is out: what it throws leaves an archive that nobody takes for whole.
 */
export async function* archiveText(
  header: Omit<ArchiveHeader, 'kind'>,
  models: AsyncIterable<ArchivedModel>,
  records: AsyncIterable<ArchivedRecord>,
  complete: () => Promise<void>,
): AsyncGenerator<string, ArchiveTrailer> {
  const hash = sha256.create();
  const counts = noCounts();
  const written = (line: ArchiveLine): string => {
    const text = `${canonicalJson(line)}\n`;
    hash.update(utf8ToBytes(text));
    return text;
  };
  yield written({ kind: 'header', ...header });
  for await (const model of models) {
    counts.models += 1;
    for (const line of modelLines(model)) yield written(line);
  }
  for await (const record of records) {
    if (record.kind === 'item') counts[record.item.key.table] += 1;
    else counts[record.kind === 'commit' ? 'commits' : 'events'] += 1;
    yield written(lineOfRecord(record));
  }
  await complete();
  const trailer: ArchiveTrailer = { kind: 'trailer', counts, sha256: bytesToHex(hash.digest()) };
  yield `${canonicalJson(trailer)}\n`;
  return trailer;
}
