import type { Plugin } from 'esbuild';

/** The package, and the module of it that computes without a turn of the event loop. */
const RUNTIME = /^onnxruntime-node(\/dist\/binding\.js)?$/;

/**
 * Keeps ONNX Runtime outside the bundle, to be found by `require` when the bundle is loaded.
 *
 * A layer's packages lie where NODE_PATH points, and Node follows NODE_PATH for `require` only: an `import` of a layer's package works in Lambda, which
 * changes Node's resolution, and nowhere else. `require` is the bundle's own, made in its banner.
 */
export const nativeRuntime: Plugin = {
  name: 'native-runtime',
  setup(build) {
    build.onResolve({ filter: RUNTIME }, ({ path, namespace }) =>
      namespace === 'native-runtime' ? { path, external: true } : { path, namespace: 'native-runtime' },
    );
    build.onLoad({ filter: /./, namespace: 'native-runtime' }, ({ path }) => ({
      contents: `module.exports = require('${path}');`,
    }));
  },
};
