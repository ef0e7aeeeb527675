import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Command } from 'commander';
import { parseStageConfig } from '../../../src/compose/stage-config.ts';
import { AresError } from '../../../src/core/ares-error.ts';
import { type Deliver, defineCommand } from '../define-command.ts';
import { EXIT } from '../exit-codes.ts';
import { askStage } from '../init/ask-stage.ts';
import { type Asker, terminalAsker, wasLeft } from '../init/asker.ts';
import { EGRESS, missingOptions, type StageAnswers, stageDraft } from '../init/stage-answers.ts';
import { replaceFile, stageText } from '../init/stage-file.ts';
import { numberFrom, oneOf, slotText, wholeFrom } from '../option-parsers.ts';
import type { Report } from '../report.ts';
import type { Session } from '../session.ts';

interface InitOptions extends StageAnswers {
  readonly yes?: boolean;
  readonly force?: boolean;
  readonly directory?: string;
}

const STAGES = join(import.meta.dirname, '../../../infra/stages');

export function defineInit(program: Command, deliver: Deliver): void {
  defineCommand<InitOptions>(program, deliver, {
    name: 'init',
    about: 'Describes a deployment on AWS: asks, checks the answers, and writes infra/stages/STAGE.json.',
    more: 'What is given as an option is not asked. Without a terminal, or with --yes, nothing is asked. Nothing is deployed.',
    examples: [
      'init',
      'init paper --mode paper --region eu-central-1 --exchange-url https://testnet.binance.vision --trade main:trend:BTC/USDT:1m --yes',
    ],
    options,
    run: (session, wanted, [stage]) => init(session, stage === undefined ? wanted : { ...wanted, stage }),
  });
}

function options(command: Command): Command {
  return command
    .argument('[stage]', 'its name: part of every name on AWS')
    .option('--mode <mode>', 'paper or live')
    .option('--region <region>', 'where on AWS')
    .option('--account <number>', 'the only AWS account it may be deployed to')
    .option('--exchange-url <url>', 'a test network or paper exchange')
    .option('--exchange-ws <url>', 'its WebSocket address, where it is another')
    .option('--trade <slots...>', 'like main:trend:BTC/USDT:1m, one or more', (text: string, all: string[] = []) => [
      ...all,
      slotText(text),
    ])
    .option('--quote-budget <amount>', 'what a slot may use, in quote currency')
    .option('--max-order <amount>', 'largest order, in quote currency')
    .option('--max-position <amount>', 'largest position, in quote currency')
    .option('--daily-loss <fraction>', "share of a day's equity that may be lost", numberFrom(0, 1))
    .option('--max-drawdown <fraction>', 'share of the highest equity that may be lost', numberFrom(0, 1))
    .option('--email <addresses...>', 'who is told of alarms')
    .option('--egress <way>', 'public, nat-instance or nat-gateway (default: public)', oneOf(Object.keys(EGRESS)))
    .option('--acknowledge-public-egress', 'in mode live: the exchange keys are not locked to an address')
    .option('--trader <size>', 'economy or low-latency (default: economy)')
    .option('--image <reference>', "the trader's image in a registry (default: built at deployment)")
    .option('--platform <platform>', 'arm64 or x64 (default: arm64)')
    .option('--no-reserve-concurrency', 'for an account whose limit of concurrent functions is too low')
    .option('--log-days <days>', 'how long logs are kept (default: 30)', wholeFrom(1))
    .option('--model-retention-days <days>', 'nobody can delete a model before', wholeFrom(1))
    .option('--directory <path>', 'where stages are described (default: infra/stages of Ares)')
    .option('--force', 'write over a stage that is there')
    .option('--yes', 'ask nothing: options and defaults are the answers');
}

async function init(
  session: Session,
  { yes = false, force = false, directory = STAGES, ...given }: InitOptions,
): Promise<Report> {
  const asks = !yes && !session.json && process.stdin.isTTY === true && process.stderr.isTTY === true;
  try {
    return await describe(given, {
      asker: asks ? await terminalAsker() : undefined,
      force,
      directory,
      note: session.note,
    });
  } catch (error) {
    if (wasLeft(error)) return notWritten();
    throw error;
  }
}

export interface Surroundings {
  /** Absent where nobody can be asked. */
  readonly asker: Asker | undefined;
  readonly force: boolean;
  readonly directory: string;
  note(line: string): void;
}

/**
 * From answers to a checked file.
 *
 * @throws AresError `USAGE` when something is missing and nobody can be asked, `STAGE_INVALID`, `STAGE_EXISTS`, `FILE_UNWRITABLE`
 */
export async function describe(given: StageAnswers, { asker, force, directory, note }: Surroundings): Promise<Report> {
  const pathOf = (stage: string) => join(directory, `${stage}.json`);
  const answers = asker ? await askStage(given, asker, (stage) => !force && existsSync(pathOf(stage))) : given;
  const missing = missingOptions(answers);
  if (missing.length > 0)
    throw new AresError('USAGE', `without questions these must be given: ${missing.join(', ')}`, { missing });
  const path = pathOf(answers.stage ?? '');
  const draft = stageDraft(answers);
  const { stage } = parseStageConfig(draft, `stage ${answers.stage}`);
  const near = relative(process.cwd(), path);
  const shown = near.startsWith('..') ? path : near;
  if (existsSync(path) && !force)
    throw new AresError('STAGE_EXISTS', `${shown} must not exist yet, does; --force writes over it`, { path });
  const text = stageText(draft);
  note(`${shown}:\n${text}`);
  if (asker && !(await asker.yes(`Write ${shown}?`, true))) return notWritten();
  await replaceFile(path, text);
  const next = `Next: npm run synth -- -c stage=${stage}, then docs/deploying.md.`;
  return { value: { path, stage: draft }, text: `Written to ${shown}.\n${next}` };
}

const notWritten = (): Report => ({ value: { path: null }, text: 'Nothing was written.', exit: EXIT.refused });
