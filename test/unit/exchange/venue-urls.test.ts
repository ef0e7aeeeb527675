import ccxt from 'ccxt';
import { describe, expect, it } from 'vitest';
import { moveUrls } from '../../../src/adapters/exchange/venue-urls.ts';

const leaves = (group: object): string[] =>
  Object.values(group).flatMap((value) =>
    typeof value === 'object' && value !== null ? leaves(value) : [String(value)],
  );

describe('moveUrls', () => {
  const api: object = new ccxt.pro.binance().urls.api;

  it('leaves none of the addresses ccxt knows of Binance where it was', () => {
    const before = leaves(api);
    const after = leaves(moveUrls(api, 'http://127.0.0.1:4200', 'ws://127.0.0.1:4201'));
    expect(after).toHaveLength(before.length);
    expect(before.length).toBeGreaterThan(30);
    for (const address of after) expect(address).toMatch(/^(http:\/\/127\.0\.0\.1:4200|ws:\/\/127\.0\.0\.1:4201)\//);
  });

  it('keeps every path', () => {
    expect(
      moveUrls(
        { public: 'https://api.example.com/api/v3', ws: { spot: 'wss://s.example.com:9443/ws' } },
        'http://h:1/',
      ),
    ).toEqual({
      public: 'http://h:1/api/v3',
      ws: { spot: 'ws://h:1/ws' },
    });
  });

  it('takes wss for https when no WebSocket address is given', () => {
    expect(moveUrls({ ws: 'ws://a.example.com/x' }, 'https://h')).toEqual({ ws: 'wss://h/x' });
  });

  it('moves an address with a placeholder for its host', () => {
    expect(moveUrls({ a: 'https://api.{hostname}/v1', b: 'https://{hostname}' }, 'http://h:1')).toEqual({
      a: 'http://h:1/v1',
      b: 'http://h:1',
    });
  });

  it.each([['ftp://x'], [undefined], [42]])('refuses %s, which is no address, rather than leaving it', (value) => {
    expect(() => moveUrls({ odd: value }, 'http://h:1')).toThrow(`an exchange address must be a URL, was "${value}"`);
  });
});
