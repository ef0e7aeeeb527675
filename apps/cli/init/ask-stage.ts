import type * as z from 'zod';
import { stageFields } from '../../../src/compose/stage-fields.ts';
import { messageOf } from '../../../src/core/ares-error.ts';
import { parseSlotId } from '../../../src/core/models/slot.ts';
import type { Asker } from './asker.ts';
import type { StageAnswers } from './stage-answers.ts';

const TESTNET = 'https://testnet.binance.vision';
const { shape } = stageFields;
const limits = shape.limits.unwrap().shape;
const exchange = shape.exchange.unwrap().shape;

type Check = (answer: string) => true | string;
type Writable = { -readonly [Name in keyof StageAnswers]: StageAnswers[Name] };

const is =
  (schema: z.ZodType, read: (answer: string) => unknown = (answer) => answer): Check =>
  (answer) => {
    const parsed = schema.safeParse(read(answer));
    return parsed.success || (parsed.error.issues[0]?.message ?? 'is not as it must be');
  };
const orEmpty =
  (check: Check): Check =>
  (answer) =>
    answer.trim() === '' || check(answer);
const number = (answer: string): number => (answer.trim() === '' ? Number.NaN : Number(answer));
const words = (answer: string): string[] => answer.split(/[\s,]+/).filter((word) => word !== '');
const nonEmpty = (answer: string): string | undefined => (answer.trim() === '' ? undefined : answer.trim());

const slots: Check = (answer) => {
  try {
    words(answer).map(parseSlotId);
    return words(answer).length > 0 || 'must name at least one slot';
  } catch (error) {
    return messageOf(error);
  }
};

/**
 * Asks for everything that is not given yet; what a question proposes is what most want.
 *
 * @param taken names that a new stage must not have
 */
export async function askStage(
  given: StageAnswers,
  asker: Asker,
  taken: (stage: string) => boolean = () => false,
): Promise<StageAnswers> {
  const answers: Writable = { ...given };
  const ask = async <Name extends keyof StageAnswers>(name: Name, question: () => Promise<StageAnswers[Name]>) => {
    if (answers[name] === undefined) answers[name] = await question();
  };
  const text = async (message: string, check: Check, proposed?: string) =>
    nonEmpty(await asker.text(message, check, proposed));

  const free: Check = (answer) =>
    taken(answer)
      ? `must be a name that is free, "${answer}" is there (--force writes over it)`
      : is(shape.stage)(answer);
  await ask('stage', () => text('Name of the stage', free, taken('paper') ? undefined : 'paper'));
  await ask('mode', () =>
    asker.choice(
      'What it trades on',
      { paper: 'a test network or paper exchange, no real money', live: 'the real exchange, real money' },
      answers.stage === 'live' ? 'live' : 'paper',
    ),
  );
  const live = answers.mode === 'live';
  await ask('region', () => text('AWS region', is(shape.region), 'eu-central-1'));
  await ask('account', () =>
    text('AWS account, 12 digits (empty: whichever the credentials are of)', orEmpty(is(shape.account))),
  );
  if (!live) await ask('exchangeUrl', () => text('Address of the exchange', is(exchange.url), TESTNET));
  await ask('trade', async () =>
    words(await asker.text('Slots, as account:strategy:BASE/QUOTE:timeframe', slots, 'main:trend:BTC/USDT:1m')),
  );

  // Where real money is at stake nothing is proposed: a limit is a decision.
  const propose = (value: string) => (live ? undefined : value);
  await ask('quoteBudget', () =>
    text('What a slot may use, in quote currency', is(limits.quoteBudget), propose('1000')),
  );
  const budget = answers.quoteBudget ?? '1000';
  await ask('maxOrder', () => text('Largest order, in quote currency', is(limits.maxOrderNotional), propose(budget)));
  await ask('maxPosition', () =>
    text('Largest position, in quote currency', is(limits.maxPositionNotional), propose(budget)),
  );
  await ask('dailyLoss', async () =>
    number(
      await asker.text(
        "Share of a day's equity that may be lost",
        is(limits.dailyLossFraction, number),
        propose('0.05'),
      ),
    ),
  );
  await ask('maxDrawdown', async () =>
    number(
      await asker.text(
        'Share of the highest equity that may be lost',
        is(limits.maxDrawdownFraction, number),
        propose('0.2'),
      ),
    ),
  );

  const emails = is(shape.alerts.unwrap().shape.emails, words);
  const someEmail: Check = (answer) => words(answer).length > 0 || 'must be an e-mail address: alarms need a reader';
  await ask('email', async () =>
    words(
      await asker.text(`Who is told of alarms, by e-mail${live ? '' : ' (empty: nobody)'}`, (answer) =>
        live && someEmail(answer) !== true ? someEmail(answer) : emails(answer),
      ),
    ),
  );
  await ask('egress', () =>
    asker.choice(
      'How the trader reaches the exchange',
      {
        public: 'an address that changes; nothing to pay',
        'nat-instance': 'a fixed address that the exchange can lock keys to; a small machine, some dollars a month',
        'nat-gateway': 'a fixed address kept by AWS; tens of dollars a month',
      },
      live ? 'nat-instance' : 'public',
    ),
  );
  if (live && answers.egress === 'public')
    await ask('acknowledgePublicEgress', () =>
      asker.yes(
        'The exchange keys are then not locked to an address: whoever gets them can use them from anywhere. Accept?',
        false,
      ),
    );
  await ask('trader', () =>
    asker.choice(
      'Size of the trader',
      { economy: '0.25 processor, 512 MB', 'low-latency': '1 processor, 2 GB' },
      live ? 'low-latency' : 'economy',
    ),
  );
  return answers;
}
