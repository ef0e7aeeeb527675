import type { DecisionReplay } from '../../../src/core/trading/replay-decisions.ts';
import { EXIT } from '../exit-codes.ts';
import { counted, momentText } from '../render/words.ts';
import type { Report } from '../report.ts';

/** So many differences are written out. */
const SHOWN = 20;

/** What replaying came to: `identical`, or the first difference of each decision that has one. */
export function replayReport(replays: readonly DecisionReplay[]): Report {
  const differences = replays.filter(({ replay }) => replay.outcome === 'different');
  const withoutInputs = replays.filter(({ replay }) => replay.outcome === 'no-inputs').length;
  const unpredicted = replays.filter(
    ({ replay }) => replay.outcome === 'identical' && replay.probability === 'taken as journalled',
  ).length;
  const value = {
    identical: differences.length === 0 && withoutInputs === 0,
    decisions: replays.length,
    different: differences.length,
    withoutInputs,
    /** Their model's bytes are gone. */
    probabilityNotRecomputed: unpredicted,
    differences: differences.map(({ line, barClose, replay }) => ({ line, barClose, ...replay })),
  };
  if (replays.length === 0) return { value, text: 'No bar was decided in this time.', exit: EXIT.nothing };
  const lines = differences.slice(0, SHOWN).map(({ line, barClose, replay }) => {
    if (replay.outcome !== 'different') return '';
    return `  ${line} ${momentText(barClose)}: ${replay.field} was ${replay.recorded}, is ${replay.recomputed} when computed again`;
  });
  if (differences.length > SHOWN) lines.push(`  and ${differences.length - SHOWN} more`);
  const notes = [
    unpredicted > 0
      ? `The models of ${counted(unpredicted, 'decision')} are gone: their probability was taken as journalled.`
      : '',
    withoutInputs > 0
      ? `${counted(withoutInputs, 'decision')} have no inputs: they were made before inputs were journalled.`
      : '',
  ].filter(Boolean);
  const head = value.identical
    ? `identical: ${counted(replays.length, 'decision')} computed again.`
    : differences.length > 0
      ? `DIFFERENT: ${differences.length} of ${counted(replays.length, 'decision')}:`
      : `${replays.length - withoutInputs} of ${counted(replays.length, 'decision')} identical.`;
  return {
    value,
    text: [head, ...lines, ...notes].join('\n'),
    exit: differences.length > 0 ? EXIT.failed : EXIT.done,
  };
}
