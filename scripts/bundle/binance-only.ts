import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'esbuild';

const source = join(dirname(fileURLToPath(import.meta.resolve('ccxt'))), 'src');

/** What Ares takes from ccxt: Binance, over REST and sockets, and the error classes. */
const CCXT = `
import rest from './binance.js';
import pro from './pro/binance.js';
import errors from './base/errors.js';
export default { ...errors, binance: rest, pro: { binance: pro }, exchanges: ['binance'] };
`;

/** Signatures and message formats of other exchanges, and what only browsers need. ccxt's base class imports them for all. */
const OF_OTHERS =
  /^@scure\/starknet$|^fflate$|\/static_dependencies\/|\/protobuf\/mexc\/|\/functions\/(starknet|ethabi)\.js$/;

/**
 * Replaces ccxt, whose package exports all its exchanges or nothing, by Binance alone.
 *
 * @param httpClient `own` keeps the one ccxt brings; `platform` leaves it out, and ccxt takes Node's `fetch`, which is the same code, as it does wherever its own cannot be loaded
 */
export function binanceOnly(httpClient: 'own' | 'platform'): Plugin {
  return {
    name: 'binance-only',
    setup(build) {
      build.onResolve({ filter: /^ccxt$/ }, () => ({ path: 'ccxt', namespace: 'binance-only' }));
      build.onLoad({ filter: /./, namespace: 'binance-only' }, () => ({ contents: CCXT, resolveDir: source }));

      const fromCcxt = (namespace: string) => (args: { readonly path: string; readonly importer: string }) =>
        args.importer.startsWith(source) ? { path: args.path, namespace } : undefined;
      build.onResolve({ filter: OF_OTHERS }, fromCcxt('of-others'));
      if (httpClient === 'platform') build.onResolve({ filter: /^undici$/ }, fromCcxt('absent'));
      // Found when it is used, which Binance never does: a property of this is undefined.
      build.onLoad({ filter: /./, namespace: 'of-others' }, () => ({ contents: 'module.exports = {};' }));
      // ws does without its two native parts where they are absent, and so does ccxt without its HTTP client.
      build.onResolve({ filter: /^(bufferutil|utf-8-validate)$/ }, ({ path }) => ({ path, namespace: 'absent' }));
      build.onLoad({ filter: /./, namespace: 'absent' }, ({ path }) => ({
        contents: `throw new Error(${JSON.stringify(`${path} is left out of this bundle`)});`,
      }));
    },
  };
}
