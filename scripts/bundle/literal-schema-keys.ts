import { readFileSync } from 'node:fs';
import type { Plugin } from 'esbuild';

const SCHEMAS = /\/@aws-sdk\/client-[^/]+\/dist-es\/schemas\/schemas_0\.js$/;

/**
 * The same source with `"http":` in the place of `[_h]:`, where the file itself says `const _h = "http";`.
 *
 * @param source a module of schemas of an AWS client
 */
export function withLiteralKeys(source: string): string {
  const texts = new Map(
    [...source.matchAll(/^const (_\w+) = ("(?:[^"\\]|\\.)*");$/gm)].map(([, name, text]) => [name, text] as const),
  );
  return source.replaceAll(/\[(_\w+)\]:/g, (whole, name: string) => {
    const text = texts.get(name);
    return text === undefined ? whole : `${text}:`;
  });
}

/**
 * Lets the schemas of operations that nobody calls fall out of the bundle.
 *
 * They are arrays with objects whose keys are computed, from constants, and a bundler must take a computed key for something that may have effects. S3 has a hundred operations, of which nine are called here.
 */
export const literalSchemaKeys: Plugin = {
  name: 'literal-schema-keys',
  setup(build) {
    build.onLoad({ filter: SCHEMAS }, ({ path }) => ({ contents: withLiteralKeys(readFileSync(path, 'utf8')) }));
  },
};
