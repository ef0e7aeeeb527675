import { MlflowError } from './mlflow-error.ts';

export interface TextPair {
  readonly key: string;
  readonly value: string;
}

type Texts = Readonly<Record<string, string>>;

/**
 * Adds what is set once for ever.
 *
 * @throws MlflowError BAD_REQUEST, as the genuine server, for a key that is there already, whatever its value
 */
export function addedParams(there: Texts, pairs: readonly TextPair[]): Record<string, string> {
  const texts = new Map(Object.entries(there));
  for (const { key, value } of pairs) {
    if (texts.has(key)) {
      const message = `each key must be set once, '${key}' is set already (to '${texts.get(key)?.slice(0, 100)}')`;
      throw new MlflowError('BAD_REQUEST', message, { key });
    }
    texts.set(key, value);
  }
  return Object.fromEntries(texts);
}
