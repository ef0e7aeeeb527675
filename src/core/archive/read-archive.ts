import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { AresError } from '../ares-error.ts';
import { canonicalJson } from '../audit/canonical-json.ts';
import type { ArchivedRecord } from '../ports/ledger-archive.ts';
import {
  ARCHIVE_FORMAT,
  ARCHIVE_VERSION,
  type ArchiveHeader,
  type ArchiveLine,
  type ArchiveTrailer,
  damaged,
  type ModelLine,
  noCounts,
  parseArchiveLine,
  recordOfLine,
} from './archive-lines.ts';
import { fromBase64 } from './base64.ts';
import type { ArchivedModel } from './write-archive.ts';

/** What an archive holds, in this order: one header, models, records, one trailer. */
export type ArchivePart =
  | { readonly kind: 'header'; readonly header: ArchiveHeader }
  | { readonly kind: 'model'; readonly model: ArchivedModel }
  | { readonly kind: 'record'; readonly record: ArchivedRecord; readonly line: number }
  | { readonly kind: 'trailer'; readonly trailer: ArchiveTrailer };

const PLACES: Readonly<Record<ArchiveLine['kind'], number>> = {
  header: 0,
  model: 1,
  item: 2,
  commit: 2,
  event: 2,
  trailer: 3,
};

/** A file of another kind or time says so itself, before its lines are found wrong one by one. */
function checkFormat(text: string): void {
  let first: { readonly format?: unknown; readonly version?: unknown } | null;
  try {
    first = JSON.parse(text);
  } catch {
    first = null;
  }
  if (first?.format !== ARCHIVE_FORMAT)
    throw new AresError('ARCHIVE_INVALID', 'the file must be an archive that "ares export" wrote, was none');
  if (typeof first.version === 'number' && first.version > ARCHIVE_VERSION) {
    throw new AresError(
      'ARCHIVE_NEWER',
      `the archive must be of version ${ARCHIVE_VERSION} or older, was ${first.version}: a newer Ares wrote it. Use that version of Ares.`,
      { version: first.version },
    );
  }
}

/** Puts a model's parts together. */
function modelAssembler() {
  let parts: Uint8Array[] = [];
  let open: ModelLine | undefined;
  return {
    next(line: ModelLine, number: number): ArchivedModel | undefined {
      const follows = open
        ? line.hash === open.hash && line.parts === open.parts && line.part === open.part + 1
        : line.part === 1;
      if (!follows || line.part > line.parts) throw damaged(number, 'is not the part of a model that belongs there');
      try {
        parts.push(fromBase64(line.data));
      } catch (error) {
        throw damaged(number, 'does not hold Base64', error);
      }
      open = line.part < line.parts ? line : undefined;
      if (open) return undefined;
      const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
      let at = 0;
      for (const part of parts) {
        bytes.set(part, at);
        at += part.length;
      }
      parts = [];
      if (bytesToHex(sha256(bytes)) !== line.hash) throw damaged(number, 'ends a model that has not the hash it says');
      return { hash: line.hash, bytes };
    },
    isOpen: () => open !== undefined,
  };
}

/**
 * Reads the lines of an archive, without their line feeds. What it yields before the trailer is only to be believed once the trailer came.
 *
 * @throws AresError `ARCHIVE_INVALID`, `ARCHIVE_NEWER`, `ARCHIVE_DAMAGED` with the number of the line
 */
export async function* readArchive(lines: AsyncIterable<string>): AsyncGenerator<ArchivePart> {
  const hash = sha256.create();
  const counts = noCounts();
  const models = modelAssembler();
  let number = 0;
  let place = -1;
  for await (const text of lines) {
    number += 1;
    if (number === 1) checkFormat(text);
    if (place === PLACES.trailer) throw damaged(number, 'stands after the trailer');
    const line = parseArchiveLine(text, number);
    if (
      PLACES[line.kind] < place ||
      (line.kind === 'header') !== (number === 1) ||
      (models.isOpen() && line.kind !== 'model')
    )
      throw damaged(number, `is a ${line.kind} where none belongs`);
    place = PLACES[line.kind];
    if (line.kind === 'trailer') {
      const sum = bytesToHex(hash.digest());
      if (line.sha256 !== sum)
        throw damaged(number, `says that all before it has the SHA-256 ${line.sha256}, it has ${sum}`);
      const due = canonicalJson({ ...line, counts });
      if (text !== due) throw damaged(number, `must be ${due}`);
      yield { kind: 'trailer', trailer: line };
      continue;
    }
    hash.update(utf8ToBytes(`${text}\n`));
    if (line.kind === 'header') {
      yield { kind: 'header', header: line };
      continue;
    }
    if (line.kind === 'model') {
      const model = models.next(line, number);
      if (!model) continue;
      counts.models += 1;
      yield { kind: 'model', model };
      continue;
    }
    const record = recordOfLine(line) as ArchivedRecord;
    counts[line.kind === 'item' ? line.table : line.kind === 'commit' ? 'commits' : 'events'] += 1;
    yield { kind: 'record', record, line: number };
  }
  if (place !== PLACES.trailer) throw damaged(number + 1, 'must be the trailer, is missing: the file was cut off');
}
