import { AresError } from '../ares-error.ts';
import { compileCidr } from './pattern-cidr.ts';
import { compileNumeric } from './pattern-numeric.ts';
import { compileWildcard } from './pattern-wildcard.ts';

/** A value in the event that is neither an object nor an array. */
export type Leaf = string | number | boolean | null;

/** One entry of a field's list: a test of a value, or the demand that the field be absent. */
export type Condition = ((leaf: Leaf) => boolean) | 'absent';

const invalid = (must: string, was: unknown) =>
  new AresError('PATTERN_INVALID', `${must}, was ${JSON.stringify(was) ?? String(was)}`);

const ofText = (test: (text: string) => boolean) => (leaf: Leaf) => typeof leaf === 'string' && test(leaf);

/** Upper case first, so that letters whose upper case is longer or shared compare equal. */
const fold = (text: string): string => text.toUpperCase().toLowerCase();

function text(operator: string, operand: unknown): string {
  if (typeof operand !== 'string') throw invalid(`${operator} must be a string`, operand);
  return operand;
}

function only(name: string, operand: object): [string, unknown] {
  const entries = Object.entries(operand);
  if (entries.length !== 1) throw invalid(`${name} must have exactly one operator`, operand);
  return entries[0] as [string, unknown];
}

function affix(operator: 'prefix' | 'suffix', operand: unknown): (leaf: Leaf) => boolean {
  const test = (whole: string, part: string) => (operator === 'prefix' ? whole.startsWith(part) : whole.endsWith(part));
  if (typeof operand !== 'object' || operand === null || Array.isArray(operand)) {
    const part = text(operator, operand);
    return ofText((whole) => test(whole, part));
  }
  const [inner, value] = only(operator, operand);
  if (inner !== 'equals-ignore-case') throw invalid(`${operator} must hold a string or equals-ignore-case`, operand);
  const part = fold(text(`${operator} equals-ignore-case`, value));
  return ofText((whole) => test(fold(whole), part));
}

const refused = {
  prefix: (part: string) => affix('prefix', part),
  suffix: (part: string) => affix('suffix', part),
  'equals-ignore-case': (whole: string) => ofText((other) => fold(other) === fold(whole)),
  wildcard: (wildcard: string) => ofText(compileWildcard(wildcard)),
} as const;

function anythingBut(operand: unknown): (leaf: Leaf) => boolean {
  if (typeof operand === 'object' && operand !== null && !Array.isArray(operand)) {
    const [operator, operands] = only('anything-but', operand);
    if (!Object.hasOwn(refused, operator)) {
      throw invalid(`anything-but must hold values or one of ${Object.keys(refused).join(', ')}`, operand);
    }
    const list: readonly unknown[] = Array.isArray(operands) ? operands : [operands];
    if (list.length === 0) throw invalid(`anything-but ${operator} must not be empty`, operand);
    const tests = list.map((entry) => {
      const value = text(`anything-but ${operator}`, entry);
      // An empty prefix or suffix is in every text, so the condition could never hold.
      if (value === '' && operator.endsWith('fix'))
        throw invalid(`anything-but ${operator} must not be empty`, operand);
      return refused[operator as keyof typeof refused](value);
    });
    return (leaf) => !tests.some((test) => test(leaf));
  }
  const list: readonly unknown[] = Array.isArray(operand) ? operand : [operand];
  const uniform = ['string', 'number'].some((type) => list.every((value) => typeof value === type));
  if (list.length === 0 || !uniform) {
    throw invalid('anything-but must be strings only or numbers only, at least one', operand);
  }
  return (leaf) => !list.includes(leaf);
}

/**
 * One entry of a pattern's list.
 *
 * @throws AresError `PATTERN_INVALID` saying what must be and what was
 */
export function compileCondition(entry: unknown): Condition {
  if (typeof entry !== 'object' || entry === null) {
    if (typeof entry === 'undefined' || typeof entry === 'function') throw invalid('a value must be JSON', entry);
    return (leaf) => leaf === entry;
  }
  if (Array.isArray(entry))
    throw invalid('a value must be a string, a number, true, false, null or an operator', entry);
  const [operator, operand] = only('a condition', entry);
  switch (operator) {
    case 'prefix':
    case 'suffix':
      return affix(operator, operand);
    case 'equals-ignore-case':
      return refused[operator](text(operator, operand));
    case 'exactly': {
      const exact = text(operator, operand);
      return (leaf) => leaf === exact;
    }
    case 'wildcard':
      return refused.wildcard(text(operator, operand));
    case 'anything-but':
      return anythingBut(operand);
    case 'numeric': {
      const test = compileNumeric(operand);
      return (leaf) => typeof leaf === 'number' && test(leaf);
    }
    case 'cidr':
      return ofText(compileCidr(text(operator, operand)));
    case 'exists':
      if (typeof operand !== 'boolean') throw invalid('exists must be true or false', operand);
      return operand ? () => true : 'absent';
    default:
      throw invalid('an operator must be one EventBridge knows', operator);
  }
}
