export { publicCandles } from '../ccxt/public-candles.ts';
