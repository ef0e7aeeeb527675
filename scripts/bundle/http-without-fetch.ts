import type { Plugin } from 'esbuild';

const NAMESPACE = 'http-without-fetch';

/**
 * Asks for Node's `http` and `https` by `require`, the bundle's own, made in its banner.
 *
 * An `import` reads every export of them, and one of those is WebSocket, with which Node loads the whole of its `fetch`: a fifth of what importing
 * a small function costs, for something that most of them never use.
 */
export const httpWithoutFetch: Plugin = {
  name: NAMESPACE,
  setup(build) {
    build.onResolve({ filter: /^(node:)?https?$/ }, ({ path, namespace }) =>
      namespace === NAMESPACE ? { path, external: true } : { path, namespace: NAMESPACE },
    );
    build.onLoad({ filter: /./, namespace: NAMESPACE }, ({ path }) => ({
      contents: `module.exports = require('${path}');`,
    }));
  },
};
