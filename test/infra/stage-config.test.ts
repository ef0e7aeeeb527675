import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseStageConfig, stageConfigSchema } from '../../src/compose/stage-config.ts';
import { EGRESS_ACKNOWLEDGEMENT } from '../../src/compose/stage-dangers.ts';
import { initialSettings } from '../../src/compose/stage-limits.ts';
import { AresError } from '../../src/core/ares-error.ts';
import { validateConfig } from '../../src/core/config/validate-config.ts';

const slot = { account: 'main', strategy: 'trend', symbol: 'BTC/USDT', timeframe: '1m' };
const limits = {
  quoteBudget: '1000',
  maxOrderNotional: '500',
  maxPositionNotional: '1000',
  dailyLossFraction: 0.05,
  maxDrawdownFraction: 0.2,
};
const paper = {
  stage: 'paper',
  region: 'eu-central-1',
  mode: 'paper',
  exchange: { url: 'https://testnet.binance.vision' },
  slots: [slot],
};
const live = {
  stage: 'live',
  region: 'eu-central-1',
  mode: 'live',
  slots: [slot],
  limits,
  alerts: { emails: ['desk@example.com'] },
  egress: { kind: 'static', nat: 'instance' },
};

function problemsOf(stage: unknown): readonly string[] {
  try {
    parseStageConfig(stage, 'here');
  } catch (error) {
    if (error instanceof AresError && error.code === 'STAGE_INVALID') return error.data.problems as readonly string[];
    throw error;
  }
  return [];
}

describe('a stage', () => {
  it('fills in what a paper stage leaves out with what costs and risks least', () => {
    expect(parseStageConfig(JSON.stringify(paper), 'here')).toEqual({
      ...paper,
      exchange: { id: 'binance', url: 'https://testnet.binance.vision' },
      alerts: { emails: [] },
      egress: { kind: 'public' },
      trader: { size: 'economy', image: { from: 'asset' } },
      platform: 'arm64',
      reserveConcurrency: true,
      logRetentionDays: 30,
    });
  });

  it('is read the same again from what it was read as', () => {
    for (const stage of [paper, live]) {
      const once = parseStageConfig(stage, 'here');
      expect(parseStageConfig(once, 'here')).toEqual(once);
    }
  });

  it('names every field that is wrong, what it must be and what it was', () => {
    const problems = problemsOf({
      ...paper,
      stage: 'Paper!',
      region: 'frankfurt',
      acount: '1',
      slots: [{ ...slot, symbol: 'btc' }],
      logRetentionDays: 31,
      limits: { dailyLossFraction: 5 },
    });
    expect(problems).toEqual(
      expect.arrayContaining([
        'stage must be 2 to 16 lower-case letters, digits and hyphens, like "paper", was "Paper!"',
        'region must be a region, like "eu-central-1", was "frankfurt"',
        'acount must not be there: no field has this name',
        'slots.0.symbol must be BASE/QUOTE, like "BTC/USDT", was "btc"',
        expect.stringMatching(/^logRetentionDays must be one of 1, 3, 5, .*, was 31$/),
        'limits.dailyLossFraction must be a number above 0 and up to 1, was 5',
      ]),
    );
  });

  it('says where text that is no JSON came from', () => {
    expect(() => parseStageConfig('{', 'infra/stages/x.json')).toThrow(/^infra\/stages\/x\.json must be JSON: /);
  });

  it('takes any JSON for either a stage or an error that lists problems', () => {
    fc.assert(
      fc.property(fc.record(Object.fromEntries(Object.keys(paper).map((key) => [key, fc.jsonValue()]))), (stage) => {
        const problems = problemsOf(stage);
        expect(problems.length === 0).toBe(stageConfigSchema.safeParse(stage).success);
      }),
    );
  });
});

describe('a stage that would lose money or keys is refused', () => {
  const EGRESS = { kind: 'public', acknowledgement: EGRESS_ACKNOWLEDGEMENT };
  it.each<[string, object, string]>([
    ['paper without an address, which would be the real exchange', { ...paper, exchange: {} }, 'exchange.url'],
    ['paper at the real exchange', { ...paper, exchange: { url: 'https://api.binance.com' } }, 'exchange.url'],
    [
      'paper with the real market’s sockets',
      { ...paper, exchange: { ...paper.exchange, wsUrl: 'wss://stream.binance.com:9443' } },
      'exchange.wsUrl',
    ],
    [
      'shadow on an unencrypted connection',
      { ...paper, mode: 'shadow', exchange: { url: 'http://127.0.0.1:1' } },
      'exchange.url',
    ],
    ['live that nobody watches', { ...live, alerts: { emails: [] } }, 'alerts.emails'],
    ['live without limits', { ...live, limits: undefined }, 'limits.quoteBudget'],
    [
      'live with a limit left out',
      { ...live, limits: { ...limits, maxDrawdownFraction: undefined } },
      'limits.maxDrawdownFraction',
    ],
    [
      'live with keys that anybody can use from anywhere',
      { ...live, egress: { kind: 'public' } },
      'egress.acknowledgement',
    ],
    [
      'live with another acknowledgement',
      { ...live, egress: { ...EGRESS, acknowledgement: 'yes' } },
      'egress.acknowledgement',
    ],
    ['live at another server', { ...live, exchange: { url: 'https://binance.example.com' } }, 'exchange.url'],
    [
      'live with another server’s sockets',
      { ...live, exchange: { wsUrl: 'wss://binance.com.example.com' } },
      'exchange.wsUrl',
    ],
    ['live unencrypted', { ...live, exchange: { url: 'http://api.binance.com' } }, 'exchange.url'],
    [
      'an order larger than the position may be',
      { ...paper, limits: { ...limits, maxOrderNotional: '1001' } },
      'limits.maxOrderNotional',
    ],
    [
      'two slots of one account with one asset',
      { ...paper, slots: [slot, { ...slot, symbol: 'BTC/EUR' }] },
      'slots.1.symbol',
    ],
  ])('%s', (_, stage, field) => {
    const problems = problemsOf(JSON.parse(JSON.stringify(stage)));
    expect(problems.filter((problem) => problem.startsWith(`${field} must `))).toHaveLength(1);
  });

  it.each<[string, object]>([
    ['live through a fixed address', live],
    ['live through a public address with the acknowledgement', { ...live, egress: EGRESS }],
    [
      'live at the exchange’s own address',
      { ...live, exchange: { url: 'https://api.binance.com', wsUrl: 'wss://stream.binance.com:9443' } },
    ],
    ['one asset in two accounts', { ...paper, slots: [slot, { ...slot, account: 'other' }] }],
    [
      'a paper exchange beside it, unencrypted',
      { ...paper, exchange: { url: 'http://127.0.0.1:4200', wsUrl: 'ws://127.0.0.1:4200' } },
    ],
  ])('but not %s', (_, stage) => {
    expect(problemsOf(stage)).toEqual([]);
  });
});

describe('the limits of a stage', () => {
  it('are settings that the live configuration takes', () => {
    const settings = initialSettings(parseStageConfig(live, 'here'));
    expect(settings).toEqual({
      'strategy.quoteBudget': '1000',
      'risk.maxOrderNotional': '500',
      'risk.maxPositionNotional': '1000',
      'risk.dailyLossFraction': 0.05,
      'risk.maxDrawdownFraction': 0.2,
    });
    const sections: Record<string, Record<string, unknown>> = {};
    for (const [path, value] of Object.entries(settings)) {
      const [section = '', name = ''] = path.split('.');
      sections[section] = { ...sections[section], [name]: value };
    }
    expect(validateConfig(sections)).toMatchObject({ ok: true, config: { strategy: { quoteBudget: '1000' } } });
  });

  it('are none where the stage writes none', () => {
    expect(initialSettings(parseStageConfig(paper, 'here'))).toEqual({});
  });
});
