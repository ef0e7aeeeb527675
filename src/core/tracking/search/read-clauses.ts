import { isOperand, readUnits, type Unit } from './read-units.ts';

/** One clause of a filter: `left comparator right`, where IS NULL and IS NOT NULL have no right side. */
export interface Comparison {
  readonly left: Unit;
  /** As written; `NOT IN`, `IS NULL` and `IS NOT NULL` in capitals. */
  readonly comparator: string;
  readonly right: Unit | undefined;
  readonly text: string;
}

export interface Clauses {
  readonly comparisons: readonly Comparison[];
  /** What is neither a comparison nor AND, as written: the filter is invalid. */
  readonly strangers: readonly string[];
  /** Whether something follows a semicolon. */
  readonly isMultiple: boolean;
}

interface Piece {
  readonly start: number;
  readonly end: number;
  readonly comparison?: Comparison;
}

/** Splits a filter into its comparisons. ANDs are not counted: like the genuine server, it takes `a = 'x' b = 'y'` for two of them. */
export function readClauses(text: string): Clauses {
  const units = readUnits(text);
  const pieces: Piece[] = [];
  for (let at = 0; at < units.length; ) {
    const [piece, next] = pieceAt(units, at, text);
    if (piece !== undefined) pieces.push(piece);
    at = next;
  }
  const joined = joinLists(pieces, text);
  return {
    comparisons: joined.flatMap((piece) => piece.comparison ?? []),
    strangers: joined
      .filter((piece) => piece.comparison === undefined)
      .map((piece) => text.slice(piece.start, piece.end)),
    isMultiple: units.slice(0, -1).some((unit) => unit.text === ';'),
  };
}

function pieceAt(units: readonly Unit[], at: number, text: string): readonly [Piece | undefined, number] {
  const found = binaryAt(units, at) ?? listAt(units, at) ?? nullAt(units, at);
  const unit = units[at];
  if (found === undefined) return [unit === undefined || isKeyword(unit, 'AND') ? undefined : unit, at + 1];
  const next = at + found.length;
  const alias = units[next];
  const last = units[next - 1] ?? found.left;
  const isAliased = alias?.kind === 'identifier' && found.right?.kind !== 'list' && !startsClause(units, next);
  if (isAliased) return [{ start: found.left.start, end: alias.end }, next + 1];
  const { left, comparator, right } = found;
  const comparison = { left, comparator, right, text: text.slice(left.start, last.end) };
  return [{ start: left.start, end: last.end, comparison }, next];
}

interface Found {
  readonly left: Unit;
  readonly comparator: string;
  readonly right: Unit | undefined;
  /** How many units it takes. */
  readonly length: number;
}

function binaryAt(units: readonly Unit[], at: number): Found | undefined {
  const [left, comparator, right] = units.slice(at, at + 3);
  if (!isOperand(left) || comparator?.kind !== 'comparison' || !isOperand(right)) return undefined;
  return { left, comparator: comparator.text, right, length: 3 };
}

function listAt(units: readonly Unit[], at: number): Found | undefined {
  const [left, second, third, fourth] = units.slice(at, at + 4);
  if (left?.kind !== 'identifier') return undefined;
  if (isKeyword(second, 'IN') && third?.kind === 'list')
    return { left, comparator: second.text, right: third, length: 3 };
  if (isKeyword(second, 'NOT') && isKeyword(third, 'IN') && fourth?.kind === 'list') {
    return { left, comparator: 'NOT IN', right: fourth, length: 4 };
  }
  return undefined;
}

function nullAt(units: readonly Unit[], at: number): Found | undefined {
  const [left, is, what] = units.slice(at, at + 3);
  if (left?.kind !== 'identifier' || !isKeyword(is, 'IS')) return undefined;
  if (what?.kind === 'null') return { left, comparator: 'IS NULL', right: undefined, length: 3 };
  if (what?.kind === 'keyword' && /^NOT\s+NULL$/iu.test(what.text))
    return { left, comparator: 'IS NOT NULL', right: undefined, length: 3 };
  return undefined;
}

function startsClause(units: readonly Unit[], at: number): boolean {
  return (binaryAt(units, at) ?? listAt(units, at) ?? nullAt(units, at)) !== undefined;
}

function isKeyword(unit: Unit | undefined, word: string): unit is Unit {
  return unit?.kind === 'keyword' && unit.text.toUpperCase() === word;
}

/** Two clauses with a comma between them are one stranger. */
function joinLists(pieces: readonly Piece[], text: string): readonly Piece[] {
  const joined: Piece[] = [];
  for (const piece of pieces) {
    const [before, comma] = joined.slice(-2);
    if (before !== undefined && comma !== undefined && text.slice(comma.start, comma.end) === ',') {
      joined.splice(-2, 2, { start: before.start, end: piece.end });
    } else {
      joined.push(piece);
    }
  }
  return joined;
}
