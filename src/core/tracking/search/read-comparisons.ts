import { invalidSearch } from './invalid-search.ts';
import { pythonText } from './python-text.ts';
import { type Comparison, readClauses } from './read-clauses.ts';

/**
 * Splits a filter into comparisons joined by AND.
 *
 * @param quote how the message shows what is no comparison
 * @throws MlflowError INVALID_PARAMETER_VALUE when anything else is in it
 */
export function readComparisons(
  text: string,
  quote: (stranger: string) => string = (stranger) => stranger,
): readonly Comparison[] {
  if (text.trim() === '') throw invalidSearch(`Invalid filter '${text}'. Could not be parsed.`);
  const { comparisons, strangers, isMultiple } = readClauses(text);
  if (isMultiple)
    throw invalidSearch(
      `Search filter contained multiple expression ${pythonText(text)}. Provide AND-ed expression list.`,
    );
  if (strangers.length > 0)
    throw invalidSearch(`Invalid clause(s) in filter string: ${strangers.map(quote).join(', ')}`);
  const wrong = comparisons.find(({ left }) => left.kind !== 'identifier');
  if (wrong !== undefined)
    throw invalidSearch(`Invalid comparison clause. Expected 'Identifier' found '${wrong.left.text}'`);
  return comparisons;
}
