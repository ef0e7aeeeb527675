import type { LiveConfig } from '../config/live-config.ts';
import type { ModelRecord } from '../models/model-record.ts';

export type Verdict =
  | { readonly verdict: 'better'; readonly reason: string; readonly figures: Figures }
  | { readonly verdict: 'inferior'; readonly reason: string; readonly figures: Figures }
  /** The figures say nothing about which one is better. */
  | { readonly verdict: 'not_comparable'; readonly reason: string }
  /** There is no champion, and the first one is for a person to choose. */
  | { readonly verdict: 'manual'; readonly reason: string };

export interface Figures {
  readonly metric: string;
  readonly candidateValue: number;
  readonly championValue: number | null;
}

/**
 * Compares a candidate with the champion as the policy says.
 *
 * Figures are compared only when both answer the same question about the very same bars, and neither model was trained on any of them: anything else compares
 * markets or memories, not models.
 */
export function judgeCandidate(
  candidate: ModelRecord,
  champion: ModelRecord | undefined,
  policy: LiveConfig['promotion'],
): Verdict {
  const { metric } = policy;
  if (!champion && policy.firstModel === 'manual') {
    return {
      verdict: 'manual',
      reason: 'there is no champion, and promotion.firstModel leaves the first one to a person',
    };
  }
  const mine = measurementOf(candidate, metric);
  if ('flaw' in mine) return { verdict: 'not_comparable', reason: mine.flaw };
  const candidateValue = mine.value;
  if (!champion) {
    const figures = { metric, candidateValue, championValue: null };
    return { verdict: 'better', reason: `first champion, ${metric} ${candidateValue}`, figures };
  }
  const theirs = measurementOf(champion, metric);
  if ('flaw' in theirs) return { verdict: 'not_comparable', reason: theirs.flaw };
  for (const [what, must, was] of [
    ['predict what the champion predicts', theirs.question, mine.question],
    ["be measured on the champion's bars", theirs.bars, mine.bars],
  ]) {
    if (must === was) continue;
    const reason = `candidate ${candidate.runId} must ${what} (${must} of ${champion.runId}), was ${was}`;
    return { verdict: 'not_comparable', reason };
  }
  const championValue = theirs.value;
  const figures = { metric, candidateValue, championValue };
  const against = `${candidateValue} against ${championValue} of champion ${champion.runId}`;
  return candidateValue > championValue
    ? { verdict: 'better', reason: `${metric} is greater: ${against}`, figures }
    : { verdict: 'inferior', reason: `${metric} must be greater than the champion's, was ${against}`, figures };
}

interface Measurement {
  readonly value: number;
  /** What the model is asked. */
  readonly question: string;
  /** Where its answers were counted. */
  readonly bars: string;
}

function measurementOf(model: ModelRecord, metric: string): Measurement | { readonly flaw: string } {
  const { runId, evaluation, metrics, signature } = model;
  const { target, horizon, trainingWindow } = signature;
  const value = metrics[metric];
  if (value === undefined) return { flaw: `model ${runId} must have the metric ${metric}, had none` };
  if (!evaluation) return { flaw: `model ${runId} must say on which bars its metrics were measured, said nothing` };
  if (evaluation.from <= trainingWindow.to) {
    return {
      flaw: `model ${runId} must be measured on bars after its last training bar ${trainingWindow.to}, was from ${evaluation.from}`,
    };
  }
  return {
    value,
    question: `${target} in ${horizon} bars`,
    bars: `${evaluation.rows} bars from ${evaluation.from} to ${evaluation.to}`,
  };
}
