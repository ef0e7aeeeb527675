import { invalidSearch } from './invalid-search.ts';
import { type Token, tokenizeFilter } from './tokenize-filter.ts';

/** What stands on a side of a comparison, or between two. */
export interface Unit {
  readonly kind:
    | 'identifier'
    | 'string'
    | 'integer'
    | 'float'
    | 'list'
    | 'expression'
    | 'null'
    | 'comparison'
    | 'keyword'
    | 'order'
    | 'mark';
  /** As written, quotes and brackets included. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

const OPERANDS: ReadonlySet<Unit['kind']> = new Set([
  'identifier',
  'string',
  'integer',
  'float',
  'list',
  'expression',
  'null',
]);

/** Whether a comparison may have this unit on one of its sides. */
export function isOperand(unit: Unit | undefined): unit is Unit {
  return unit !== undefined && OPERANDS.has(unit.kind);
}

/** The genuine server's limit. */
const MAX_TOKENS = 10_000;

/**
 * Joins tokens to `entity.key`, bracketed lists and arithmetic, which only an error message wants to know as one.
 *
 * @throws MlflowError INVALID_PARAMETER_VALUE when there are too many tokens
 */
export function readUnits(text: string): readonly Unit[] {
  const tokens = tokenizeFilter(text);
  if (tokens.length > MAX_TOKENS) {
    throw invalidSearch(`A filter must have at most ${MAX_TOKENS} tokens, had ${tokens.length}`);
  }
  const ends = bracketEnds(tokens);
  const units: Unit[] = [];
  for (let at = 0; at < tokens.length; ) {
    const next = afterUnit(tokens, at, ends);
    const unit = unitOf(text, tokens, at, next);
    if (unit !== undefined) addUnit(units, unit, text);
    at = next;
  }
  return units;
}

function afterUnit(tokens: readonly Token[], at: number, ends: ReadonlyMap<number, number>): number {
  const token = tokens[at];
  if (token?.text === '(') return ends.get(at) ?? at + 1;
  if (token === undefined || !isName(token)) return at + 1;
  let end = at + 1;
  while (tokens[end]?.text === '.') {
    const member = tokens[end + 1];
    if (!(isName(member) || member?.kind === 'string' || member?.text === '*')) return end + 1;
    end += 2;
  }
  return end === at + 1 ? (ends.get(end) ?? end) : end;
}

/** For each bracket that opens and is closed: the token after it is. */
function bracketEnds(tokens: readonly Token[]): ReadonlyMap<number, number> {
  const ends = new Map<number, number>();
  const open: number[] = [];
  for (const [at, { text }] of tokens.entries()) {
    if (text === '(') open.push(at);
    const opened = text === ')' ? open.pop() : undefined;
    if (opened !== undefined) ends.set(opened, at + 1);
  }
  return ends;
}

function isName(token: Token | undefined): boolean {
  return token?.kind === 'name' || token?.kind === 'quoted-name';
}

function unitOf(text: string, tokens: readonly Token[], at: number, next: number): Unit | undefined {
  const [first, last] = [tokens[at], tokens[next - 1]];
  if (first === undefined || last === undefined || first.kind === 'space') return undefined;
  const end = last.start + last.text.length;
  return { kind: kindOf(first, last), text: text.slice(first.start, end), start: first.start, end };
}

function kindOf(first: Token, last: Token): Unit['kind'] {
  if (first.text === '(' && last.text === ')') return 'list';
  if (isName(first)) return last.text === ')' ? 'expression' : 'identifier';
  if (first.kind === 'keyword') return first.text.toUpperCase() === 'NULL' ? 'null' : 'keyword';
  if (first.kind === 'string' || first.kind === 'integer' || first.kind === 'float') return first.kind;
  return first.kind === 'comparison' || first.kind === 'order' ? first.kind : 'mark';
}

/** `a - b` is one expression: the answer to an unquoted `metrics.val-loss` names it whole. */
function addUnit(units: Unit[], unit: Unit, text: string): void {
  const [left, operator] = units.slice(-2);
  if (isOperand(unit) && operator?.kind === 'mark' && /^[+\-*/@#%^&|]+$/u.test(operator.text) && isOperand(left)) {
    units.splice(-2, 2, {
      kind: 'expression',
      text: text.slice(left.start, unit.end),
      start: left.start,
      end: unit.end,
    });
  } else {
    units.push(unit);
  }
}
