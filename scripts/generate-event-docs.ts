/**
 * Writes docs/events.md and docs/events/*.schema.json from the event catalogue and the wiring table; with --check it only says whether they are current.
 *
 * node scripts/generate-event-docs.ts [--check]
 */
import * as z from 'zod';
import { functions, queues } from '../src/compose/wiring.ts';
import { catalogue, detailSchema, type EventName, eventNames } from '../src/core/events/catalogue.ts';
import { metadataSchema } from '../src/core/events/envelope.ts';
import { writeGenerated } from './write-generated.ts';

type Schema = z.core.JSONSchema.BaseSchema;

/** JSON as the formatter has it: a list that fits on its line is on one. */
function formatted(value: unknown): string {
  const expanded = JSON.stringify(value, null, 2);
  const compact = expanded.replaceAll(
    /^( *.*)\[\n([^[\]{}]*?)\n *\](,?)$/gm,
    (whole, start: string, list: string, end: string) => {
      const line = `${start}[${list.trim().replaceAll(/\n */g, ' ')}]${end}`;
      return line.length <= 120 ? line : whole;
    },
  );
  return `${compact}\n`;
}

function consumersOf(name: EventName): string {
  const rows: readonly (readonly [string, readonly EventName[]])[] = [
    ...functions.map(
      ({ name: target, triggers }) =>
        [`\`${target}\``, triggers.flatMap((trigger) => (trigger.kind === 'events' ? trigger.names : []))] as const,
    ),
    ...queues.map(({ name: target, events }) => [`\`${target}\` (queue)`, events] as const),
  ];
  const targets = rows.filter(([, names]) => names.includes(name)).map(([target]) => target);
  return targets.length > 0 ? targets.join(', ') : 'nobody yet; kept as a record';
}

function typeOf(schema: Schema): string {
  if (schema.anyOf) return schema.anyOf.map((option) => typeOf(option as Schema)).join(' or ');
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (Array.isArray(schema.type)) return schema.type.join(' or ');
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(', ');
  if (schema.type === 'array') return `list of ${typeOf(schema.items as Schema)}`;
  if (schema.type === 'object') return `map to ${typeOf(schema.additionalProperties as Schema)}`;
  if (schema.type === 'string' && schema.pattern) return `string like \`${schema.pattern.replaceAll('|', '\\|')}\``;
  const bounds = [schema.minimum, schema.maximum].map((bound) =>
    Math.abs(bound ?? Infinity) > 1e15 ? undefined : bound,
  );
  if (bounds[0] !== undefined && bounds[1] !== undefined) return `${schema.type} from ${bounds[0]} to ${bounds[1]}`;
  if (schema.exclusiveMinimum !== undefined) return `${schema.type} above ${schema.exclusiveMinimum}`;
  return bounds[0] === undefined ? String(schema.type) : `${schema.type} from ${bounds[0]}`;
}

function fieldTable(schema: z.ZodType): string {
  const { properties = {} } = z.toJSONSchema(schema);
  const rows = Object.entries(properties).map(([field, type]) => `| \`${field}\` | ${typeOf(type as Schema)} |`);
  return ['| field | type |', '| --- | --- |', ...rows].join('\n');
}

const sections = eventNames.map((name) => {
  const { source, about, data } = catalogue[name];
  return `### ${name}

${about}

From \`${source}\`, goes to: ${consumersOf(name)}. [JSON Schema](events/${name}.schema.json)

${fieldTable(data)}
`;
});

const schedules = functions.flatMap(({ name, triggers }) =>
  triggers.flatMap((trigger) =>
    trigger.kind === 'schedule' ? [`| \`${name}\` | ${trigger.rate} | ${trigger.clock} |`] : [],
  ),
);

for (const name of eventNames) {
  const { about } = catalogue[name];
  const schema = { title: name, description: about, ...z.toJSONSchema(detailSchema(name)) };
  writeGenerated(`docs/events/${name}.schema.json`, formatted(schema));
}

const page = `<!-- Written by scripts/generate-event-docs.ts from src/core/events/catalogue.ts and src/compose/wiring.ts. -->
# Events

Components tell each other what happened through these events and no others. An event is committed together with the change it tells of, into the
outbox of the ledger; a relay hands it to the bus, which brings it to everyone the wiring table names.

- Delivery is **at least once and in no order**. A consumer ignores an event whose \`sequence\` is older than one it has seen of the same source
  and slot, reads the ledger where it finds a gap, and derives its commit tokens from the event's id, so that doing a thing twice changes nothing.
- A function that fails gets the event again, after waits that grow. When it has failed as often as its row allows, the event is dead: nobody tries it
  again by itself, a \`SystemError\` with the code \`DEAD_LETTER\` tells of it, \`ares events dead\` lists it and \`ares events replay\` brings it back.
- Event patterns have the semantics of EventBridge on AWS as on one machine.
- What an old event looked like is never refused by a newer program: the schemas that were ever released are kept in
  \`test/fixtures/events/released-schemas.json\`, and a test parses events made from each of them.

## Metadata

Every event's \`detail\` is \`{ metadata, data }\`. The metadata:

${fieldTable(metadataSchema)}

\`occurredAt\` is in milliseconds since 1970, market time where the market is what the event is about. \`correlationId\` names what began it all,
\`causationId\` the event or command that led here. \`slot\` is \`account:strategy:symbols:timeframe\`.

## Events by name

${sections.join('\n')}
## Schedules

These start functions without an event of the catalogue. A run is named after its function and its time, so it is never done twice; where several runs
were missed, only the newest is made up for.

| function | rate | clock |
| --- | --- | --- |
${schedules.join('\n')}
`;

writeGenerated('docs/events.md', page);
