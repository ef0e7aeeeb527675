import type { ArtifactInfo, ArtifactStore } from '../../../src/core/ports/artifact-store.ts';
import type { JsonObject } from '../../../src/core/ports/ledger.ts';
import { artifactLocation } from '../../../src/core/tracking/artifact-location.ts';
import { artifactPath } from '../../../src/core/tracking/artifact-path.ts';

const nameOf = ({ path }: ArtifactInfo) => path.slice(path.lastIndexOf('/') + 1);

/** The files of a folder as MLflow's API shows them, no list where there are none; an empty file has no size there. */
export function artifactFiles(infos: readonly ArtifactInfo[], folder = ''): JsonObject {
  if (infos.length === 0) return {};
  const files = infos.map((info) => ({
    path: folder === '' ? nameOf(info) : `${folder}/${nameOf(info)}`,
    is_dir: info.isDirectory,
    ...(info.size ? { file_size: info.size } : {}),
  }));
  return { files };
}

/**
 * The files of a run or a logged model in one of its folders.
 *
 * @param root where its artifacts are
 * @throws MlflowError INVALID_PARAMETER_VALUE for a path that is refused, or artifacts that are kept elsewhere
 */
export async function filesUnder(store: ArtifactStore, root: string, folder: string): Promise<JsonObject> {
  const relative = artifactPath(folder);
  const infos = await store.list(artifactLocation(root, relative, store.directRoot));
  return { root_uri: root, ...artifactFiles(infos, relative) };
}
