/**
 * Adds the event schemas of today, where they are new, to those that were ever released and that every later version must still parse.
 *
 * node scripts/release-event-schemas.ts
 */
import { existsSync, readFileSync } from 'node:fs';
import * as z from 'zod';
import { detailSchema, eventNames } from '../src/core/events/catalogue.ts';
import { writeGenerated } from './write-generated.ts';

const path = 'test/fixtures/events/released-schemas.json';
const file = new URL(`../${path}`, import.meta.url);
const released: Record<string, unknown[]> = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};

for (const name of eventNames) {
  const { $schema: _, ...schema } = z.toJSONSchema(detailSchema(name));
  const known = released[name] ?? [];
  if (!known.some((earlier) => JSON.stringify(earlier) === JSON.stringify(schema))) known.push(schema);
  released[name] = known;
}

writeGenerated(path, `${JSON.stringify(released, null, 1)}\n`);
