import type { GoldenAnswer } from './golden-search.ts';

interface Deviation {
  readonly ours: GoldenAnswer;
  readonly why: string;
}

function refused(message: string): GoldenAnswer {
  return { error: { code: 'INVALID_PARAMETER_VALUE', message } };
}

const STATUS = 'the genuine server compares the name of a status with its number, and finds none or all';
const SPACE = 'the genuine message loses a space';
const COLUMN = 'the genuine message names a column of its database';
const TIMESTAMP = '`timestamp` is a type in SQL, which needs no message of its own';

/** Where we answer otherwise than the genuine server, on purpose. By `kind: search`. */
export const KNOWN_DEVIATIONS: Readonly<Record<string, Deviation>> = {
  "runs: run_id IN ('a1' 'b1')": {
    ours: refused(
      'While parsing a list in the query, expected a non-empty list of string values, but got ill-formed list.',
    ),
    why: "a forgotten comma is told; Python reads it as one text, 'a1b1'",
  },
  "logged-models: status = 'READY'": { ours: { ids: ['m-1', 'm-4'] }, why: STATUS },
  "logged-models: status != 'READY'": { ours: { ids: ['m-2', 'm-3'] }, why: STATUS },
  'logged-models: attributes.creation_timestamp > 100': {
    ours: { ids: ['m-3', 'm-4'] },
    why: 'the genuine server knows this attribute without its prefix only, and fails',
  },
  'logged-models: name IN ()': {
    ours: refused('While parsing a list in the query, expected a non-empty list of string values, but got empty list'),
    why: 'an empty list is refused as for every other kind',
  },
  "logged-models: creation_timestamp LIKE '1%'": {
    ours: refused(
      "Invalid comparison operator for attributes.creation_timestamp: 'LIKE'. Expected one of ('<', '<=', '>', '>=', '=', '!=').",
    ),
    why: COLUMN,
  },
  'logged-models: metrics.acc IS NULL': {
    ours: refused('Invalid comparison: metrics.acc IS NULL. Expected a comparison with 3 tokens.'),
    why: SPACE,
  },
  'logged-models: tags.owner IS NULL': {
    ours: refused('Invalid comparison: tags.owner IS NULL. Expected a comparison with 3 tokens.'),
    why: SPACE,
  },
  'registered-models: ["TIMESTAMP"]': {
    ours: refused("Invalid order by key 'TIMESTAMP' specified. Valid keys are '{'name', 'timestamp'}'"),
    why: TIMESTAMP,
  },
  'registered-models: ["timestamp foo"]': {
    ours: refused("Invalid ordering key in order_by clause 'timestamp foo'."),
    why: TIMESTAMP,
  },
};
