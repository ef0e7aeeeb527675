import { keys } from '../ledger-keys.ts';
import type { Expected, Write } from '../ports/ledger.ts';
import type { Experiment } from './experiment.ts';

/** The write that stores an experiment. */
export const putExperiment = (experiment: Experiment, expected: Expected): Write => ({
  kind: 'put',
  key: keys.experiment(experiment.id),
  expected,
  value: { ...experiment },
});

/** The writes that store a new experiment and take its name. */
export const newExperiment = (experiment: Experiment): readonly Write[] => [
  putExperiment(experiment, 'absent'),
  { kind: 'put', key: keys.experimentName(experiment.name), expected: 'absent', value: { id: experiment.id } },
];
