export { exchange } from '../ccxt/exchange.ts';
