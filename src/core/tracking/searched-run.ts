import type { DatasetInput, RunDocument, StoredRun } from './run-document.ts';
import { runJson } from './run-json.ts';
import type { Searchable, SearchableDataset } from './search/searchable.ts';

/** A run as searches read it again and again: its form for filters and its text are made once. */
export interface SearchedRun {
  readonly run: RunDocument;
  readonly version: number;
  readonly searchable: Searchable;
  /** What the answer to a search says of it. */
  json(): string;
}

/** The tag of an input that says what for the data set was read. */
const CONTEXT_TAG = 'mlflow.data.context';

export function searchedRun({ run, version }: StoredRun): SearchedRun {
  let text: string | undefined;
  return {
    run,
    version,
    searchable: searchableOf(run),
    json() {
      text ??= JSON.stringify(runJson(run, 'searched'));
      return text;
    },
  };
}

function searchableOf(run: RunDocument): Searchable {
  return {
    attributes: {
      run_id: run.runId,
      run_name: run.name,
      status: run.status,
      user_id: run.user,
      artifact_uri: run.artifactUri,
      start_time: run.startTime,
      end_time: run.endTime,
    },
    metrics: Object.fromEntries(Object.entries(run.metrics).map(([key, [value]]) => [key, Number(value)])),
    params: run.params,
    tags: run.tags,
    datasets: run.datasets.map(searchableDataset),
  };
}

function searchableDataset({ name, digest, tags }: DatasetInput): SearchableDataset {
  const context = tags.find(([key]) => key === CONTEXT_TAG)?.[1];
  return context === undefined ? { name, digest } : { name, digest, context };
}
