import { AresError } from '../ares-error.ts';

const invalid = (must: string, terms: unknown) =>
  new AresError('PATTERN_INVALID', `numeric ${must}, was ${JSON.stringify(terms)}`);

/**
 * `["=", x]`, one bound such as `["<", x]`, or a lower and an upper bound such as `[">", x, "<=", y]` with x below y.
 *
 * @throws AresError `PATTERN_INVALID`
 */
export function compileNumeric(terms: unknown): (number: number) => boolean {
  if (!Array.isArray(terms)) throw invalid('must be a list', terms);
  const [operator, bound, upperOperator, upper] = terms as readonly unknown[];
  if (typeof bound !== 'number') throw invalid('must have a number after its first operator', terms);
  if (terms.length === 2) {
    switch (operator) {
      case '=':
        return (number) => number === bound;
      case '<':
        return (number) => number < bound;
      case '<=':
        return (number) => number <= bound;
      case '>':
        return (number) => number > bound;
      case '>=':
        return (number) => number >= bound;
      default:
        throw invalid('must begin with =, <, <=, > or >=', terms);
    }
  }
  const ordered = (operator === '>' || operator === '>=') && (upperOperator === '<' || upperOperator === '<=');
  if (terms.length !== 4 || !ordered) throw invalid('must be a lower and then an upper bound', terms);
  if (typeof upper !== 'number' || upper <= bound) throw invalid('must have its upper bound above its lower', terms);
  const below = compileNumeric([upperOperator, upper]);
  const above = compileNumeric([operator, bound]);
  return (number) => above(number) && below(number);
}
