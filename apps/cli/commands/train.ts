import type { Command } from 'commander';
import { candleFile } from '#port/candle-file';
import { AresError } from '../../../src/core/ares-error.ts';
import { refuseExisting, writeNewFile } from '../data/write-new-file.ts';
import { type Deliver, defineCommand } from '../define-command.ts';
import { numberFrom, runIdText, timeText, wholeFrom } from '../option-parsers.ts';
import { startProgress } from '../progress.ts';
import type { Session } from '../session.ts';
import { planTraining, type TrainingChoices } from '../training/plan-training.ts';
import { registerTrained } from '../training/register-trained.ts';
import { reportTraining } from '../training/report-training.ts';
import { type UserOptions, userOption } from '../user-option.ts';

interface TrainOptions extends TrainingChoices, UserOptions {
  readonly data: string;
  readonly out?: string;
  readonly register?: string;
}

export function defineTrain(program: Command, deliver: Deliver): void {
  defineCommand<TrainOptions>(program, deliver, {
    name: 'train',
    about: 'Trains a gradient-boosted model on candles and writes it as ONNX, registers it as a candidate, or both.',
    more:
      'It learns from the bars that close by --until and is measured on those from there to --validate-until, which it has not seen.\n' +
      'The promotion check compares models that were measured on the same bars.',
    examples: [
      'train --data btc.csv --out model.onnx',
      'train --data btc.csv --until 2022-01-20 --validate-until 2022-01-25 --trees 200 --register run-18',
    ],
    options: (command) =>
      userOption(
        command
          .requiredOption('--data <file>', 'candles, .csv or .csv.gz')
          .option('--from <date>', 'leave out candles that open before (default: use all)', timeText)
          .option(
            '--until <date>',
            'learn from bars that close by this time (default: after 80 % of the candles)',
            timeText,
          )
          .option(
            '--validate-until <date>',
            'measure on bars whose outcome is known by this time (default: the last candle)',
            timeText,
          )
          .option('--horizon <bars>', 'how far ahead the close is predicted', wholeFrom(1, 10_000), 15)
          .option('--trees <number>', 'trees to grow', wholeFrom(1, 5_000), 100)
          .option('--leaves <number>', 'leaves of a tree', wholeFrom(2, 256), 15)
          .option('--learning-rate <share>', 'share of its advice each tree gives', numberFrom(0.000_1, 1), 0.05)
          .option('--seed <number>', 'of what is random: the same gives the same model', wholeFrom(0), 1)
          .option('--out <file>', 'write the model here, .onnx')
          .option('--register <run>', 'register it as a candidate under this run', runIdText),
      ),
    run: (session, options) => train(session, options),
  });
}

async function train(session: Session, options: TrainOptions) {
  const { out, register, user } = options;
  if (out === undefined && register === undefined)
    throw new AresError('USAGE', 'the model must go somewhere: --out FILE.onnx, --register RUN, or both');
  if (out !== undefined) refuseExisting(out);
  const series = await candleFile.read(options.data);
  const { candles, spec } = planTraining(series, options);
  const { trainer } = await import('#port/trainer');
  const progress = await startProgress(session, 'trees');
  const trained = await trainer
    .trainCandidate(candles, spec, ({ trees, of }) => progress.update(trees, of))
    .finally(progress.stop);
  if (out !== undefined) await writeNewFile(out, trained.bytes);
  const registered =
    register === undefined ? undefined : await registerTrained(session, { runId: register, trained, spec, user });
  return reportTraining({ trained, spec, out, registered });
}
