import type { SearchTerm } from './search-term.ts';
import type { SearchKind } from './searchable.ts';
import { termsOfExperiments } from './terms-of-experiments.ts';
import { termsOfLoggedModels } from './terms-of-logged-models.ts';
import { type RegistryRules, termsOfRegistry } from './terms-of-registry.ts';
import { termsOfRuns } from './terms-of-runs.ts';

const REGISTERED_MODELS: RegistryRules = { attributes: ['name'], numbers: [], lists: ['name'] };
const MODEL_VERSIONS: RegistryRules = {
  attributes: ['name', 'version_number', 'run_id', 'source_path'],
  numbers: ['version_number', 'creation_timestamp', 'last_updated_timestamp'],
  lists: ['name', 'run_id'],
};

/**
 * Reads a filter as its kind's grammar has it.
 *
 * @throws MlflowError INVALID_PARAMETER_VALUE when it is not in that grammar
 */
export function termsOf(kind: SearchKind, text: string): readonly SearchTerm[] {
  switch (kind) {
    case 'runs':
      return termsOfRuns(text);
    case 'experiments':
      return termsOfExperiments(text);
    case 'registered-models':
      return termsOfRegistry(text, REGISTERED_MODELS);
    case 'model-versions':
      return termsOfRegistry(text, MODEL_VERSIONS);
    case 'logged-models':
      return termsOfLoggedModels(text);
  }
}
