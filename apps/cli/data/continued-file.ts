import { type FileHandle, open, readFile, truncate } from 'node:fs/promises';
import { AresError, messageOf } from '../../../src/core/ares-error.ts';
import type { Candle, Timeframe } from '../../../src/core/market-data/candle.ts';
import { parseCandleCsv } from '../../../src/core/market-data/candle-csv.ts';
import { CANDLE_HEADER, candleLines } from './candle-lines.ts';

/** A candle file that grows page by page. */
export interface ContinuedFile {
  /** What it held when it was opened. */
  readonly candles: readonly Candle[];
  /** Adds candles at the end; when it resolves they are on disk. */
  append(candles: readonly Candle[]): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens a candle file to go on after its last row, or begins a new one.
 *
 * A row is whole when its line is: one that was cut off by a crash is dropped. A file with fewer than two rows, which do not tell the bars' length, is begun anew.
 *
 * @throws AresError `FILE_MISMATCH` when it is something else, or of another timeframe; `CANDLES_INVALID`; `FILE_UNREADABLE`, `FILE_UNWRITABLE`
 */
export async function continueFile(path: string, timeframe: Timeframe): Promise<ContinuedFile> {
  const content = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw new AresError(
      'FILE_UNREADABLE',
      `${path} must be a file that can be read (${error.message})`,
      { path },
      error,
    );
  });
  const candles = candlesOf(path, content, timeframe);
  const kept = candles.length > 0 ? content.slice(0, content.lastIndexOf('\n') + 1) : '';
  const unwritable = (error: unknown): never => {
    throw new AresError(
      'FILE_UNWRITABLE',
      `${path} must be writable, with space left on its disk (${messageOf(error)})`,
      { path },
      error,
    );
  };
  if (kept.length < content.length) await truncate(path, Buffer.byteLength(kept)).catch(unwritable);
  let file: FileHandle | undefined;
  let isEmpty = kept === '';
  return {
    candles,
    async append(added) {
      const header = isEmpty ? `${CANDLE_HEADER}\n` : '';
      try {
        // Opened when there is something to write: a request that is refused leaves no file behind.
        file ??= await open(path, 'a');
        await file.appendFile(header + candleLines(added));
        await file.datasync();
      } catch (error) {
        unwritable(error);
      }
      isEmpty = false;
    },
    close: async () => file?.close(),
  };
}

function candlesOf(path: string, content: string, timeframe: Timeframe): readonly Candle[] {
  const header = `${CANDLE_HEADER}\n`;
  if (header.startsWith(content)) return [];
  if (!content.startsWith(header)) {
    const was = content.split('\n', 1)[0]?.slice(0, 100) ?? '';
    throw new AresError(
      'FILE_MISMATCH',
      `${path} must be new, or begin with ${CANDLE_HEADER} to be continued, began with "${was}"`,
      { path },
    );
  }
  const whole = content.slice(0, content.lastIndexOf('\n') + 1);
  if (whole.split('\n').length <= 3) return [];
  const series = parseFile(path, whole);
  if (series.timeframe === timeframe) return series.candles;
  throw new AresError(
    'FILE_MISMATCH',
    `${path} must hold ${timeframe} candles to be continued with them, holds ${series.timeframe} candles`,
    {
      path,
      timeframe: series.timeframe,
    },
  );
}

function parseFile(path: string, content: string) {
  try {
    return parseCandleCsv(content);
  } catch (error) {
    if (!(error instanceof AresError)) throw error;
    throw new AresError(error.code, `${path}: ${error.message}`, { ...error.data, path }, error);
  }
}
