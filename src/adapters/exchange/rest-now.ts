import type { BinanceClient } from './binance-client.ts';

/**
 * Signs and sends a request at once, past ccxt's throttle: an order or a cancel that waited there could leave long after its caller had given up on it.
 *
 * @throws ExchangeAnswer, ccxt.NetworkError
 */
export async function askNow(
  client: BinanceClient,
  method: 'POST' | 'DELETE',
  path: string,
  params: object,
): Promise<unknown> {
  const { url, headers, body } = client.sign(path, 'private', method, params);
  return client.fetch(url, method, headers, body);
}
