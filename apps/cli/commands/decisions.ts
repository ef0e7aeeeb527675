import type { Command } from 'commander';
import { modelStore } from '#port/model-store';
import { AresError } from '../../../src/core/ares-error.ts';
import { linesOf, type SlotId } from '../../../src/core/models/slot.ts';
import type { EpochMillis } from '../../../src/core/ports/clock.ts';
import type { Item, LedgerReader } from '../../../src/core/ports/ledger.ts';
import type { ModelHash } from '../../../src/core/ports/model-store.ts';
import { type DecisionRange, readDecisions, replayDecisions } from '../../../src/core/trading/replay-decisions.ts';
import { chooseSlot } from '../choose-slot.ts';
import { decisionText, rowOf } from '../decisions/decision-text.ts';
import { replayReport } from '../decisions/replay-report.ts';
import { type Deliver, defineCommand } from '../define-command.ts';
import { defineGroup } from '../define-group.ts';
import { openLedger } from '../open-ledger.ts';
import { symbolText, timeText, wholeFrom } from '../option-parsers.ts';
import { table } from '../render/table.ts';
import { momentText } from '../render/words.ts';
import type { Session } from '../session.ts';

interface RangeOptions {
  readonly from?: EpochMillis;
  readonly to?: EpochMillis;
  readonly bar?: EpochMillis;
  readonly symbol?: string;
}

export function defineDecisions(program: Command, deliver: Deliver): void {
  const decisions = defineGroup(program, {
    name: 'decisions',
    about: 'What the trader decided at each bar, from what; and the same computed again.',
    examples: ['decisions list', 'decisions replay --from 2022-01-20 --to 2022-01-21'],
  });
  defineCommand<RangeOptions & { readonly limit: number }>(decisions, deliver, {
    name: 'list',
    about: 'Lists decisions, newest first.',
    examples: ['decisions list', 'decisions list --from 2022-01-20 --to 2022-01-21 --limit 1000 --json'],
    options: (command) => rangeOptions(command).option('--limit <number>', 'at most so many', wholeFrom(1, 10_000), 30),
    run: async (session, { limit, ...options }) => {
      const items = await newest(openLedger(session), await rangesOf(session, options), limit);
      const value = items.map(({ value: { inputs: _inputs, ...decision } }) => decision);
      if (value.length === 0) return { value, text: 'No bar was decided in this time.' };
      const head = ['BAR CLOSE', 'PROBABILITY', 'SIGNAL', 'ACTION', 'ORDER', 'WHY'];
      return { value, text: table(head, items.map(rowOf)) };
    },
  });
  defineCommand<RangeOptions>(decisions, deliver, {
    name: 'show',
    about: 'Shows one decision with everything it was made from.',
    examples: ['decisions show --bar 2022-01-20T12:00:00Z', 'decisions show --bar 2022-01-20T12:00:00Z --json'],
    options: (command) =>
      rangeOptions(command.requiredOption('--bar <time>', 'when the bar closed (UTC)', timeText), true),
    run: async (session, options) => {
      const ledger = openLedger(session);
      const items = await newest(ledger, await rangesOf(session, options), 2);
      const [item, other] = items;
      if (!item) throw noDecision(options.bar);
      if (other) throw new AresError('USAGE', '--symbol must say which market is meant: there is more than one');
      return { value: item.value, text: decisionText(item.value) };
    },
  });
  defineCommand<RangeOptions>(decisions, deliver, {
    name: 'replay',
    about: 'Computes decisions again, from what they were made from, and compares them bit for bit.',
    more:
      'Where the model is still stored it predicts again from the features. The first difference is shown with both values.\n' +
      'Exit code 1 says that a decision is not what was journalled.',
    examples: [
      'decisions replay --bar 2022-01-20T12:00:00Z',
      'decisions replay --from 2022-01-20 --to 2022-01-21 --json',
    ],
    options: (command) => rangeOptions(command.option('--bar <time>', 'only the bar that closed then (UTC)', timeText)),
    run: async (session, options) => {
      const ledger = openLedger(session);
      const { predictorLoader } = await import('#port/predictor-loader');
      const store = modelStore();
      const bytesOf = (hash: ModelHash) =>
        store.get(hash).catch((error: unknown) => {
          if (error instanceof AresError && error.code === 'MODEL_MISSING') return undefined;
          throw error;
        });
      const replays = [];
      for (const range of await rangesOf(session, options)) {
        for await (const replay of replayDecisions(ledger, range, { loader: predictorLoader, bytesOf })) {
          replays.push(replay);
        }
      }
      if (replays.length === 0 && options.bar !== undefined) throw noDecision(options.bar);
      return replayReport(replays);
    },
  });
}

function rangeOptions(command: Command, oneBar = false): Command {
  const named = command.option('--symbol <symbol>', 'of one market of the slot', symbolText);
  if (oneBar) return named;
  return named
    .option('--from <date>', 'bars that close at this time (UTC) or later', timeText)
    .option('--to <date>', 'bars that close before this time (UTC)', timeText);
}

/** One range a line of the slot. @throws AresError `USAGE`, `SLOT_UNKNOWN`, `SLOT_AMBIGUOUS` */
async function rangesOf(session: Session, { from, to, bar, symbol }: RangeOptions): Promise<readonly DecisionRange[]> {
  if (bar !== undefined && (from !== undefined || to !== undefined)) {
    throw new AresError('USAGE', '--bar names one bar: --from and --to must not be given with it');
  }
  if (from !== undefined && to !== undefined && to <= from) {
    throw new AresError('USAGE', `--to must be later than --from (${momentText(from)}), was ${momentText(to)}`);
  }
  const slot = await chooseSlot(openLedger(session), session.slot);
  const lines = linesOf(slot).filter((line) => symbol === undefined || line.includes(`:${symbol}:`));
  if (lines.length === 0) throw new AresError('USAGE', `--symbol must be one of ${slot}, was ${symbol}`);
  const bounds = {
    ...((bar ?? from) === undefined ? {} : { from: bar ?? from }),
    ...(bar !== undefined ? { to: bar } : to === undefined ? {} : { to: to - 1 }),
  } as Omit<DecisionRange, 'line'>;
  return lines.map((line: SlotId) => ({ line, ...bounds }));
}

async function newest(ledger: LedgerReader, ranges: readonly DecisionRange[], limit: number): Promise<readonly Item[]> {
  const items: Item[] = [];
  for (const range of ranges) {
    let taken = 0;
    for await (const item of readDecisions(ledger, range, 'descending')) {
      items.push(item);
      taken += 1;
      if (taken === limit) break;
    }
  }
  return items.sort((a, b) => Number(b.key.sk) - Number(a.key.sk)).slice(0, limit);
}

const noDecision = (bar: number | undefined): AresError =>
  new AresError(
    'DECISION_UNKNOWN',
    `a bar must have been decided, none that closed at ${bar === undefined ? 'this time' : momentText(bar)} was`,
  );
