import type { ModelVersion, RegisteredModel } from './mlflow-types.ts';
import { valueAt } from './run-facts.ts';

/** The slot that a model is bound to: its versions are candidates there. */
export const slotOf = ({ tags }: RegisteredModel): string | undefined => valueAt(tags, 'ares.slot');

/** What a version is in its model's slot: candidate, production, archived and so on. */
export const slotState = ({ tags }: ModelVersion): string | undefined => valueAt(tags, 'model_status');

/** The names that point at a version. */
export const aliasesOf = ({ aliases }: RegisteredModel, version: string): readonly string[] =>
  (aliases ?? []).filter((alias) => alias.version === version).map(({ alias }) => alias);

const STAGES = ['Production', 'Staging', 'Archived'] as const;

/** The newest version in each stage that means something, as text: `Production 2, Staging 3`. */
export function stageText({ latest_versions: latest }: RegisteredModel): string {
  return STAGES.flatMap((stage) => {
    const found = latest?.find(({ current_stage }) => current_stage === stage);
    return found ? [`${stage} ${found.version}`] : [];
  }).join(', ');
}

/** The number of the newest version, as far as the model itself tells. */
export const newestVersion = ({ latest_versions: latest }: RegisteredModel): string | undefined =>
  latest?.reduce<string | undefined>(
    (newest, { version }) => (newest === undefined || Number(version) > Number(newest) ? version : newest),
    undefined,
  );
