import fc from 'fast-check';
import type * as z from 'zod';

type Schema = z.core.JSONSchema.BaseSchema;

const anyText = fc.string({ maxLength: 12 });

function textOf({ pattern, minLength = 0 }: Schema): fc.Arbitrary<string> {
  return pattern === undefined
    ? fc.string({ minLength, maxLength: minLength + 12 })
    : fc.stringMatching(new RegExp(pattern));
}

function numberOf({ type, minimum, maximum, ...schema }: Schema): fc.Arbitrary<number> {
  const exclusiveMinimum = typeof schema.exclusiveMinimum === 'number' ? schema.exclusiveMinimum : undefined;
  const low = exclusiveMinimum ?? minimum;
  if (type === 'integer') {
    const min = low === undefined ? Number.MIN_SAFE_INTEGER : exclusiveMinimum === undefined ? low : low + 1;
    return fc.integer({ min, max: maximum ?? Number.MAX_SAFE_INTEGER });
  }
  const range = fc.double({ noNaN: true, noDefaultInfinity: true, min: low ?? -1e300, max: maximum ?? 1e300 });
  // JSON has no negative zero.
  return range.filter((value) => value !== exclusiveMinimum && !Object.is(value, -0));
}

function objectOf({ properties, required = [], additionalProperties }: Schema): fc.Arbitrary<object> {
  if (properties === undefined)
    return fc.dictionary(anyText, arbitraryOfSchema(additionalProperties as Schema), { maxKeys: 4 });
  const fields = Object.entries(properties).map(([name, inner]) => [name, arbitraryOfSchema(inner as Schema)] as const);
  return fc.record(Object.fromEntries(fields), { requiredKeys: [...required] });
}

/** Values of everything a JSON Schema allows, for the part of JSON Schema that the event catalogue uses. */
export function arbitraryOfSchema(schema: Schema): fc.Arbitrary<unknown> {
  if (schema.anyOf) return fc.oneof(...schema.anyOf.map((option) => arbitraryOfSchema(option as Schema)));
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  if (Array.isArray(schema.type)) return fc.oneof(...schema.type.map((type) => arbitraryOfSchema({ ...schema, type })));
  switch (schema.type) {
    case 'string':
      return textOf(schema);
    case 'number':
    case 'integer':
      return numberOf(schema);
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array':
      return fc.array(arbitraryOfSchema(schema.items as Schema), { maxLength: 4 });
    case 'object':
      return objectOf(schema);
    default:
      throw new Error(`schema type must be one the catalogue uses, was ${JSON.stringify(schema)}`);
  }
}
