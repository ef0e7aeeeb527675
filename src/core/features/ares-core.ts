import { defineFeatureSet } from './feature-set.ts';
import { aroon } from './operators/aroon.ts';
import { bollinger } from './operators/bollinger.ts';
import { candleShape } from './operators/candle-shape.ts';
import { commodityChannel } from './operators/commodity-channel.ts';
import { convergence } from './operators/convergence.ts';
import { directionalMovement } from './operators/directional-movement.ts';
import { laggedReturns } from './operators/lagged-returns.ts';
import { longReturn } from './operators/long-return.ts';
import { moneyFlow } from './operators/money-flow.ts';
import { rangePosition } from './operators/range-position.ts';
import { relativeStrength } from './operators/relative-strength.ts';
import { skewness60, volatility20, volatility60 } from './operators/return-moments.ts';
import { slowAverage } from './operators/slow-average.ts';
import { stochastic } from './operators/stochastic.ts';
import { timeOfDay } from './operators/time-of-day.ts';
import { trueRange } from './operators/true-range.ts';
import { volumeFlow } from './operators/volume-flow.ts';
import { volumeScore } from './operators/volume-score.ts';
import { volumeWeightedPrice } from './operators/volume-weighted-price.ts';

/** The features Ares computes from candles. The first 24 are those of the reference model in the benchmarks. */
export const aresCore = defineFeatureSet('ares-core', 1, [
  relativeStrength,
  convergence,
  trueRange,
  bollinger,
  volatility60,
  volumeScore,
  laggedReturns([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 15, 30, 60]),
  stochastic,
  commodityChannel,
  directionalMovement,
  moneyFlow,
  aroon,
  slowAverage,
  longReturn,
  volatility20,
  skewness60,
  volumeFlow,
  volumeWeightedPrice,
  candleShape,
  rangePosition,
  timeOfDay,
]);
