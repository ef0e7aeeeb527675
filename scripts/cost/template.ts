import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { AresError } from '../../src/core/ares-error.ts';

const templateSchema = z.object({
  Resources: z
    .record(z.string(), z.object({ Type: z.string(), Properties: z.record(z.string(), z.unknown()).default({}) }))
    .default({}),
});

/** One resource of a synthesised template. */
export interface Resource {
  readonly stack: string;
  readonly id: string;
  readonly type: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** @throws AresError `TEMPLATE_INVALID` */
export function resourcesOf(stack: string, template: unknown): readonly Resource[] {
  const parsed = templateSchema.safeParse(template);
  if (!parsed.success) {
    throw new AresError('TEMPLATE_INVALID', `the template of ${stack}: ${z.prettifyError(parsed.error)}`, { stack });
  }
  return Object.entries(parsed.data.Resources).map(([id, { Type, Properties }]) => ({
    stack,
    id,
    type: Type,
    properties: Properties,
  }));
}

const ENDING = '.template.json';

/**
 * All resources of all stacks in a directory that `cdk synth` wrote.
 *
 * @throws AresError `TEMPLATE_MISSING`, `TEMPLATE_INVALID`
 */
export function readTemplates(directory: string): readonly Resource[] {
  const files = existsSync(directory)
    ? readdirSync(directory)
        .filter((name) => name.endsWith(ENDING))
        .sort()
    : [];
  if (files.length === 0) {
    throw new AresError('TEMPLATE_MISSING', `${directory} must hold *${ENDING} as cdk synth writes them, held none`, {
      directory,
    });
  }
  return files.flatMap((name) =>
    resourcesOf(name.slice(0, -ENDING.length), JSON.parse(readFileSync(join(directory, name), 'utf8'))),
  );
}

/** The logical id that `Ref` or `Fn::GetAtt` points to. */
export function targetOf(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if ('Ref' in value && typeof value.Ref === 'string') return value.Ref;
  if (!('Fn::GetAtt' in value)) return undefined;
  const attribute = value['Fn::GetAtt'];
  if (Array.isArray(attribute)) return String(attribute[0]);
  return typeof attribute === 'string' ? attribute.split('.')[0] : undefined;
}

/** A property by its path, `undefined` where the path ends early. */
export const propertyOf = ({ properties }: Resource, ...path: readonly (string | number)[]): unknown =>
  path.reduce<unknown>(
    (value, step) =>
      typeof value === 'object' && value !== null ? (value as Record<string | number, unknown>)[step] : undefined,
    properties,
  );

/** @throws AresError `TEMPLATE_INVALID` when it is there and no number */
export function numberOf(resource: Resource, ...path: readonly (string | number)[]): number | undefined {
  const value = propertyOf(resource, ...path);
  if (value === undefined) return undefined;
  const number = typeof value === 'string' || typeof value === 'number' ? Number(value) : Number.NaN;
  if (Number.isFinite(number)) return number;
  throw new AresError(
    'TEMPLATE_INVALID',
    `${path.join('.')} of ${resource.stack}/${resource.id} must be a number to be priced, was ${JSON.stringify(value)}`,
  );
}
