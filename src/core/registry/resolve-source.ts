import type { LedgerReader } from '../ports/ledger.ts';
import { MlflowError } from '../tracking/mlflow-error.ts';
import { readVersionByAlias } from './alias.ts';
import { latestVersions } from './latest-versions.ts';
import type { ModelSources } from './model-sources.ts';
import { type ModelUri, parseModelUri } from './model-uri.ts';
import { readVersion } from './model-version.ts';
import { readRegisteredModel } from './registered-model.ts';
import { checkPlainSource, checkSourceHost, liesWithin, splitUri } from './source-uri.ts';
import { parseStage } from './stage.ts';

/** What a client says of a new version's origin; `undefined` where it says nothing. */
export interface SourceClaim {
  readonly source: string;
  readonly runId: string | undefined;
  readonly modelId: string | undefined;
}

export interface ResolvedSource {
  readonly source: string;
  /** Where the files are. */
  readonly storage: string;
  /** Empty when no run is known. */
  readonly runId: string;
  readonly modelId: string;
}

interface SourcePorts {
  readonly ledger: LedgerReader;
  readonly sources: ModelSources;
}

const invalid = (source: string, why: string): MlflowError =>
  new MlflowError('INVALID_PARAMETER_VALUE', `Invalid model version source: '${source}'. ${why}`);
const mustIdentify = (source: string, parameter: 'run_id' | 'model_id'): MlflowError =>
  invalid(source, `The ${parameter} request parameter must identify the resource that contains the source.`);

/**
 * Checks where a version's files are said to be, and finds where they are.
 *
 * A source within this server's artifacts must lie in those of the run or logged model it is said to come from; a version made from another version points to that one.
 *
 * @throws MlflowError INVALID_PARAMETER_VALUE, RESOURCE_DOES_NOT_EXIST
 */
export async function resolveSource(claim: SourceClaim, ports: SourcePorts): Promise<ResolvedSource> {
  checkSourceHost(claim.source);
  const { source, runId, modelId } = await resolveLineage(claim, ports);
  await checkOrigin({ source, runId, modelId }, ports.sources);
  const found = await locate(source, ports);
  const run = runId || found.runId || (modelId ? await runOf(modelId, ports.sources) : '');
  return { source, storage: found.storage, runId: run, modelId };
}

interface Lineage {
  readonly source: string;
  readonly runId: string;
  readonly modelId: string;
}

/** A version of a version: by number, whatever it was named by, and of the same run. */
async function resolveLineage(claim: SourceClaim, { ledger }: SourcePorts): Promise<Lineage> {
  const { source, runId = '', modelId = '' } = claim;
  const { scheme, authority, path } = splitUri(source);
  if (scheme !== 'models') return { source, runId, modelId };
  if (authority !== '') throw invalid(source, 'Registered model sources must use the active model registry.');
  const uri = parseModelUri(path);
  if (!uri) throw mustIdentify(source, 'model_id');
  const { name } = uri;
  if (name === undefined) return { source, runId, modelId };
  await readRegisteredModel(ledger, name);
  const { version } = await readVersion(ledger, name, await versionNamed(ledger, name, uri));
  if ((claim.runId !== undefined && runId !== version.runId) || (claim.modelId !== undefined && modelId !== '')) {
    throw invalid(source, 'The run_id and model_id request parameters must match the referenced model version.');
  }
  return { source: `models:/${name}/${version.version}`, runId: version.runId, modelId };
}

async function versionNamed(ledger: LedgerReader, name: string, uri: ModelUri): Promise<string> {
  if (uri.version !== undefined) return uri.version;
  if (uri.alias !== undefined) {
    const { live } = await readVersionByAlias(ledger, name, uri.alias);
    return String(live.version.version);
  }
  const { model } = await readRegisteredModel(ledger, name);
  const wanted = uri.stage === undefined ? undefined : parseStage(uri.stage);
  const newest = (await latestVersions(ledger, model)).filter(({ stage }) => wanted === undefined || stage === wanted);
  const last = newest.at(-1);
  if (last) return String(last.version.version);
  const stage = uri.stage === undefined ? '' : ` and stage '${uri.stage}'`;
  throw new MlflowError('INTERNAL_ERROR', `No versions of model with name '${name}'${stage} found`);
}

async function checkOrigin({ source, runId, modelId }: Lineage, sources: ModelSources): Promise<void> {
  const parameter = modelId === '' ? 'run_id' : 'model_id';
  const { scheme, authority, path } = splitUri(source);
  if (scheme === '' || scheme === 'file') {
    // No run or model of this server keeps its artifacts in a directory that clients name.
    const root = await rootOf({ source, runId, modelId }, sources);
    if (root === undefined && (runId !== '' || modelId !== '')) throw mustIdentify(source, parameter);
    const what = `To use a local path as a model version source, the ${parameter} request parameter has to be specified and the local path has to be contained within the artifact directory of the run specified by the ${parameter}.`;
    throw invalid(source, what);
  }
  checkPlainSource(source);
  if (scheme === 'runs') {
    const [named] = path.replace(/^\/+/, '').split('/');
    if (authority !== '' || modelId !== '' || runId === '' || named !== runId) throw mustIdentify(source, parameter);
    return;
  }
  if (scheme === 'models') {
    const named = parseModelUri(path)?.modelId;
    if (named !== undefined && named !== modelId) throw mustIdentify(source, 'model_id');
    return;
  }
  if (scheme !== 'mlflow-artifacts') return;
  const root = await rootOf({ source, runId, modelId }, sources);
  if (root === undefined || !liesWithin(source, root)) throw mustIdentify(source, parameter);
}

async function rootOf({ runId, modelId }: Lineage, sources: ModelSources): Promise<string | undefined> {
  if (modelId !== '') return (await sources.loggedModel(modelId))?.artifactUri;
  return runId === '' ? undefined : (await sources.run(runId))?.artifactUri;
}

const runOf = async (modelId: string, sources: ModelSources): Promise<string> =>
  (await readModel(modelId, sources)).sourceRunId;

async function readModel(modelId: string, sources: ModelSources) {
  const model = await sources.loggedModel(modelId);
  if (model) return model;
  throw new MlflowError('RESOURCE_DOES_NOT_EXIST', `Logged model with ID '${modelId}' not found.`);
}

async function locate(
  source: string,
  { ledger, sources }: SourcePorts,
): Promise<{ readonly storage: string; readonly runId: string }> {
  const { scheme, path } = splitUri(source);
  const uri = scheme === 'models' ? parseModelUri(path) : undefined;
  if (!uri) return { storage: source, runId: '' };
  const { modelId, name = '', version = '' } = uri;
  if (modelId === undefined) {
    const { version: origin } = await readVersion(ledger, name, version);
    return { storage: origin.storage, runId: origin.runId };
  }
  const { artifactUri, sourceRunId } = await readModel(modelId, sources);
  return { storage: artifactUri, runId: sourceRunId };
}
