import type { Run } from '../../../../../apps/dashboard/page/registry/mlflow-types.ts';

/** A run as MLflow's JSON has it. */
export const runFixture = (
  id: string,
  {
    metrics = {},
    params = {},
    tags = {},
    took,
  }: {
    readonly metrics?: Readonly<Record<string, number | 'NaN'>>;
    readonly params?: Readonly<Record<string, string>>;
    readonly tags?: Readonly<Record<string, string>>;
    readonly took?: number;
  } = {},
): Run => {
  const pairs = (values: Readonly<Record<string, string>>) =>
    Object.entries(values).map(([key, value]) => ({ key, value }));
  return {
    info: {
      run_id: id,
      run_name: `name of ${id}`,
      experiment_id: '1',
      status: took === undefined ? 'RUNNING' : 'FINISHED',
      start_time: 1_000,
      lifecycle_stage: 'active',
      ...(took === undefined ? {} : { end_time: 1_000 + took }),
    },
    data: {
      metrics: Object.entries(metrics).map(([key, value]) => ({ key, value, timestamp: 1, step: 0 })),
      params: pairs(params),
      tags: pairs(tags),
    },
  };
};
