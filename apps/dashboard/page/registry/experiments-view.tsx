import { minute } from '../format.ts';
import { BeginHint } from './begin-hint.tsx';
import { links } from './links.ts';
import { ListCard } from './list-card.tsx';
import { mlflow } from './mlflow.ts';
import type { Experiment } from './mlflow-types.ts';
import type { Route } from './route.ts';
import { ownTags } from './run-facts.ts';
import { SortHeading } from './sort-heading.tsx';

/** The experiments that exist before anybody makes one. */
const OWN: readonly string[] = ['0', '1'];

function Row({ experiment }: { readonly experiment: Experiment }) {
  const { experiment_id: id, name, creation_time: created, last_update_time: changed, tags } = experiment;
  return (
    <tr>
      <th scope="row">
        <a href={links.experiment(id)}>{name}</a>
      </th>
      <td class="number">{id}</td>
      <td class="time">{created ? minute(created) : '–'}</td>
      <td class="time">{changed ? minute(changed) : '–'}</td>
      <td class="wide">
        {ownTags(tags)
          .map(({ key, value }) => `${key}: ${value}`)
          .join(' · ')}
      </td>
    </tr>
  );
}

/** Every experiment, the one that changed last first. */
export function ExperimentsView({ route }: { readonly route: Extract<Route, { view: 'experiments' }> }) {
  return (
    <ListCard
      title="Experiments"
      things={['experiment', 'experiments']}
      route={route}
      first="-last_update_time"
      read={mlflow.experiments}
      head={(sorting) => (
        <>
          <SortHeading column="name" kind="text" {...sorting}>
            Name
          </SortHeading>
          <th scope="col" class="number">
            Id
          </th>
          <SortHeading column="creation_time" kind="time" {...sorting}>
            Created (UTC)
          </SortHeading>
          <SortHeading column="last_update_time" kind="time" {...sorting}>
            Changed (UTC)
          </SortHeading>
          <th scope="col">Tags</th>
        </>
      )}
      row={(experiment) => <Row key={experiment.experiment_id} experiment={experiment} />}
      hint={(items) => items.every(({ experiment_id: id }) => OWN.includes(id)) && <BeginHint what="experiments" />}
    />
  );
}
