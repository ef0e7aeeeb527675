import * as z from 'zod';
import { AresError } from '../core/ares-error.ts';
import { parseSlotId, type SlotId } from '../core/models/slot.ts';

const url = (protocols: readonly string[]) =>
  z
    .string()
    .refine(
      (text) => URL.canParse(text) && protocols.includes(new URL(text).protocol),
      `must be a URL with ${protocols.join(' or ')}`,
    );

const text = (must: string, length = 1) => z.string({ error: must }).min(length, must);

const choice = <const Values extends readonly [string, ...string[]]>(values: Values) =>
  z.enum(values, { error: `must be ${values.map((value) => `"${value}"`).join(' or ')}` });

function whole(min: number, max = Number.MAX_SAFE_INTEGER) {
  const error = `must be a whole number ${max === Number.MAX_SAFE_INTEGER ? `from ${min}` : `from ${min} to ${max}`}`;
  return z.coerce.number({ error }).int({ error }).min(min, { error }).max(max, { error });
}

const settingsMust = 'must be a JSON object of settings, each a number or text';
const settingsSchema = z.record(z.string(), z.union([z.string(), z.number()]));

/** @returns at least one slot */
function slotsOf(text: string, context: z.RefinementCtx): readonly [SlotId, ...SlotId[]] {
  const slots = text.split(',').map((slot) => slot.trim());
  const refuse = (message: string) => {
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  };
  try {
    const accounts = new Set(slots.map((slot) => parseSlotId(slot).account));
    if (accounts.size > 1) return refuse('must be slots of one account: a process holds the keys of one');
    if (new Set(slots).size < slots.length) return refuse('must name each slot once');
  } catch (error) {
    return refuse((error as Error).message);
  }
  return slots as [SlotId, ...SlotId[]];
}

/** Everything a process takes from its environment; each variable is read here and nowhere else. */
const schema = z.object({
  /** Where one machine keeps its database, models, keys and logs. */
  ARES_DATA_DIR: text('must not be empty').default('.ares'),
  /** What a trader trades: one slot, or several of one account, by commas. Commands take it for their slot when it is one. */
  ARES_SLOT: z.string().default('paper:trend:BTC/USDT:1m').transform(slotsOf),
  ARES_EXCHANGE: choice(['binance']).default('binance'),
  /** Another server that speaks the exchange's API: the paper exchange, a testnet. */
  ARES_EXCHANGE_URL: url(['http:', 'https:']).optional(),
  /** Its WebSocket address; without it the one above with ws for http. */
  ARES_EXCHANGE_WS: url(['ws:', 'wss:']).optional(),
  /** JSON file with `apiKey` and `secret`, readable by its owner only. */
  ARES_KEYS_FILE: z.string().optional(),
  /** The paper exchange's control endpoint; with it the trader acknowledges every bar. */
  ARES_CONTROL_URL: url(['http:']).optional(),
  ARES_LOCKSTEP: choice(['0', '1'])
    .default('0')
    .transform((flag) => flag === '1'),
  ARES_LEASE_TTL_MS: whole(200).default(10_000),
  ARES_RECV_WINDOW_MS: whole(100, 60_000).default(5_000),
  ARES_SEED: whole(0).optional(),
  /** How often the trader says that it lives. */
  ARES_HEARTBEAT_MS: whole(100, 60_000).default(1_000),
  /** Where the trader says on the loopback address whether it lives; nowhere when not set. */
  ARES_HEALTH_PORT: whole(1, 65_535).optional(),
  /** Requests to the API that each token may make, a second. */
  ARES_API_RATE: whole(1, 1_000_000).default(2_000),
  /** Which deployment this is. */
  ARES_STAGE: text('must not be empty').default('local'),
  /** What the deployment means to do; the trader refuses what it cannot do safely. */
  ARES_MODE: choice(['paper', 'shadow', 'live']).optional(),
  /** JSON of settings by name, like `{"risk.dailyLossFraction":0.02}`: the first version of the live configuration, where there is none. */
  ARES_INITIAL_SETTINGS: z
    .string()
    .transform((text, context) => {
      try {
        const settings = settingsSchema.safeParse(JSON.parse(text));
        if (settings.success) return settings.data;
      } catch {
        // Said below, like everything else that it is not.
      }
      context.addIssue({ code: 'custom', message: settingsMust });
      return z.NEVER;
    })
    .optional(),
  /** The ledger's tables on AWS. */
  ARES_STATE_TABLE: text('must be the name of a table', 3).optional(),
  ARES_REGISTRY_TABLE: text('must be the name of a table', 3).optional(),
  ARES_AUDIT_TABLE: text('must be the name of a table', 3).optional(),
  /** The bucket that holds model bytes. */
  ARES_MODEL_BUCKET: text('must be the name of a bucket', 3).optional(),
  /** The bucket that holds the artifacts of runs and logged models. */
  ARES_ARTIFACT_BUCKET: text('must be the name of a bucket', 3).optional(),
  /** Name or ARN of the event bus. */
  ARES_EVENT_BUS: text('must not be empty').optional(),
  /** The queue that brings a trader its commands. */
  ARES_COMMAND_QUEUE_URL: url(['http:', 'https:']).optional(),
  /** The topic that people subscribe to. */
  ARES_ALERT_TOPIC_ARN: text('must not be empty').optional(),
  /** Secrets Manager holds an account's exchange keys under this name, a slash and the account. */
  ARES_KEYS_SECRET_PREFIX: text('must not be empty').optional(),
  /** ARN of the KMS key that wraps data keys. */
  ARES_CIPHER_KEY_ARN: text('must not be empty').optional(),
  /** A function's name on AWS is this and its name in the wiring table; its dead-letter queue's name adds `-dead-letters`. */
  ARES_FUNCTION_PREFIX: text('must not be empty').optional(),
  /** Where `cdk deploy --outputs-file` wrote what it deployed; the command line finds a stage by it. */
  ARES_OUTPUTS: text('must not be empty').optional(),
  ARES_LOG_LEVEL: choice(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
  /** Another server that speaks AWS's API; the SDK reads it itself. */
  AWS_ENDPOINT_URL: url(['http:', 'https:']).optional(),
  /** Lambda says so of the function it runs, in MiB. */
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: whole(1).optional(),
});

export type Env = z.infer<typeof schema>;

/** @throws AresError `ENV_INVALID` naming each variable, what it must be and what it was */
export function readEnv(source: Readonly<Record<string, string | undefined>> = process.env): Env {
  const parsed = schema.safeParse(source);
  if (parsed.success) return parsed.data;
  const lines = parsed.error.issues.map((issue) => {
    const name = String(issue.path[0]);
    return `${name} ${issue.message}, was "${source[name] ?? ''}"`;
  });
  throw new AresError('ENV_INVALID', lines.join('; '));
}
