import { randomUUID } from 'node:crypto';
import { type FileHandle, link, open, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { AresError, messageOf } from '../../../src/core/ares-error.ts';
import { refuseExisting } from '../data/write-new-file.ts';

/** The longest line an archive has is an item of the largest size; a file without line feeds must not fill the memory. */
const MAX_LINE_CHARACTERS = 4_000_000;
const READ_BYTES = 65_536;
const CHUNK_CHARACTERS = 65_536;

async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

/** Compressing line by line takes several times as long. */
async function* inChunks(text: AsyncIterable<string>): AsyncGenerator<string> {
  let chunk = '';
  for await (const line of text) {
    chunk += line;
    if (chunk.length < CHUNK_CHARACTERS) continue;
    yield chunk;
    chunk = '';
  }
  if (chunk !== '') yield chunk;
}

const unwritable = (path: string, error: unknown): unknown =>
  error instanceof AresError || !(error instanceof Error && 'code' in error && 'syscall' in error)
    ? error
    : new AresError(
        'FILE_UNWRITABLE',
        `${path} must be writable, with space left on its disk (${messageOf(error)})`,
        { path },
        error,
      );

/**
 * Writes text into a new gzip file that only its owner may read. It has its name only once it is whole and on disk.
 *
 * @throws AresError `FILE_EXISTS`, `FILE_UNWRITABLE`, and what the text throws: then there is no file
 */
export async function writeArchiveFile(path: string, text: AsyncIterable<string>): Promise<void> {
  refuseExisting(path);
  const part = `${path}.${randomUUID()}.part`;
  try {
    const file = await open(part, 'wx', 0o600);
    try {
      await pipeline(Readable.from(inChunks(text)), createGzip(), async (compressed: AsyncIterable<Uint8Array>) => {
        for await (const chunk of compressed) await file.writeFile(chunk);
      });
      await file.sync();
    } finally {
      await file.close();
    }
    // A link, unlike a rename, fails when the name is taken: nothing is ever overwritten.
    await link(part, path);
    await syncDirectory(dirname(path));
  } catch (error) {
    refuseExisting(path);
    throw unwritable(path, error);
  } finally {
    await rm(part, { force: true });
  }
}

/** Text in lines, without their line feeds; what follows the last one must be nothing. */
async function* splitLines(chunks: AsyncIterable<string>, path: string): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of chunks) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
    if (rest.length > MAX_LINE_CHARACTERS)
      throw damaged(path, `a line is longer than ${MAX_LINE_CHARACTERS} characters`);
  }
  if (rest !== '') throw damaged(path, 'its last line is cut off');
}

const damaged = (path: string, what: string, cause?: unknown): AresError =>
  new AresError(
    'ARCHIVE_DAMAGED',
    `${path} must be a whole archive, was not: ${what}. Use another copy.`,
    { path },
    cause,
  );

const isZlib = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && /^(Z_|ERR_ZLIB)/.test(String(error.code));

export interface ArchiveFile {
  /** The lines from the start, each time it is called; of the same file, whatever gets its name meanwhile. */
  readonly lines: () => AsyncIterable<string>;
  close(): Promise<void>;
}

/** @throws AresError `FILE_UNREADABLE`; when read `ARCHIVE_DAMAGED` */
export async function openArchiveFile(path: string): Promise<ArchiveFile> {
  let file: FileHandle;
  try {
    file = await open(path, 'r');
    // A directory opens like a file, and fails when it is read.
    if ((await file.stat()).isDirectory()) {
      await file.close();
      throw new Error('it is a directory');
    }
  } catch (error) {
    throw new AresError(
      'FILE_UNREADABLE',
      `${path} must be a file that can be read (${messageOf(error)})`,
      { path },
      error,
    );
  }
  async function* chunks(): AsyncGenerator<Uint8Array> {
    for (let position = 0; ; ) {
      const { bytesRead, buffer } = await file.read(Buffer.alloc(READ_BYTES), 0, READ_BYTES, position);
      if (bytesRead === 0) return;
      position += bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
  }
  async function* lines(): AsyncGenerator<string> {
    const gunzip = createGunzip();
    const source = Readable.from(chunks());
    source.once('error', (error) => gunzip.destroy(error));
    try {
      yield* splitLines(source.pipe(gunzip).setEncoding('utf8'), path);
    } catch (error) {
      throw isZlib(error) ? damaged(path, messageOf(error), error) : error;
    } finally {
      source.destroy();
      gunzip.destroy();
    }
  }
  return { lines, close: () => file.close() };
}
