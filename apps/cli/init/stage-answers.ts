import { EGRESS_ACKNOWLEDGEMENT } from '../../../src/compose/stage-dangers.ts';
import { parseSlotId } from '../../../src/core/models/slot.ts';

/** What describes a stage, as options or as answers give it; what is absent has its default. */
export interface StageAnswers {
  readonly stage?: string;
  readonly account?: string;
  readonly region?: string;
  readonly mode?: string;
  readonly exchangeUrl?: string;
  readonly exchangeWs?: string;
  /** Ids of slots. */
  readonly trade?: readonly string[];
  readonly quoteBudget?: string;
  readonly maxOrder?: string;
  readonly maxPosition?: string;
  readonly dailyLoss?: number;
  readonly maxDrawdown?: number;
  readonly email?: readonly string[];
  readonly egress?: string;
  readonly acknowledgePublicEgress?: boolean;
  readonly trader?: string;
  readonly image?: string;
  readonly platform?: string;
  readonly reserveConcurrency?: boolean;
  readonly logDays?: number;
  readonly modelRetentionDays?: number;
}

/** What the trader reaches the exchange by, as a person names it. */
export const EGRESS: Readonly<Record<string, object>> = {
  public: { kind: 'public' },
  'nat-instance': { kind: 'static', nat: 'instance' },
  'nat-gateway': { kind: 'static', nat: 'gateway' },
};

/** A paper stage can do with less; nothing else is guessed where money is at stake. */
const ALWAYS = ['stage', 'region', 'mode', 'trade'] as const;
const BY_MODE: Readonly<Record<string, readonly (keyof StageAnswers)[]>> = {
  paper: ['exchangeUrl'],
  live: ['quoteBudget', 'maxOrder', 'maxPosition', 'dailyLoss', 'maxDrawdown', 'email', 'egress'],
};

/** The stage itself is no option: it comes right after the command. */
const optionOf = (name: string): string =>
  name === 'stage' ? 'STAGE' : `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

/** The options without which there is no stage of this mode. */
export const missingOptions = (answers: StageAnswers): readonly string[] =>
  [...ALWAYS, ...(BY_MODE[answers.mode ?? ''] ?? [])].filter((name) => answers[name] === undefined).map(optionOf);

/**
 * The answers in the shape of a stage's file, not yet checked.
 *
 * @throws AresError `SLOT_INVALID`
 */
export function stageDraft(answers: StageAnswers): object {
  const { exchangeUrl: url, exchangeWs: wsUrl, egress = 'public', image, modelRetentionDays } = answers;
  const acknowledgement = answers.acknowledgePublicEgress ? { acknowledgement: EGRESS_ACKNOWLEDGEMENT } : {};
  const limits = withoutAbsent({
    quoteBudget: answers.quoteBudget,
    maxOrderNotional: answers.maxOrder,
    maxPositionNotional: answers.maxPosition,
    dailyLossFraction: answers.dailyLoss,
    maxDrawdownFraction: answers.maxDrawdown,
  });
  return withoutAbsent({
    stage: answers.stage,
    account: answers.account,
    region: answers.region,
    mode: answers.mode,
    exchange: withoutAbsent({ id: 'binance', url, wsUrl }),
    slots: (answers.trade ?? []).map(slotOf),
    limits: Object.keys(limits).length === 0 ? undefined : limits,
    alerts: { emails: answers.email ?? [] },
    egress: { ...(EGRESS[egress] ?? { kind: egress }), ...(egress === 'public' ? acknowledgement : {}) },
    trader: {
      size: answers.trader ?? 'economy',
      image: image === undefined ? { from: 'asset' } : { from: 'registry', uri: image },
    },
    platform: answers.platform ?? 'arm64',
    reserveConcurrency: answers.reserveConcurrency ?? true,
    logRetentionDays: answers.logDays ?? 30,
    modelRetentionDays,
  });
}

function slotOf(id: string): object {
  const { account, strategy, symbols, timeframe } = parseSlotId(id);
  return { account, strategy, symbol: symbols.join('+'), timeframe };
}

const withoutAbsent = (fields: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
