import type { StageConfig } from '../../../src/compose/stage-config.ts';

/** The stage that the test deploys, as its author would write it. */
export const testStage = (exchangeUrl: string, image: string) => ({
  stage: 'test',
  account: '000000000000',
  region: 'us-east-1',
  mode: 'paper',
  exchange: { id: 'binance', url: exchangeUrl },
  slots: [{ account: 'main', strategy: 'trend', symbol: 'BTC/USDT', timeframe: '1m' }],
  // The test's models lose their fees at every second bar: limits that end such trading would end the test.
  limits: {
    quoteBudget: '1000',
    maxOrderNotional: '1000',
    maxPositionNotional: '1000',
    dailyLossFraction: 1,
    maxDrawdownFraction: 1,
  },
  alerts: { emails: ['on-call@example.com'] },
  egress: { kind: 'public' },
  trader: { size: 'economy', image: { from: 'registry', uri: image } },
  platform: platform(),
});

/** Functions run on this machine, so the layer must hold its runtime. */
export const platform = (): StageConfig['platform'] => (process.arch === 'arm64' ? 'arm64' : 'x64');
