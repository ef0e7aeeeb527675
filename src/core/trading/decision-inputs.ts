import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import * as z from 'zod';
import { canonicalJson } from '../audit/canonical-json.ts';
import type { SlotId } from '../models/slot.ts';
import { epochMillis } from '../ports/clock.ts';
import type { JsonObject } from '../ports/ledger.ts';
import { legs } from './client-order-id.ts';
import type { ExitCause } from './decision.ts';
import { type EngineSettings, engineSettingsSchema } from './engine-settings.ts';
import type { LineView } from './line-view.ts';
import { type Decimal, decimal, type Price, price } from './money.ts';
import { type OrderState, orderTransitions } from './order-lifecycle.ts';

/** Everything a bar is decided from: with the same inputs the decision is the same. */
export interface DecisionInputs extends LineView {
  /** The line. */
  readonly slot: SlotId;
  readonly barClose: LineView['marketTime'];
  readonly barMillis: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly runId: string | null;
  readonly modelHash: string | null;
  /** The model's input row; `null` where there was no model or not enough history. */
  readonly features: readonly number[] | null;
  /** What the model made of it. */
  readonly probability: number | null;
  readonly settings: EngineSettings;
  /** Why the position is being left already; `null` when it is not. */
  readonly leaving: ExitCause | null;
  /** An order that may have been filled within the bar, and of which the exchange did not say. */
  readonly unanswered: string | null;
  /** Attempt of the next order of each leg at this bar. */
  readonly nextAttempt: { readonly entry: number; readonly exit: number };
  readonly epoch: number;
  /** An order for this bar was sent before a restart. */
  readonly decidedBefore: boolean;
}

/** Plain JSON, decimal amounts as text. */
export function decisionInputsToJson(inputs: DecisionInputs): JsonObject {
  return plain(inputs) as JsonObject;
}

function plain(value: unknown): unknown {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(plain);
  if (isDecimal(value)) return value.toFixed();
  const members: Record<string, unknown> = {};
  for (const [name, member] of Object.entries(value)) if (member !== undefined) members[name] = plain(member);
  return members;
}

const isDecimal = (value: object): value is Decimal => 'toFixed' in value;

const amount = z.string().transform((text): Decimal => decimal(text));
const priceText = z.string().transform((text): Price => price(text));
const time = z.number().int().transform(epochMillis);

const schema = z.object({
  slot: z.string().transform((text) => text as SlotId),
  barClose: time,
  barMillis: z.number(),
  high: z.number(),
  low: z.number(),
  close: z.number(),
  runId: z.string().nullable(),
  modelHash: z.string().nullable(),
  features: z.array(z.number()).nullable(),
  probability: z.number().nullable(),
  settings: engineSettingsSchema,
  leaving: z.enum(['signal', 'stop_loss', 'trailing_stop', 'take_profit', 'time_limit']).nullable(),
  unanswered: z.string().nullable(),
  nextAttempt: z.object({ entry: z.number(), exit: z.number() }),
  epoch: z.number(),
  decidedBefore: z.boolean(),
  rules: z.object({
    symbol: z.string(),
    base: z.string(),
    quote: z.string(),
    priceStep: amount,
    quantityStep: amount,
    minQuantity: amount,
    maxQuantity: amount.optional(),
    minNotional: amount,
    takerFee: amount,
    makerFee: amount,
  }),
  mode: z.enum(['ACTIVE', 'REDUCING', 'HALTED']),
  marketTime: time,
  position: z.object({ quantity: amount, cost: amount }),
  equity: amount,
  dayStartEquity: amount,
  peakEquity: amount,
  holding: z.object({ since: time, highest: amount }).nullable(),
  consecutiveLosses: z.number(),
  coolDownUntil: z.number(),
  freeQuote: amount,
  grossOfOthers: amount,
  book: z.object({ bid: priceText, ask: priceText }).nullable(),
  bookAgeMs: z.number(),
  dataAgeMs: z.number(),
  clockSkewMs: z.number(),
  ordersLastSecond: z.number(),
  ordersLastMinute: z.number(),
  openOrders: z.array(
    z.object({
      clientOrderId: z.string(),
      leg: z.enum(legs),
      side: z.enum(['buy', 'sell']),
      state: z.enum(Object.keys(orderTransitions) as [OrderState, ...OrderState[]]),
      barClose: time,
      pairId: z.string().nullable(),
      remaining: amount,
      price: priceText.nullable(),
    }),
  ),
});

/** SHA-256 of the inputs' canonical JSON, in hexadecimal. */
export function decisionInputsHash(plainInputs: JsonObject): string {
  return bytesToHex(sha256(utf8ToBytes(canonicalJson(plainInputs))));
}

/** Inputs as the journal has them. @throws ZodError */
export const parseDecisionInputs = (value: JsonObject): DecisionInputs => schema.parse(value);
