import { MlflowError } from './mlflow-error.ts';
import { parseExperimentId } from './parse-experiment-id.ts';
import { MOST_SEARCHED_RUNS, runBoards } from './run-boards.ts';
import type { TrackingPorts } from './tracking-ports.ts';

const MOST_EXPERIMENTS = 20;
const MOST_RESULTS = 1_000;

/** A data set that runs of an experiment read, and what for. */
export interface DatasetSummary {
  readonly experimentId: string;
  readonly name: string;
  readonly digest: string;
  readonly context?: string;
}

/**
 * The data sets that runs of these experiments read, each once for each use, by name and digest.
 *
 * @throws MlflowError INVALID_PARAMETER_VALUE for none or too many experiments, or one with too many runs to read them all
 */
export async function searchDatasets(ports: TrackingPorts, ids: readonly string[]): Promise<readonly DatasetSummary[]> {
  if (ids.length === 0) throw invalid('SearchDatasets request must specify at least one experiment_id.');
  if (ids.length > MOST_EXPERIMENTS) {
    throw invalid(
      `SearchDatasets request cannot specify more than ${MOST_EXPERIMENTS} experiment_ids. Received ${ids.length} experiment_ids.`,
    );
  }
  const found = new Map<string, DatasetSummary>();
  for (const experimentId of new Set(ids.map(parseExperimentId))) {
    const board = await runBoards(ports).read(experimentId);
    if (!board)
      throw invalid(
        `data sets can be searched in experiments of at most ${MOST_SEARCHED_RUNS} runs, ${experimentId} has more`,
      );
    for (const { searchable } of board.runs()) {
      for (const dataset of searchable.datasets ?? []) {
        const summary = { experimentId, ...dataset };
        found.set(orderOf(summary), summary);
      }
    }
  }
  const sorted = [...found].sort(([a], [b]) => (a < b ? -1 : 1));
  return sorted.slice(0, MOST_RESULTS).map(([, summary]) => summary);
}

const orderOf = ({ experimentId, name, digest, context = '' }: DatasetSummary): string =>
  JSON.stringify([experimentId, name, digest, context]);

const invalid = (message: string): MlflowError => new MlflowError('INVALID_PARAMETER_VALUE', message);
