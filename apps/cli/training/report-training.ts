import type { RegisterOutcome } from '../../../src/core/models/register-candidate.ts';
import type { TrainedCandidate } from '../../../src/core/ports/trainer.ts';
import type { TrainingSpec } from '../../../src/core/training/training-spec.ts';
import { EXIT } from '../exit-codes.ts';
import { facts } from '../render/table.ts';
import { figureText, momentText, percentText } from '../render/words.ts';
import type { Report } from '../report.ts';

interface TrainingResult {
  readonly trained: TrainedCandidate;
  readonly spec: TrainingSpec;
  readonly out: string | undefined;
  readonly registered: RegisterOutcome | undefined;
}

export function reportTraining({ trained, spec, out, registered }: TrainingResult): Report {
  const { metrics, counts, signature, validationWindow, bytes } = trained;
  const { trainingWindow } = signature;
  const rows: [string, string][] = [
    [
      'Trained on',
      `${counts.trainingRows} bars, from ${momentText(trainingWindow.from)} to ${momentText(trainingWindow.to)}`,
    ],
    [
      'Measured on',
      validationWindow
        ? `${counts.validationRows} unseen bars, from ${momentText(validationWindow.from)} to ${momentText(validationWindow.to)}`
        : 'nothing: no bars were left',
    ],
  ];
  if (metrics) {
    rows.push(
      ['Accuracy', `${percentText(metrics.accuracy)} (always "up" would have ${percentText(metrics.upShare)})`],
      ['Log loss', `${figureText(metrics.logLoss)} (a coin has 0.693147)`],
    );
  }
  if (out !== undefined) rows.push(['Written to', `${out} (${bytes.length} bytes)`]);
  if (registered) rows.push(['Registered', registeredText(registered)]);
  return {
    value: {
      spec,
      counts,
      metrics: metrics ?? null,
      trainingWindow,
      validationWindow: validationWindow ?? null,
      bytes: bytes.length,
      out: out ?? null,
      registered: registered ?? null,
    },
    text: facts(rows),
    ...(registered?.outcome === 'refused' ? { exit: EXIT.refused } : {}),
  };
}

function registeredText(outcome: RegisterOutcome): string {
  switch (outcome.outcome) {
    case 'registered':
      return `${outcome.runId}, a candidate now`;
    case 'already_registered':
      return `${outcome.runId} was registered with the same bytes before, and is ${outcome.state}`;
    case 'refused':
      return `refused: ${outcome.reason}`;
  }
}
