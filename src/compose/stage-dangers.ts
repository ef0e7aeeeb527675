import { validateConfig } from '../core/config/validate-config.ts';
import type { StageFields } from './stage-fields.ts';
import { initialSettings, LIMIT_NAMES } from './stage-limits.ts';

export interface StageDanger {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** What a person writes into a live stage whose keys cannot be locked to an address. */
export const EGRESS_ACKNOWLEDGEMENT = 'the exchange keys are not locked to an address';

/** Where the exchange itself answers; any other server is a test network or a paper exchange. */
const OWN_HOST = { binance: /^(api([1-4]|-gcp)?|stream|ws-api)\.binance\.com$/ } as const;

/** What each field allows and all of them together do not: configurations that would lose money or keys. */
export function stageDangers(config: StageFields): readonly StageDanger[] {
  return [...exchangeDangers(config), ...slotDangers(config), ...limitDangers(config), ...liveDangers(config)];
}

function exchangeDangers({ mode, exchange }: StageFields): readonly StageDanger[] {
  if (mode === 'paper' && exchange.url === undefined)
    return [
      {
        path: ['exchange', 'url'],
        message:
          'must be a test network like "https://testnet.binance.vision", or a paper exchange, in mode paper: without it orders would reach the real exchange',
      },
    ];
  return (['url', 'wsUrl'] as const).flatMap((name) => {
    const address = exchange[name];
    if (address === undefined) return [];
    const { hostname, protocol } = new URL(address);
    const own = OWN_HOST[exchange.id].test(hostname);
    const path = ['exchange', name];
    if (mode === 'paper' && own) return [{ path, message: 'must not be the real exchange in mode paper' }];
    if (mode === 'live' && !own)
      return [{ path, message: `must be left out, or be ${exchange.id}'s own address, in mode live` }];
    const plain = protocol === 'http:' || protocol === 'ws:';
    return mode !== 'paper' && plain ? [{ path, message: `must be encrypted (https:, wss:) in mode ${mode}` }] : [];
  });
}

/** Two champions that trade the same asset of one account would take each other's position for their own. */
function slotDangers({ slots }: StageFields): readonly StageDanger[] {
  return slots.flatMap((slot, at) => {
    const base = slot.symbol.split('/')[0];
    const other = slots.findIndex(
      ({ account, symbol }, before) => before < at && account === slot.account && symbol.split('/')[0] === base,
    );
    if (other < 0) return [];
    const message = `must trade another asset than slot ${other}: two slots of account "${slot.account}" cannot share ${base}`;
    return [{ path: ['slots', at, 'symbol'], message }];
  });
}

/** The same rules that hold when a person changes the live configuration. */
function limitDangers(config: StageFields): readonly StageDanger[] {
  const sections: Record<string, Record<string, string | number>> = {};
  for (const [setting, value] of Object.entries(initialSettings(config))) {
    const [section, name] = setting.split('.') as [string, string];
    sections[section] = { ...sections[section], [name]: value };
  }
  const checked = validateConfig(sections);
  if (checked.ok) return [];
  return checked.problems.map(({ field, reason }) => ({
    path: ['limits', field.split('.').at(-1) ?? field],
    message: reason.replace(/, was .*$/s, ''),
  }));
}

function liveDangers({ mode, alerts, limits = {}, egress }: StageFields): readonly StageDanger[] {
  if (mode !== 'live') return [];
  const dangers: StageDanger[] = LIMIT_NAMES.filter((name) => limits[name] === undefined).map((name) => ({
    path: ['limits', name],
    message: 'must be written out in mode live',
  }));
  if (alerts.emails.length === 0)
    dangers.push({ path: ['alerts', 'emails'], message: 'must hold an address in mode live: alarms need a reader' });
  if (egress.kind === 'public' && egress.acknowledgement !== EGRESS_ACKNOWLEDGEMENT)
    dangers.push({
      path: ['egress', 'acknowledgement'],
      message: `must be "${EGRESS_ACKNOWLEDGEMENT}" in mode live without a fixed address (or egress.kind "static")`,
    });
  return dangers;
}
