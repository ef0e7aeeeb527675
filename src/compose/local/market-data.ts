export { marketData } from '../ccxt/market-data.ts';
