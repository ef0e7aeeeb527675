/**
 * Tags or aliases, ordered by their key.
 *
 * Pairs and not an object: a key such as "__proto__" is a key like any other.
 */
export type TextPairs<Value> = readonly (readonly [key: string, value: Value])[];

/** The pairs with this one in its place, instead of any that has its key. */
export function withPair<Value>(pairs: TextPairs<Value>, key: string, value: Value): TextPairs<Value> {
  return [...withoutPair(pairs, key), [key, value] as const].toSorted(([a], [b]) => (a < b ? -1 : 1));
}

export function withoutPair<Value>(pairs: TextPairs<Value>, key: string): TextPairs<Value> {
  return pairs.filter(([known]) => known !== key);
}

/** The value of a key; `undefined` without it. */
export function pairValue<Value>(pairs: TextPairs<Value>, key: string): Value | undefined {
  return pairs.find(([known]) => known === key)?.[1];
}
