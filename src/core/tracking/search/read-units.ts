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

/** Joins tokens to `entity.key`, bracketed lists and arithmetic, which only an error message wants to know as one. */
export function readUnits(text: string): readonly Unit[] {
  const tokens = tokenizeFilter(text);
  const units: Unit[] = [];
  for (let at = 0; at < tokens.length; ) {
    const next = afterUnit(tokens, at);
    const unit = unitOf(text, tokens, at, next);
    if (unit !== undefined) addUnit(units, unit, text);
    at = next;
  }
  return units;
}

function afterUnit(tokens: readonly Token[], at: number): number {
  const token = tokens[at];
  if (token?.text === '(') return afterBracket(tokens, at) ?? at + 1;
  if (token === undefined || !isName(token)) return at + 1;
  let end = at + 1;
  while (tokens[end]?.text === '.') {
    const member = tokens[end + 1];
    if (!(isName(member) || member?.kind === 'string' || member?.text === '*')) return end + 1;
    end += 2;
  }
  return end === at + 1 && tokens[end]?.text === '(' ? (afterBracket(tokens, end) ?? end) : end;
}

function afterBracket(tokens: readonly Token[], open: number): number | undefined {
  let depth = 0;
  for (let at = open; at < tokens.length; at += 1) {
    if (tokens[at]?.text === '(') depth += 1;
    if (tokens[at]?.text === ')') depth -= 1;
    if (depth === 0) return at + 1;
  }
  return undefined;
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
  if (first.kind === 'unknown') return /^-?0x/iu.test(first.text) ? 'expression' : 'mark';
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
