import type { SearchTerm } from './search-term.ts';
import type { Searchable } from './searchable.ts';

const IS_PROMPT = 'mlflow.prompt.is_prompt';

export interface PromptRule {
  readonly terms: readonly SearchTerm[];
  readonly admits: (entity: Searchable) => boolean;
}

/**
 * Prompts live among the registered models under a tag, and a search hides them unless it asks for them. Models do not have the tag,
 * so a term such as "is not a prompt" is dropped instead of finding nothing.
 */
export function hidePrompts(terms: readonly SearchTerm[]): PromptRule {
  const about = terms.filter((term) => term.entity === 'tag' && term.key === IS_PROMPT);
  if (about[0] !== undefined && asksForPrompts(about[0])) return { terms, admits: () => true };
  return {
    terms: terms.filter((term) => !about.includes(term)),
    admits: (entity) => entity.tags?.[IS_PROMPT] !== 'true',
  };
}

function asksForPrompts({ comparator, value }: SearchTerm): boolean {
  const text = String(value).toLowerCase();
  return (comparator === '=' && text === 'true') || (comparator === '!=' && text === 'false');
}
