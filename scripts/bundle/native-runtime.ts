import type { Plugin } from 'esbuild';

const RUNTIME = 'onnxruntime-node';

/**
 * Keeps ONNX Runtime outside the bundle, to be found by `require` when the bundle is loaded.
 *
 * A layer's packages lie where NODE_PATH points, and Node follows NODE_PATH for `require` only: an `import` of a layer's package works in Lambda, which
 * changes Node's resolution, and nowhere else. `require` is the bundle's own, made in its banner.
 */
export const nativeRuntime: Plugin = {
  name: 'native-runtime',
  setup(build) {
    build.onResolve({ filter: /^onnxruntime-node$/ }, ({ path, namespace }) =>
      namespace === 'native-runtime' ? { path, external: true } : { path, namespace: 'native-runtime' },
    );
    build.onLoad({ filter: /./, namespace: 'native-runtime' }, () => ({
      contents: `module.exports = require('${RUNTIME}');`,
    }));
  },
};
