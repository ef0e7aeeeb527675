import type { Resource, Synthesised } from '../support/synthesise.ts';

/** A resource with its place; `properties` are those of its template, references unresolved. */
export interface Placed {
  readonly stack: string;
  readonly id: string;
  readonly type: string;
  // biome-ignore lint/suspicious/noExplicitAny: a template is whatever CloudFormation takes; each rule reads what it knows.
  readonly properties: any;
  readonly resource: Resource;
}

export type Tree = readonly Placed[];

/** What a rule finds wrong, one line each; nothing when all is well. */
export type Rule = (tree: Tree) => readonly string[];

/** Every resource of every stack. */
export const treeOf = ({ templates }: Pick<Synthesised, 'templates'>): Tree =>
  Object.entries(templates).flatMap(([stack, { Resources }]) =>
    Object.entries(Resources).map(([id, resource]) => ({
      stack,
      id,
      type: resource.Type,
      properties: resource.Properties ?? {},
      resource,
    })),
  );

export const ofType = (tree: Tree, type: string): Tree => tree.filter((placed) => placed.type === type);

/** Whether a value of a template refers to a resource of the same stack, by name or by one of its attributes. */
export const refersTo = (value: unknown, { id }: Placed): boolean => {
  const text = JSON.stringify(value) ?? '';
  return text.includes(`{"Ref":"${id}"}`) || text.includes(`{"Fn::GetAtt":["${id}",`);
};

/** A finding for each resource of a type that does not hold. */
export const each =
  (type: string, must: string, holds: (placed: Placed, tree: Tree) => boolean): Rule =>
  (tree) =>
    ofType(tree, type)
      .filter((placed) => !holds(placed, tree))
      .map(({ stack, id }) => `${stack}/${id} must ${must}`);

export const all =
  (...rules: readonly Rule[]): Rule =>
  (tree) =>
    rules.flatMap((rule) => rule(tree));
