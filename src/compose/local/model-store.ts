import { join } from 'node:path';
import { createFileModelStore } from '../../adapters/local/file-model-store.ts';
import type { ModelStore } from '../../core/ports/model-store.ts';
import { readEnv } from '../env.ts';

let built: ModelStore | undefined;

export const modelStore = (): ModelStore => {
  built ??= createFileModelStore(join(readEnv().ARES_DATA_DIR, 'models'));
  return built;
};
