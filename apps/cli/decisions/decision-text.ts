import type { Item, JsonObject } from '../../../src/core/ports/ledger.ts';
import { facts } from '../render/table.ts';
import { figureText, momentText } from '../render/words.ts';

const text = (value: unknown): string =>
  value === null || value === undefined ? '-' : typeof value === 'object' ? JSON.stringify(value) : String(value);

/** A decision as one line of a table. */
export function rowOf({ key, value }: Item): readonly string[] {
  const { probability, signal, action, side, quantity, exitCause, reason } = value;
  const order = side === null || side === undefined ? '-' : `${text(side)} ${text(quantity)}`;
  const why = [exitCause, reason].filter((part) => typeof part === 'string' && part !== '').join(': ');
  const chance = typeof probability === 'number' ? figureText(probability) : '-';
  return [momentText(Number(key.sk)), chance, text(signal), text(action), order, why];
}

/** A decision and what it was made from, a line each; groups of the inputs by their path. */
export function decisionText({ inputs, ...decision }: JsonObject): string {
  const lines = Object.entries(decision).map(([name, value]): [string, string] => [name, text(value)]);
  const given = flat('inputs', inputs);
  return facts([...lines, ...given]);
}

function flat(path: string, value: unknown): [string, string][] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [[path, text(value)]];
  return Object.entries(value).flatMap(([name, member]) => flat(`${path}.${name}`, member));
}
