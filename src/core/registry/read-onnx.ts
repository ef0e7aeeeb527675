import type { ArtifactStore } from '../ports/artifact-store.ts';
import { artifactLocation } from '../tracking/artifact-location.ts';
import { MlflowError } from '../tracking/mlflow-error.ts';
import type { ModelSources } from './model-sources.ts';
import { splitUri } from './source-uri.ts';

/** A model is held in memory whole, and a function of AWS has little of it. */
export const MAX_ONNX_BYTES = 64 * 1024 * 1024;

interface OnnxPorts {
  readonly artifactStore: ArtifactStore;
  readonly sources: ModelSources;
}

const invalid = (message: string): MlflowError => new MlflowError('INVALID_PARAMETER_VALUE', message);

/**
 * The ONNX file of a logged model.
 *
 * @param storage URI of the folder that holds it (with `MLmodel`, as the client logs it), or of the file itself
 * @throws MlflowError INVALID_PARAMETER_VALUE when the place is not one of this server, or holds no single ONNX file, or one over {@link MAX_ONNX_BYTES}
 */
export async function readOnnx(storage: string, ports: OnnxPorts): Promise<Uint8Array> {
  const { artifactStore } = ports;
  const folder = await locate(storage, ports);
  const path = folder.endsWith('.onnx') ? folder : await onnxIn(folder, artifactStore);
  const file = await artifactStore.get(path);
  if (!file) throw invalid(`the model's ONNX file must be at ${path}, there was none`);
  if (file.size <= MAX_ONNX_BYTES) return new Uint8Array(await new Response(file.content).arrayBuffer());
  await file.content.cancel();
  throw invalid(
    `the model's ONNX file must have at most ${MAX_ONNX_BYTES} bytes, had ${file.size}: make it smaller, or register it in a model that is bound to no slot`,
  );
}

async function locate(storage: string, { artifactStore, sources }: OnnxPorts): Promise<string> {
  const { directRoot } = artifactStore;
  const { scheme, path } = splitUri(storage);
  if (scheme !== 'runs') return artifactLocation(storage, '', directRoot);
  const [runId = '', ...inside] = path.replace(/^\/+/, '').split('/');
  const run = await sources.run(runId);
  if (!run) throw invalid(`the source's run must be known, was ${runId}`);
  return artifactLocation(run.artifactUri, inside.join('/'), directRoot);
}

async function onnxIn(folder: string, artifactStore: ArtifactStore): Promise<string> {
  const files = (await artifactStore.list(folder)).filter(({ isDirectory }) => !isDirectory).map(({ path }) => path);
  const models = files.filter((path) => path.endsWith('.onnx'));
  const [only] = models.filter((path) => path.endsWith('/model.onnx')).concat(models);
  if (only !== undefined) return only;
  const names = files.map((path) => path.slice(folder.length + 1)).join(', ') || 'nothing';
  throw invalid(
    `a version of a model that is bound to a slot must be an ONNX model, its folder ${folder} has ${names}: log it with mlflow.onnx.log_model`,
  );
}
