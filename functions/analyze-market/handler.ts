import { ledger } from '#port/ledger';
import { marketData } from '#port/market-data';
import { modelStore } from '#port/model-store';
import { predictorLoader } from '#port/predictor-loader';
import { eventHandler } from '../../src/compose/event-handler.ts';
import { analyzeMarket } from '../../src/core/performance/analyze-market.ts';

const ports = { ledger, modelStore, marketData, predictorLoader };

export const handler = eventHandler('analyze-market', analyzeMarket, ports);
