import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { catalogue, detailSchema, type EventName, eventNames, parseEvent } from '../../../src/core/events/catalogue.ts';
import { arbitraryOfSchema } from '../../support/arbitrary-of-schema.ts';

type Schema = z.core.JSONSchema.BaseSchema;

const root = fileURLToPath(new URL('../../../', import.meta.url));
const fixture = (name: string): unknown => JSON.parse(readFileSync(`${root}test/fixtures/events/${name}`, 'utf8'));
const released = fixture('released-schemas.json') as Readonly<Record<string, readonly Schema[]>>;
const examples = fixture('examples.json') as readonly {
  readonly source: string;
  readonly detailType: string;
  readonly detail: unknown;
}[];

/** What of a released schema's events the schema of today refuses. */
function firstRefused(was: Schema, is: z.ZodType): unknown {
  const check = fc.check(
    fc.property(arbitraryOfSchema(was), (detail) => is.safeParse(detail).success),
    { seed: 7, numRuns: 300 },
  );
  return check.counterexample?.[0];
}

describe('events of earlier versions', () => {
  it.each(examples)('$detailType of the examples is still parsed', ({ source, detailType, detail }) => {
    expect(parseEvent(source, detailType, detail)).toMatchObject({ name: detailType });
  });

  it('have at least one example for each name', () => {
    expect(new Set(examples.map(({ detailType }) => detailType))).toEqual(new Set(eventNames));
  });

  it.each(Object.keys(released))('whatever a released schema of %s allowed is still parsed', (name) => {
    expect(eventNames).toContain(name);
    for (const schema of released[name] ?? [])
      expect(firstRefused(schema, detailSchema(name as EventName))).toBeUndefined();
  });

  it('are remembered: the schemas of today are among the released ones (node scripts/release-event-schemas.ts adds them)', () => {
    for (const name of eventNames) {
      const { $schema: _, ...schema } = z.toJSONSchema(detailSchema(name));
      expect(released[name]).toContainEqual(JSON.parse(JSON.stringify(schema)));
    }
  });

  it.each([
    ['a new required field', z.strictObject({ ...catalogue.ModelUpdated.data.shape, reason: z.string() })],
    [
      'a value fewer in an enumeration',
      z.strictObject({ ...catalogue.ModelUpdated.data.shape, change: z.enum(['promoted']) }),
    ],
    [
      'a field that may no longer be null',
      z.strictObject({ ...catalogue.ModelUpdated.data.shape, previousRunId: z.string() }),
    ],
    ['a field that is gone', catalogue.ModelUpdated.data.omit({ previousRunId: true })],
    ['a text that became a number', z.strictObject({ ...catalogue.ModelUpdated.data.shape, runId: z.number() })],
  ])('would be refused by %s, and the check finds that', (_, data) => {
    const was = z.toJSONSchema(catalogue.ModelUpdated.data);
    expect(firstRefused(was, data)).toBeDefined();
  });

  it.each([
    ['a new optional field', z.strictObject({ ...catalogue.ModelUpdated.data.shape, reason: z.string().optional() })],
    [
      'a value more in an enumeration',
      z.strictObject({ ...catalogue.ModelUpdated.data.shape, change: z.enum(['promoted', 'rolled_back', 'imported']) }),
    ],
  ])('are not hurt by %s', (_, data) => {
    expect(firstRefused(z.toJSONSchema(catalogue.ModelUpdated.data), data)).toBeUndefined();
  });
});

describe('the generated pages', () => {
  it('tell of the events as they are', () => {
    const check = ['--conditions=local', `${root}scripts/generate-event-docs.ts`, '--check'];
    expect(() => execFileSync(process.execPath, check, { stdio: 'pipe' })).not.toThrow();
    expect(readdirSync(`${root}docs/events`).toSorted()).toEqual(
      eventNames.map((name) => `${name}.schema.json`).toSorted(),
    );
  });
});
