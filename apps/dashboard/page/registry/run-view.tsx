import { Card } from '../card.tsx';
import { ArtifactList } from './artifact-list.tsx';
import { Crumbs } from './crumbs.tsx';
import { links } from './links.ts';
import { mlflow } from './mlflow.ts';
import { PairTable } from './pair-table.tsx';
import { Problem } from './problem.tsx';
import type { Route } from './route.ts';
import { ownTags, runName } from './run-facts.ts';
import { RunMetrics } from './run-metrics.tsx';
import { RunSummary } from './run-summary.tsx';
import { useAnswer } from './use-answer.ts';
import { useTick } from './use-tick.ts';

/** How often a run that still runs is read again. */
const AGAIN_MS = 5_000;

/** One run: what went in, what came out. */
export function RunView({ route }: { readonly route: Extract<Route, { view: 'run' }> }) {
  const { runId } = route;
  const [tick, watch] = useTick(AGAIN_MS);
  const { value: run, problem } = useAnswer(`${runId}#${tick}`, (signal) => mlflow.run(runId, signal));
  watch(run?.info.status === 'RUNNING');
  const experimentId = run?.info.experiment_id ?? '';
  const experiment = useAnswer(experimentId, (signal) => mlflow.experiment(experimentId, signal));
  const versions = useAnswer(runId, (signal) => mlflow.versions('run_id', runId, undefined, signal));
  if (problem) return <Problem>{problem}</Problem>;
  if (!run) return <p class="empty">Reading…</p>;
  return (
    <>
      <Crumbs
        way={[
          ['Experiments', links.experiments],
          [experiment.value?.name ?? `Experiment ${experimentId}`, links.experiment(experimentId)],
        ]}
      >
        {runName(run)}
      </Crumbs>
      <RunSummary run={run} versions={versions.value?.items ?? []} />
      <RunMetrics run={run} route={route} />
      <div class="thirds">
        <PairTable title="Parameters" pairs={run.data.params ?? []} none="This run has logged no parameter." />
        <PairTable title="Tags" pairs={ownTags(run.data.tags)} none="This run has no tags of its own." />
        <Card title="Artifacts">
          <ArtifactList runId={runId} path="" />
        </Card>
      </div>
    </>
  );
}
