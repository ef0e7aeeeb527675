import { Card } from '../card.tsx';
import { second } from '../format.ts';
import type { RegisteredModel } from './mlflow-types.ts';
import { slotOf } from './model-facts.ts';
import { ownTags } from './run-facts.ts';

/** A model in a few facts. */
export function ModelSummary({ model }: { readonly model: RegisteredModel }) {
  const { name, description, aliases = [], tags } = model;
  const slot = slotOf(model);
  const others = ownTags(tags).filter(({ key }) => key !== 'ares.slot');
  return (
    <Card
      title={name}
      aside={slot ? <span class="badge production">bound to {slot}</span> : <span class="badge">bound to no slot</span>}
    >
      {description && <p class="note">{description}</p>}
      <dl class="facts">
        <div>
          <dt>Slot</dt>
          <dd>{slot ? `${slot}: new versions become its candidates` : 'none; its versions are not traded'}</dd>
        </div>
        <div>
          <dt>Aliases</dt>
          <dd>{aliases.map(({ alias, version }) => `${alias} → version ${version}`).join(', ') || 'none'}</dd>
        </div>
        <div>
          <dt>Registered (UTC)</dt>
          <dd>{second(model.creation_timestamp)}</dd>
        </div>
        {others.map(({ key, value }) => (
          <div key={key}>
            <dt>{key}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </Card>
  );
}
