import type { Leaf } from './pattern-condition.ts';

/** A value of the event, and the element of each array on the way to it: array number → index. */
export interface Field {
  readonly leaf: Leaf;
  readonly elements: ReadonlyMap<number, number>;
}

/** An event as its leaves by path, names joined by dots; a path has as many fields as arrays give it. */
export function flattenEvent(event: object): ReadonlyMap<string, readonly Field[]> {
  const fields = new Map<string, Field[]>();
  let arrays = 0;
  const visit = (value: unknown, path: string | undefined, elements: ReadonlyMap<number, number>): void => {
    if (Array.isArray(value)) {
      const array = arrays++;
      for (const [index, element] of value.entries()) visit(element, path, new Map([...elements, [array, index]]));
    } else if (typeof value === 'object' && value !== null) {
      for (const [name, inner] of Object.entries(value)) {
        visit(inner, path === undefined ? name : `${path}.${name}`, elements);
      }
    } else if (path !== undefined && value !== undefined) {
      const field: Field = { leaf: value as Leaf, elements };
      const known = fields.get(path);
      if (known) known.push(field);
      else fields.set(path, [field]);
    }
  };
  visit(event, undefined, new Map());
  return fields;
}
