const LAGS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 15, 30, 60];

const WILDER =
  "Wilder's average over 14: the mean of the first 14 values, then 1/14 of each new one's difference added";
const EMA = 'begins as the first value; then value * w + before * (1 - w) with w = 2 / (n + 1)';
const TYPICAL = '(high + low + close) / 3';

const definitions: Readonly<Record<string, string>> = {
  rsi14: `Wilder's RSI of the close, 0 to 1: 1 - 1 / (gains / losses + 1), 1 without losses; both are ${WILDER}, from the second bar on.`,
  ema12_rel: `Exponential average of 12 closes over the close, less 1. It ${EMA}.`,
  ema26_rel: 'The same of 26 closes.',
  macd_rel: 'EMA of 12 less EMA of 26, over the close.',
  macdsig_rel:
    'Exponential average of 9 of that difference, which begins with the 26th bar as the difference itself, over the close.',
  macdhist_rel: 'The difference less its average, over the close.',
  atr14_rel: `${WILDER} of the true range, over the close. The first bar's true range is high - low.`,
  bb_pctb:
    'Bollinger bands of 20 closes, mean plus and less 2 population standard deviations: (close - lower) / (upper - lower), 0.5 where they coincide.',
  bb_width: '(upper - lower) / mean of the same bands.',
  vol60: 'Population standard deviation of the last 60 one-bar returns, close / close before - 1.',
  volz60: 'Volume less its mean of 60 bars, over their population standard deviation; 0 where that is 0.',
  stoch_k:
    'Slow stochastic, 0 to 1: mean of 3 of (close - lowest low of 14) / (highest high of 14 - lowest low of 14).',
  stoch_d: 'Mean of 3 of stoch_k.',
  cci20: `Commodity channel index of 20 typical prices, ${TYPICAL}, over 100: (price - mean) / (0.015 * mean absolute deviation) / 100; 0 where they do not vary.`,
  adx14: `${WILDER} of |plus - minus| / (plus + minus), 0 where both are 0. plus and minus are ${WILDER} of the directional movements, from the second bar on; the average begins where they do.`,
  di14: 'plus less minus of the same, over the average true range of 14 (0 where that is 0).',
  mfi14: `Money flow index, 0 to 1: of the last 14 bars, ${TYPICAL} * volume where the typical price rose, over that where it rose or fell; 0.5 where neither.`,
  aroonosc25:
    'Bars since the lowest low less bars since the highest high of the last 26 bars, over 25; the newest of equal ones counts.',
  ema50_rel: 'Exponential average of 50 closes over the close, less 1.',
  roc120: 'Close over the close 120 bars before, less 1.',
  vol20: 'Population standard deviation of the last 20 one-bar returns.',
  skew60: 'Population skewness (third standardised moment) of the last 60 one-bar returns; 0 where they do not vary.',
  obv20:
    'Sum of the last 20 volumes, each with the sign of the change of its close, over their sum without signs; 0 where nothing was traded.',
  volratio20: 'Volume over its mean of 20 bars, less 1; 0 where nothing was traded.',
  vwap60_rel: `Volume-weighted mean of the last 60 typical prices, ${TYPICAL}, over the close, less 1; 0 where nothing was traded.`,
  range_rel: '(high - low) / close.',
  body: '(close - open) / (high - low); 0 where high is low, and so are the next two.',
  upper_wick: '(high - larger of open and close) / (high - low).',
  lower_wick: '(smaller of open and close - low) / (high - low).',
  rangepos60: '(close - lowest low of 60) / (highest high of 60 - lowest low of 60), 0.5 where they are equal.',
  range60_rel: '(highest high of 60 - lowest low of 60) / close.',
  hour_sin: 'sin of 2π * (open time in UTC as a fraction of its day).',
  hour_cos: 'cos of the same.',
  ...Object.fromEntries(
    LAGS.map((bars) => [`ret${bars}`, `Close over the close ${bars} bar${bars === 1 ? '' : 's'} before, less 1.`]),
  ),
};

/**
 * How each feature is computed, for somebody who writes it again in another language.
 *
 * @throws Error for a feature that has no definition yet
 */
export function featureDefinitions(features: readonly string[]): Readonly<Record<string, string>> {
  const missing = features.filter((name) => definitions[name] === undefined);
  if (missing.length > 0) throw new Error(`every feature must have a definition here, had none: ${missing.join(', ')}`);
  return Object.fromEntries(features.map((name) => [name, definitions[name] as string]));
}
