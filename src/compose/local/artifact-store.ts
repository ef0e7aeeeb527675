import { join } from 'node:path';
import { createFileArtifactStore } from '../../adapters/local/file-artifact-store.ts';
import type { ArtifactStore } from '../../core/ports/artifact-store.ts';
import { readEnv } from '../env.ts';

let built: ArtifactStore | undefined;

export const artifactStore = (): ArtifactStore => {
  built ??= createFileArtifactStore(join(readEnv().ARES_DATA_DIR, 'artifacts'));
  return built;
};
