import { expect, test } from 'vitest';
import type { ArtifactStore } from '../../../src/core/ports/artifact-store.ts';
import { MAX_ONNX_BYTES, readOnnx } from '../../../src/core/registry/read-onnx.ts';

/** A store that holds these files; a number stands for that many bytes, which nobody reads. */
function open(files: Readonly<Record<string, string | number>>) {
  const artifactStore = {
    list: async (folder: string) =>
      Object.keys(files)
        .filter((path) => path.startsWith(`${folder}/`))
        .map((path) => ({ path, isDirectory: false })),
    async get(path: string) {
      const file = files[path];
      if (file === undefined) return undefined;
      const content = new Blob([typeof file === 'string' ? file : '']).stream();
      return { size: typeof file === 'number' ? file : file.length, content };
    },
  } as unknown as ArtifactStore;
  const sources = {
    run: async (id: string) => (id === 'r' ? { artifactUri: 'mlflow-artifacts:/0/r/artifacts' } : undefined),
  };
  return async (uri: string) => new TextDecoder().decode(await readOnnx(uri, { artifactStore, sources } as never));
}

test('the file is the one named, or the one in the folder, by whatever name it has', async () => {
  const read = open({
    '0/r/artifacts/m/model.onnx': 'a',
    '0/r/artifacts/n/net.onnx': 'b',
    '0/r/artifacts/n/MLmodel': '',
  });
  expect(await read('mlflow-artifacts:/0/r/artifacts/m/model.onnx')).toBe('a');
  expect(await read('mlflow-artifacts:/0/r/artifacts/m')).toBe('a');
  expect(await read('runs:/r/n')).toBe('b');
});

test('what cannot be read is said with its place and the remedy', async () => {
  const read = open({ '0/r/artifacts/s/model.pkl': 'x', '0/r/artifacts/big/model.onnx': MAX_ONNX_BYTES + 1 });
  await expect(read('runs:/unknown/m')).rejects.toThrow(/run must be known, was unknown/);
  await expect(read('runs:/r/gone.onnx')).rejects.toThrow(/must be at 0\/r\/artifacts\/gone\.onnx, there was none/);
  await expect(read('runs:/r/s')).rejects.toThrow(/has model\.pkl: log it with mlflow\.onnx\.log_model/);
  await expect(read('runs:/r/empty')).rejects.toThrow(/has nothing: log it/);
  await expect(read('runs:/r/big')).rejects.toThrow(
    new RegExp(`at most ${MAX_ONNX_BYTES} bytes, had ${MAX_ONNX_BYTES + 1}`),
  );
});
