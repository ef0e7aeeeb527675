import { parseStageConfig } from '../../../src/compose/stage-config.ts';

const limits = {
  quoteBudget: '1000',
  maxOrderNotional: '500',
  maxPositionNotional: '1000',
  dailyLossFraction: 0.04,
  maxDrawdownFraction: 0.2,
};

/** The cheapest deployment: a test network, out through a public address, arm64. */
export const paperStage = parseStageConfig(
  {
    stage: 'paper',
    region: 'eu-central-1',
    mode: 'paper',
    exchange: { url: 'https://testnet.binance.vision' },
    slots: [{ account: 'main', strategy: 'trend', symbol: 'BTC/USDT', timeframe: '1m' }],
    limits,
  },
  'paper',
);

/** Real money: two slots, a fixed address through a NAT instance, everybody told. */
export const liveStage = parseStageConfig(
  {
    stage: 'live',
    account: '123456789012',
    region: 'eu-central-1',
    mode: 'live',
    slots: [
      { account: 'main', strategy: 'trend', symbol: 'BTC/USDT', timeframe: '1m' },
      { account: 'main', strategy: 'trend', symbol: 'ETH/USDT', timeframe: '1m' },
    ],
    limits,
    alerts: { emails: ['desk@example.com'] },
    egress: { kind: 'static', nat: 'instance' },
    trader: { size: 'low-latency' },
    logRetentionDays: 90,
    modelRetentionDays: 30,
  },
  'live',
);
