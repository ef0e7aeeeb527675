import { ofType, type Tree } from '../rules/tree.ts';

// biome-ignore lint/suspicious/noExplicitAny: what is broken may be anything.
type Edit = (properties: any, resource: any) => void;

/** The tree with one resource of a type changed, to see that a rule notices. */
export function broken(tree: Tree, type: string, edit: Edit, which = 0): Tree {
  const victim = ofType(tree, type)[which];
  if (!victim) throw new Error(`the tree must have a ${type}, has none`);
  return tree.map((placed) => {
    if (placed !== victim) return placed;
    const copy = structuredClone(placed);
    edit(copy.properties, copy.resource);
    return copy;
  });
}

/** The tree without the resources of a type. */
export const without = (tree: Tree, type: string): Tree => tree.filter((placed) => placed.type !== type);
