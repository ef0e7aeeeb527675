import { Crumbs } from './crumbs.tsx';
import { LifecycleList } from './lifecycle-list.tsx';
import { links } from './links.ts';
import { mlflow } from './mlflow.ts';
import { ModelSummary } from './model-summary.tsx';
import { Problem } from './problem.tsx';
import { valueAt } from './run-facts.ts';
import { useAnswer } from './use-answer.ts';
import { usePages } from './use-pages.ts';
import { VersionTable } from './version-table.tsx';

/** A registered model, its versions, and what was done with them. */
export function ModelView({ name }: { readonly name: string }) {
  const { value: model, problem } = useAnswer(name, (signal) => mlflow.model(name, signal));
  const versions = usePages(name, (token, signal) => mlflow.versions('name', name, token, signal));
  if (problem) return <Problem>{problem}</Problem>;
  if (!model) return <p class="empty">Reading…</p>;
  const inSlot = versions.items.flatMap(({ tags }) => valueAt(tags, 'ares.run') ?? []);
  const settled = versions.items.length > 0 || !versions.reading;
  return (
    <>
      <Crumbs way={[['Models', links.models]]}>{name}</Crumbs>
      <ModelSummary model={model} />
      <VersionTable model={model} pages={versions} />
      {settled && <LifecycleList names={[name, ...inSlot]} />}
    </>
  );
}
