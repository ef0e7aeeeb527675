import * as z from 'zod';
import { decimal } from '../trading/money.ts';

const number = (must: string) => z.number({ error: `must be ${must}` });
const fraction = number('a number from 0 to 1')
  .min(0, 'must be a number from 0 to 1')
  .max(1, 'must be a number from 0 to 1');
const positiveFraction = fraction.gt(0, 'must be a number above 0 and up to 1');
const atLeast = (min: number) => number(`a number from ${min}`).min(min, `must be a number from ${min}`);
const wholeFrom = (min: number) => atLeast(min).int(`must be a whole number from ${min}`);
const decimalText = (must: string, holds: (text: string) => boolean) =>
  z
    .string({ error: `must be ${must}` })
    .refine((text) => /^\d{1,18}(\.\d{1,18})?$/.test(text) && holds(text), `must be ${must}`);
const positiveAmount = decimalText('a decimal number above 0 as text, like "250.50"', (text) => decimal(text).gt(0));
const budgetShare = decimalText(
  'a decimal number above 0 and up to 1 as text, like "0.5"',
  (text) => decimal(text).gt(0) && decimal(text).lte(1),
);
const choice = <const Values extends readonly [string, ...string[]]>(values: Values) =>
  z.enum(values, { error: `must be ${values.map((value) => `"${value}"`).join(' or ')}` });

/** A group of settings. Names that are not in it are refused. */
const section = <Shape extends z.core.$ZodLooseShape>(shape: Shape) =>
  z.strictObject(shape, { error: 'must be settings by name' });

/** One gate a policy: what it compares, and what it does when there is no champion yet. */
const metricPolicy = section({
  /** `metric`: the candidate's figure must be greater than the champion's on the same bars. */
  policy: z.literal('metric', { error: 'must be "metric"' }),
  metric: choice(['accuracy']).default('accuracy'),
  /** `metric`: the best candidate becomes the first champion; `manual`: a person promotes it. */
  firstModel: choice(['metric', 'manual']).default('metric'),
});

const sections = {
  promotion: z
    .discriminatedUnion('policy', [metricPolicy], {
      error: ({ code }) => (code === 'invalid_union' ? 'must be "metric"' : 'must be settings by name'),
    })
    .prefault({ policy: 'metric' }),
  registry: section({
    /** Whether a stage or alias set by an MLflow client may put a model into production that the gate would not promote; an overruling is audited. */
    apiMayOverrule: z.boolean({ error: 'must be true or false' }).default(false),
  }).prefault({}),
  strategy: section({
    /** Go long when the probability is at least this. */
    entryThreshold: fraction.default(0.53),
    /** Go flat when it is at most this. */
    exitThreshold: fraction.default(0.5),
    /** Share of the slot's equity put into a position. */
    budgetFraction: budgetShare.default('0.95'),
    /** What the slot may use, in quote currency. */
    quoteBudget: positiveAmount.default('10000'),
  }).prefault({}),
  /** How a position is entered. Prices are measured from the book when the signal came. */
  entry: section({
    type: choice(['market', 'limit', 'post_only']).default('market'),
    /** Of a limit. */
    timeInForce: choice(['gtc', 'ioc', 'fok']).default('gtc'),
    /** Furthest a limit follows the market away from the signal's price. */
    maxSlippageFraction: positiveFraction.default(0.002),
    /** With a wider book nothing is entered. */
    maxSpreadFraction: positiveFraction.default(0.005),
    /** A resting entry that is no longer the best price is moved after so long, in milliseconds. */
    repriceAfterMs: wholeFrom(100).default(3_000),
    maxReprices: wholeFrom(0).default(5),
    /** A resting entry is cancelled after so long, in milliseconds. */
    expiryMs: wholeFrom(1_000).default(60_000),
  }).prefault({}),
  /** When a position is left without a signal. Fractions of the average entry price; 0: not used. */
  exits: section({
    stopLossFraction: fraction.lt(1, 'must be a number from 0 to below 1').default(0.1),
    takeProfitFraction: number('a number from 0').min(0, 'must be a number from 0').default(0),
    /** From the highest price since the entry. */
    trailingStopFraction: fraction.lt(1, 'must be a number from 0 to below 1').default(0),
    /** Closed bars after which the position is left. */
    maxHoldingBars: wholeFrom(0).default(0),
    /** `exchange`: stops rest there, where it can, so that they hold when the trader does not; `engine`: only the trader watches. */
    protection: choice(['exchange', 'engine']).default('exchange'),
  }).prefault({}),
  risk: section({
    /** In quote currency. */
    maxOrderNotional: positiveAmount.default('20000'),
    /** In quote currency. */
    maxPositionNotional: positiveAmount.default('20000'),
    /** Of all positions and open entries of one process on one account, in quote currency. */
    maxGrossNotional: positiveAmount.default('40000'),
    maxOrdersPerSecond: wholeFrom(1).default(5),
    /** Of orders that let the position grow. */
    maxOrdersPerMinute: wholeFrom(1).default(10),
    /** Losing round trips in a row after which nothing is entered for a while; 0: not used. */
    maxConsecutiveLosses: wholeFrom(0).default(8),
    /** How long that while is, in minutes of market time. */
    coolDownMinutes: wholeFrom(1).default(60),
    /** Largest distance between the exchange's clock and ours. */
    maxClockSkewMs: wholeFrom(1).default(1_000),
    /** Without any market data for so long the slot is halted. */
    haltAfterDataSilenceMs: wholeFrom(1_000).default(300_000),
    /** When the trader has said nothing for so long the slot is halted. */
    haltAfterHeartbeatSilenceMs: wholeFrom(1_000).default(300_000),
    /** Loss since the UTC day's start at which the position may no longer grow. */
    dailyLossFraction: positiveFraction.default(0.05),
    /** Loss since the highest equity at which the position may no longer grow. */
    maxDrawdownFraction: positiveFraction.default(0.2),
    /** Largest distance of an order's reference price from the book's middle. */
    priceCollarFraction: positiveFraction.default(0.01),
    /** Largest distance of ask from bid. */
    maxSpreadFraction: positiveFraction.default(0.005),
    /** Oldest market data an order may be based on. */
    staleDataMs: wholeFrom(1).default(10_000),
  }).prefault({}),
  reconciliation: section({
    /** How often the books are compared with the exchange while trading, in seconds. */
    everySeconds: wholeFrom(1).default(60),
  }).prefault({}),
  /** Alerts, not floors of the gate; named like the metrics they watch. */
  performance: section({
    accuracy: fraction.default(0.6),
    sharpe_ratio: number('a number').default(1),
    /** A loss, so below 0: −0.1 is ten percent under the highest equity. */
    max_drawdown: number('a number from -1 to 0')
      .min(-1, 'must be a number from -1 to 0')
      .max(0, 'must be a number from -1 to 0')
      .default(-0.1),
    /** With fewer outcomes nothing is said. */
    minimumSamples: wholeFrom(1).default(30),
    /** An alert ends only when the metric is back above its threshold by this share of the threshold's size. */
    hysteresis: fraction.default(0.05),
  }).prefault({}),
  /** A measurement beyond its threshold is an alert. */
  monitoring: section({
    cpuPercent: number('a number above 0').gt(0, 'must be a number above 0').default(90),
    memoryPercent: number('a number above 0').gt(0, 'must be a number above 0').default(90),
    /** Less free space than this. */
    diskFreeBytes: wholeFrom(0).default(500_000_000),
    exchangeLatencyMs: number('a number above 0').gt(0, 'must be a number above 0').default(1_000),
    /** How late the slowest timers of the process ran: its 99th percentile since the check before. */
    eventLoopDelayMs: number('a number above 0').gt(0, 'must be a number above 0').default(500),
    /** Silence of the trader. */
    heartbeatAgeMs: number('a number above 0').gt(0, 'must be a number above 0').default(15_000),
    /** The trader's errors as a share of its decisions since the check before. */
    errorRate: fraction.default(0.05),
  }).prefault({}),
} as const;

type Draft = z.infer<z.ZodObject<typeof sections>>;

/** What no single field can know. */
function checkTogether({ strategy, risk }: Draft, context: z.RefinementCtx): void {
  if (strategy.exitThreshold >= strategy.entryThreshold) {
    context.addIssue({
      code: 'custom',
      path: ['strategy', 'exitThreshold'],
      message: `must be below strategy.entryThreshold (${strategy.entryThreshold})`,
    });
  }
  if (decimal(risk.maxOrderNotional).gt(decimal(risk.maxPositionNotional))) {
    context.addIssue({
      code: 'custom',
      path: ['risk', 'maxOrderNotional'],
      message: `must be at most risk.maxPositionNotional (${risk.maxPositionNotional})`,
    });
  }
}

/** Everything that can be tuned while Ares runs. Money is decimal text; unknown names are refused. */
export const liveConfigSchema = section(sections).superRefine(checkTogether);

export type LiveConfig = z.infer<typeof liveConfigSchema>;

/** What holds until somebody changes something. */
export const DEFAULT_CONFIG: LiveConfig = liveConfigSchema.parse({});
