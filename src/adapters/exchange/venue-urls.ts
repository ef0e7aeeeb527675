import { AresError } from '../../core/ares-error.ts';

/**
 * The same addresses on other servers: every REST address on `url`, every WebSocket address on `wsUrl`, paths kept.
 * None is left where it was, so that nothing meant for a local exchange can reach the real one.
 *
 * @param urls addresses as ccxt keeps them: text, or groups of them in any depth
 * @param url origin of the REST API, like `http://127.0.0.1:4200`
 * @param wsUrl origin of the WebSocket API; without one, `url` with ws for http
 * @throws AresError `EXCHANGE_URL_INVALID` when an address to move is not one
 */
export function moveUrls(
  urls: object,
  url: string,
  wsUrl: string = url.replace(/^http/, 'ws'),
): Record<string, unknown> {
  const moved: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(urls) as [string, unknown][]) {
    if (typeof value === 'object' && value !== null) {
      moved[name] = moveUrls(value, url, wsUrl);
      continue;
    }
    // ccxt keeps placeholders like {hostname} in some addresses: they parse as part of the host.
    const parts = /^(https?|wss?):\/\/[^/]+(\/.*)?$/.exec(String(value));
    if (!parts)
      throw new AresError('EXCHANGE_URL_INVALID', `an exchange address must be a URL, was "${value}"`, { name });
    const origin = parts[1]?.startsWith('ws') ? wsUrl : url;
    moved[name] = origin.replace(/\/+$/, '') + (parts[2] ?? '');
  }
  return moved;
}
