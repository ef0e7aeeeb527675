import { invalidSearch } from './invalid-search.ts';
import { readUnits } from './read-units.ts';

export interface OrderText {
  /** The field as written, and without its quotes where a direction follows. */
  readonly field: string;
  readonly ascending: boolean;
}

/**
 * Splits `metrics.accuracy DESC` into field and direction.
 *
 * @throws MlflowError INVALID_PARAMETER_VALUE when it is not one field and at most one direction
 */
export function readOrderText(clause: string): OrderText {
  const units = readUnits(clause);
  const [field, direction] = units;
  const isWhole = field?.start === 0 && units.at(-1)?.end === clause.length;
  if (!isWhole || field.kind !== 'identifier' || units.length > 2) throw unparsable(clause);
  if (direction === undefined) return { field: field.text, ascending: true };
  if (direction.kind === 'identifier') throw invalidSearch(`Invalid ordering key in order_by clause '${clause}'.`);
  const word = direction.text.toLowerCase();
  if (direction.kind !== 'order' || !(word === 'asc' || word === 'desc')) throw unparsable(clause);
  return { field: field.text.replace(/["'`]/gu, ''), ascending: word === 'asc' };
}

function unparsable(clause: string): Error {
  return invalidSearch(`Invalid order_by clause '${clause}'. Could not be parsed.`);
}
