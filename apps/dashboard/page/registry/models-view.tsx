import { minute } from '../format.ts';
import { BeginHint } from './begin-hint.tsx';
import { links } from './links.ts';
import { ListCard } from './list-card.tsx';
import { mlflow } from './mlflow.ts';
import type { RegisteredModel } from './mlflow-types.ts';
import { newestVersion, slotOf, stageText } from './model-facts.ts';
import type { Route } from './route.ts';
import { SortHeading } from './sort-heading.tsx';

function Row({ model }: { readonly model: RegisteredModel }) {
  const changed = model.last_updated_timestamp ?? model.creation_timestamp;
  return (
    <tr>
      <th scope="row">
        <a href={links.model(model.name)}>{model.name}</a>
      </th>
      <td class="number">{newestVersion(model) ?? '–'}</td>
      <td>{stageText(model) || '–'}</td>
      <td>
        {(model.aliases ?? []).map(({ alias, version }) => (
          <span key={alias} class="badge alias">
            @{alias} {version}
          </span>
        ))}
      </td>
      <td>{slotOf(model) ?? <span class="muted">none</span>}</td>
      <td class="time">{minute(changed)}</td>
      <td class="wide muted">{model.description ?? ''}</td>
    </tr>
  );
}

/** Every registered model, and where each stands. */
export function ModelsView({ route }: { readonly route: Extract<Route, { view: 'models' }> }) {
  return (
    <ListCard
      title="Registered models"
      things={['model', 'models']}
      route={route}
      first="name"
      read={mlflow.models}
      head={(sorting) => (
        <>
          <SortHeading column="name" kind="text" {...sorting}>
            Name
          </SortHeading>
          <th scope="col" class="number">
            Newest version
          </th>
          <th scope="col">Stages</th>
          <th scope="col">Aliases</th>
          <th scope="col">Slot</th>
          <SortHeading column="last_updated_timestamp" kind="time" {...sorting}>
            Changed (UTC)
          </SortHeading>
          <th scope="col">Description</th>
        </>
      )}
      row={(model) => <Row key={model.name} model={model} />}
      hint={(items) => items.length === 0 && <BeginHint what="model" />}
    />
  );
}
