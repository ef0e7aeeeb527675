/** Decimal text is formatted as it is, without a detour over binary floating point. */
type Figure = number | `${number}`;

const figure = (value: number | string): Figure => value as Figure;

const twoDigits = new Intl.NumberFormat('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const fewDigits = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 4 });
const amounts = new Intl.NumberFormat('en-US', { maximumFractionDigits: 6 });
const counts = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** Without a sign that stands for nothing. */
const unsigned = (text: string): string => (/^-[0.,]*$/.test(text) ? text.slice(1) : text);

const minus = (text: string): string => unsigned(text).replace('-', '−');

/** Amounts of quote currency and prices: cents, or four digits of what is less than a cent. */
export function money(value: number | string): string {
  const size = Math.abs(Number(value));
  return minus((size >= 0.005 || size === 0 ? twoDigits : fewDigits).format(figure(value)));
}

/** The same with its sign always shown. */
export function gain(value: number | string): string {
  const text = money(value);
  return Number(value) > 0 ? `+${text}` : text;
}

/** Amounts of base currency, to the millionth. */
export const amount = (value: number | string): string => minus(amounts.format(figure(value)));

export const count = (value: number): string => minus(counts.format(value));

export function percent(fraction: number, digits = 2): string {
  return `${minus((fraction * 100).toFixed(digits))} %`;
}

export function gainPercent(fraction: number): string {
  const text = percent(fraction);
  return fraction > 0 && !text.startsWith('0.00') ? `+${text}` : text;
}

export const ratio = (value: number): string => minus(value.toFixed(2));

/** `2022-01-14 03:21` in UTC. */
export const minute = (at: number): string => new Date(at).toISOString().slice(0, 16).replace('T', ' ');

/** `2022-01-14 03:21:05` in UTC. */
export const second = (at: number): string => new Date(at).toISOString().slice(0, 19).replace('T', ' ');

/** How long something takes, or is ago. */
export function duration(ms: number): string {
  if (ms < 1_000) return `${Math.max(0, Math.round(ms))} ms`;
  if (ms < 120_000) return `${Math.round(ms / 1_000)} s`;
  if (ms < 7_200_000) return `${Math.round(ms / 60_000)} min`;
  return `${Math.round(ms / 3_600_000)} h`;
}

/** How long ago something was, in wall time. */
export const ago = (ms: number): string => (ms < 2_000 ? 'just now' : `${duration(ms)} ago`);

export function bytes(value: number): string {
  const gigabytes = value / 1e9;
  return gigabytes >= 1 ? `${gigabytes.toFixed(1)} GB` : `${(value / 1e6).toFixed(0)} MB`;
}

const checkUnits: readonly (readonly [RegExp, (value: number) => string])[] = [
  [/^(cpu|memory)$/, (value) => `${value.toFixed(0)} %`],
  [/^disk$/, (value) => `${bytes(value)} free`],
  [/^(event-loop|exchange|trader:.*)$/, duration],
  [/^(error-rate|model|drawdown|day-loss):/, (value) => percent(value)],
];

/** What a system check measured, with its unit. */
export function checkValue(name: string, value: number | null): string {
  if (value === null) return '';
  const unit = checkUnits.find(([pattern]) => pattern.test(name));
  return unit ? unit[1](value) : String(value);
}

const checkNames: Readonly<Record<string, string>> = {
  cpu: 'Processors',
  memory: 'Memory',
  disk: 'Disk',
  'event-loop': 'Event loop delay',
  exchange: 'Exchange round trip',
  trader: 'Trader heartbeat',
  'error-rate': 'Trader errors',
  metrics: 'Metrics',
  model: 'Model accuracy',
  drawdown: 'Drawdown',
  'day-loss': 'Loss today',
};

/** A check's name for people; checks of a slot carry its name behind a colon, which is said where it is not the slot that is looked at. */
export function checkName(name: string, slot: string): string {
  const [kind, ...rest] = name.split(':') as [string, ...string[]];
  const label = checkNames[kind];
  if (label === undefined) return name;
  const of = rest.join(':');
  return of === '' || of === slot ? label : `${label} of ${of}`;
}
