import type { ArtifactFile, Experiment, Metric, ModelVersion, RegisteredModel, Run } from './mlflow-types.ts';
import { quoted } from './quoted.ts';
import { getJson, postJson } from './read-json.ts';
import type { Page } from './use-pages.ts';

const ROOT = '/ajax-api/2.0/mlflow';
const PAGE = 50;
/** Longer histories are thinned out by the server, evenly by step. */
const POINTS = 1_000;

/** Which part of a list is asked for. */
export interface Search {
  readonly filter?: string;
  readonly orderBy?: readonly string[];
  readonly token?: string | undefined;
}

const page = <Item>(items: readonly Item[] | undefined, next: string | undefined): Page<Item> => ({
  items: items ?? [],
  next: next || undefined,
});

/** What is read of MLflow's API. All of it throws an Error in the server's words. */
export const mlflow = {
  async experiments({ filter, orderBy, token }: Search, signal: AbortSignal): Promise<Page<Experiment>> {
    const body = { max_results: PAGE, filter, order_by: orderBy, page_token: token, view_type: 'ACTIVE_ONLY' };
    const answer = await postJson<{ experiments?: Experiment[]; next_page_token?: string }>(
      `${ROOT}/experiments/search`,
      body,
      signal,
    );
    return page(answer.experiments, answer.next_page_token);
  },
  async experiment(experimentId: string, signal: AbortSignal): Promise<Experiment> {
    const query = { experiment_id: experimentId };
    return (await getJson<{ experiment: Experiment }>(`${ROOT}/experiments/get`, query, signal)).experiment;
  },
  async runs(
    { experimentId, deleted, filter, orderBy, token }: Search & { experimentId: string; deleted: boolean },
    signal: AbortSignal,
  ): Promise<Page<Run>> {
    const answer = await postJson<{ runs?: Run[]; next_page_token?: string }>(
      `${ROOT}/runs/search`,
      {
        experiment_ids: [experimentId],
        max_results: PAGE,
        filter,
        order_by: orderBy,
        page_token: token,
        run_view_type: deleted ? 'DELETED_ONLY' : 'ACTIVE_ONLY',
      },
      signal,
    );
    return page(answer.runs, answer.next_page_token);
  },
  async run(runId: string, signal: AbortSignal): Promise<Run> {
    return (await getJson<{ run: Run }>(`${ROOT}/runs/get`, { run_id: runId }, signal)).run;
  },
  /** One metric of some runs by step, at most 1,000 points a run. */
  async histories(runIds: readonly string[], metric: string, signal: AbortSignal): Promise<readonly Metric[]> {
    const query = { run_ids: runIds, metric_key: metric, max_results: POINTS };
    const answer = await getJson<{ metrics?: Metric[] }>(`${ROOT}/metrics/get-history-bulk-interval`, query, signal);
    return answer.metrics ?? [];
  },
  async artifacts(runId: string, path: string, signal: AbortSignal): Promise<readonly ArtifactFile[]> {
    const query = { run_id: runId, path };
    return (await getJson<{ files?: ArtifactFile[] }>(`${ROOT}/artifacts/list`, query, signal)).files ?? [];
  },
  async models({ filter, orderBy, token }: Search, signal: AbortSignal): Promise<Page<RegisteredModel>> {
    const query = { max_results: PAGE, filter, order_by: orderBy, page_token: token };
    const answer = await getJson<{ registered_models?: RegisteredModel[]; next_page_token?: string }>(
      `${ROOT}/registered-models/search`,
      query,
      signal,
    );
    return page(answer.registered_models, answer.next_page_token);
  },
  async model(name: string, signal: AbortSignal): Promise<RegisteredModel> {
    const answer = await getJson<{ registered_model: RegisteredModel }>(
      `${ROOT}/registered-models/get`,
      { name },
      signal,
    );
    return answer.registered_model;
  },
  /** Versions with one property, such as the model's name or the run they came from; newest first. */
  async versions(
    property: 'name' | 'run_id',
    value: string,
    token: string | undefined,
    signal: AbortSignal,
  ): Promise<Page<ModelVersion>> {
    const query = {
      filter: `${property}=${quoted(value)}`,
      order_by: ['version_number DESC'],
      max_results: PAGE,
      page_token: token,
    };
    const answer = await getJson<{ model_versions?: ModelVersion[]; next_page_token?: string }>(
      `${ROOT}/model-versions/search`,
      query,
      signal,
    );
    return page(answer.model_versions, answer.next_page_token);
  },
};
