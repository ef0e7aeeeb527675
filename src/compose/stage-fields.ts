import * as z from 'zod';

const text = (must: string, pattern: RegExp) => z.string({ error: must }).regex(pattern, { error: must, abort: true });
const choice = <const Values extends readonly [string, ...string[]]>(values: Values) =>
  z.enum(values, { error: `must be ${values.map((value) => `"${value}"`).join(' or ')}` });
const url = (must: string, protocols: readonly string[]) =>
  z.string({ error: must }).refine((value) => URL.canParse(value) && protocols.includes(new URL(value).protocol), {
    error: must,
    abort: true,
  });
const section = <Shape extends z.core.$ZodLooseShape>(shape: Shape) =>
  z.strictObject(shape, { error: 'must be fields by name' });
const amount = text('must be a decimal number above 0 as text, like "1000"', /^(?=.*[1-9])\d{1,18}(\.\d{1,18})?$/);
const fractionMust = 'must be a number above 0 and up to 1';
const fraction = z.number({ error: fractionMust }).gt(0, fractionMust).max(1, fractionMust);
const yesOrNo = z.boolean({ error: 'must be true or false' });

/** What CloudWatch Logs can keep. */
const LOG_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

const slot = section({
  account: text('must be lower-case letters, digits and hyphens, like "main"', /^[a-z0-9-]+$/),
  strategy: text('must be lower-case letters, digits and hyphens, like "trend"', /^[a-z0-9-]+$/),
  symbol: text('must be BASE/QUOTE, like "BTC/USDT"', /^[A-Z0-9]+\/[A-Z0-9]+$/),
  timeframe: text('must be like "1m" or "4h"', /^[1-9]\d{0,3}[mhd]$/),
});

/** One deployment, field by field: what `infra/stages/<stage>.json` holds. */
export const stageFields = section({
  /** Part of every name on AWS. */
  stage: text('must be 2 to 16 lower-case letters, digits and hyphens, like "paper"', /^[a-z][a-z0-9-]{1,15}$/),
  /** The account that may be deployed to; whichever the credentials belong to when absent. */
  account: text('must be an account number of 12 digits as text', /^\d{12}$/).optional(),
  region: text('must be a region, like "eu-central-1"', /^[a-z]{2}(-[a-z]+)+-\d$/),
  /** `paper`: no real exchange is reached. `shadow`: real market, no orders: what it decides is filled inside the trader. `live`: real money. */
  mode: choice(['paper', 'shadow', 'live']),
  exchange: section({
    id: choice(['binance']).default('binance'),
    url: url('must be a URL with http: or https:', ['http:', 'https:']).optional(),
    wsUrl: url('must be a URL with ws: or wss:', ['ws:', 'wss:']).optional(),
  }).prefault({}),
  slots: z.array(slot, { error: 'must be a list of slots' }).min(1, 'must hold at least one slot'),
  /** Each slot's, as the first version of the live configuration. */
  limits: section({
    quoteBudget: amount.optional(),
    maxOrderNotional: amount.optional(),
    maxPositionNotional: amount.optional(),
    dailyLossFraction: fraction.optional(),
    maxDrawdownFraction: fraction.optional(),
  }).optional(),
  alerts: section({
    emails: z
      .array(z.email({ error: 'must be an e-mail address' }), { error: 'must be a list of e-mail addresses' })
      .default([]),
  }).prefault({}),
  egress: z
    .discriminatedUnion(
      'kind',
      [
        /** Out through an address that changes with each start. */
        section({ kind: z.literal('public'), acknowledgement: z.string().optional() }),
        /** Out through one address that an exchange can lock keys to. */
        section({ kind: z.literal('static'), nat: choice(['instance', 'gateway']) }),
      ],
      { error: 'must have kind "public" or "static"' },
    )
    .prefault({ kind: 'public' }),
  trader: section({
    size: choice(['economy', 'low-latency']).default('economy'),
    image: z
      .discriminatedUnion(
        'from',
        [
          section({ from: z.literal('asset') }),
          section({ from: z.literal('registry'), uri: z.string().min(1, 'must be the reference of an image') }),
        ],
        { error: 'must have from "asset" or "registry"' },
      )
      .prefault({ from: 'asset' }),
  }).prefault({}),
  /** Of functions, layer and trader alike. */
  platform: choice(['arm64', 'x64']).default('arm64'),
  /** Whether single writers get a reserved concurrency of 1; a new account's limit may be too low for it. */
  reserveConcurrency: yesOrNo.default(true),
  logRetentionDays: z
    .number({ error: 'must be a number of days' })
    .refine((days) => LOG_DAYS.includes(days), `must be one of ${LOG_DAYS.join(', ')}`)
    .default(30),
  /** With it nobody can delete or overwrite a model's bytes for so many days, not even an administrator. */
  modelRetentionDays: z
    .number({ error: 'must be a whole number of days from 1 to 3650' })
    .int('must be a whole number of days from 1 to 3650')
    .min(1, 'must be a whole number of days from 1 to 3650')
    .max(3650, 'must be a whole number of days from 1 to 3650')
    .optional(),
});

export type StageFields = z.infer<typeof stageFields>;
