import { InvalidArgumentError } from 'commander';
import { stageFields } from '../../src/compose/stage-fields.ts';
import { parseTokenName } from '../../src/core/access/access-token.ts';
import { messageOf } from '../../src/core/ares-error.ts';
import type { Timeframe } from '../../src/core/market-data/candle.ts';
import { timeframe } from '../../src/core/market-data/timeframe.ts';
import { parseRunId, type RunId } from '../../src/core/models/run-id.ts';
import { parseSlotId, type SlotId } from '../../src/core/models/slot.ts';
import { type EpochMillis, epochMillis } from '../../src/core/ports/clock.ts';

/** What a core parser refuses is a usage error here. */
function parsed<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw new InvalidArgumentError(messageOf(error));
  }
}

export const slotText = (text: string): SlotId =>
  parsed(() => {
    parseSlotId(text);
    return text as SlotId;
  });

export const runIdText = (text: string): RunId => parsed(() => parseRunId(text));

export const tokenNameText = (text: string): string => parsed(() => parseTokenName(text));

export const timeframeText = (text: string): Timeframe => parsed(() => timeframe(text));

export function symbolText(text: string): string {
  if (/^[^\s/]+\/[^\s/]+$/.test(text)) return text;
  throw new InvalidArgumentError(`symbol must be like BTC/USDT, was "${text}"`);
}

export function stageName(text: string): string {
  const { success, error } = stageFields.shape.stage.safeParse(text);
  if (success) return text;
  throw new InvalidArgumentError(`stage ${error.issues[0]?.message}, was "${text}"`);
}

/** One of some words. */
export const oneOf =
  (words: readonly string[]) =>
  (text: string): string => {
    if (words.includes(text)) return text;
    throw new InvalidArgumentError(`must be one of ${words.join(', ')}, was "${text}"`);
  };

/** A number with bounds, both included. */
export const numberFrom =
  (min: number, max = Number.POSITIVE_INFINITY) =>
  (text: string): number => {
    const value = Number(text);
    if (text.trim() !== '' && Number.isFinite(value) && value >= min && value <= max) return value;
    const range = max === Number.POSITIVE_INFINITY ? `from ${min}` : `from ${min} to ${max}`;
    throw new InvalidArgumentError(`must be a number ${range}, was "${text}"`);
  };

export const wholeFrom =
  (min: number, max = Number.MAX_SAFE_INTEGER) =>
  (text: string): number => {
    if (/^\d+$/.test(text) && Number(text) >= min && Number(text) <= max) return Number(text);
    const range = max === Number.MAX_SAFE_INTEGER ? `from ${min}` : `from ${min} to ${max}`;
    throw new InvalidArgumentError(`must be a whole number ${range}, was "${text}"`);
  };

const ISO = /^(\d{4})-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})?)?$/;

/** A day or a moment in ISO 8601; a day is its beginning, and without a zone it is UTC. */
export function timeText(text: string): EpochMillis {
  const match = ISO.exec(text);
  const dated = match && !/[T ]/.test(text);
  const millis = match ? Date.parse(dated || match[2] !== undefined ? text : `${text}Z`) : Number.NaN;
  const exists = Number.isFinite(millis) && (!dated || new Date(millis).toISOString().startsWith(text));
  if (exists && millis >= 0) return epochMillis(millis);
  throw new InvalidArgumentError(
    `must be a day or a time since 1970 like 2022-01-31 or 2022-01-31T12:00:00Z, was "${text}"`,
  );
}
