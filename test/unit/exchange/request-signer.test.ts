import { createHmac, generateKeyPairSync, verify } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hmacSha256 } from '../../../src/adapters/exchange/hmac-sha256.ts';
import { createRequestSigner, requestShape } from '../../../src/adapters/exchange/request-signer.ts';
import { epochMillis } from '../../../src/core/ports/clock.ts';

const wallClock = { now: () => epochMillis(1_645_423_376_532) };
/** The example of Binance's documentation of the WebSocket API, key, secret and signature. */
const documented = {
  apiKey: 'vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A',
  secret: 'NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j',
};

describe('hmacSha256', () => {
  it('signs as the standard says, whatever the key and the text', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 200 }),
        fc.string({ unit: 'grapheme', maxLength: 6_000, size: 'max' }),
        (secret, text) => {
          expect(hmacSha256(secret)(text)).toBe(createHmac('sha256', secret).update(text).digest('hex'));
        },
      ),
      { numRuns: 200 },
    );
  });

  it('signs one text after the other, a short one after a long one', () => {
    const sign = hmacSha256('secret');
    for (const text of ['a'.repeat(5_000), 'b', '', 'c'.repeat(4_096), 'd'.repeat(4_097), 'é'.repeat(2_048)]) {
      expect(sign(text)).toBe(createHmac('sha256', 'secret').update(text).digest('hex'));
    }
  });
});

describe('a signed request', () => {
  it("has the signature of the exchange's own example", () => {
    const shape = requestShape('price', 'quantity', 'side', 'symbol', 'timeInForce', 'type');
    const signer = createRequestSigner(documented, 100, wallClock);
    const values = {
      price: '52000.00',
      quantity: '0.01000000',
      side: 'SELL',
      symbol: 'BTCUSDT',
      timeInForce: 'GTC',
      type: 'LIMIT',
    };
    expect(JSON.parse(signer.frame(3, 'order.place', shape, values))).toEqual({
      id: 3,
      method: 'order.place',
      params: {
        ...values,
        apiKey: documented.apiKey,
        recvWindow: 100,
        timestamp: 1_645_423_376_532,
        signature: 'aa1b5712c094bc4e57c05a1a5c1fd8d88dcd628338ea863fec7b88e59fe2db24',
      },
    });
  });

  it.each([
    ['an id with a quote', 'a"b', 'a"b'],
    ['an id of other letters', '１２３', '１２３'],
    ['an id with a backslash', 'a\\b', 'a\\b'],
  ])('is JSON whatever a value holds, like %s', (_, id, text) => {
    const signer = createRequestSigner({ apiKey: 'key', secret: 'secret' }, 5_000, wallClock);
    const { params } = JSON.parse(
      signer.frame(1, 'order.cancel', requestShape('origClientOrderId'), { origClientOrderId: id }),
    );
    const payload = `apiKey=key&origClientOrderId=${text}&recvWindow=5000&timestamp=1645423376532`;
    expect(params).toEqual({
      apiKey: 'key',
      origClientOrderId: id,
      recvWindow: 5_000,
      timestamp: 1_645_423_376_532,
      signature: createHmac('sha256', 'secret').update(payload).digest('hex'),
    });
  });

  it('of REST signs the text it sends, the key left to the header', () => {
    const signer = createRequestSigner({ apiKey: 'key', secret: 'secret' }, 5_000, wallClock);
    const query = signer.query(requestShape('symbol', 'origClientOrderId'), {
      symbol: 'BTCUSDT',
      origClientOrderId: 'a:c',
    });
    const [payload, signature] = query.split('&signature=') as [string, string];
    expect(payload).toBe('origClientOrderId=a%3Ac&recvWindow=5000&symbol=BTCUSDT&timestamp=1645423376532');
    expect(signature).toBe(createHmac('sha256', 'secret').update(payload).digest('hex'));
  });

  it.each([
    ['ed25519', null],
    ['rsa', 'sha256'],
  ] as const)('is signed by an %s key where that is the secret', (kind, algorithm) => {
    const { privateKey, publicKey } =
      kind === 'rsa' ? generateKeyPairSync('rsa', { modulusLength: 2_048 }) : generateKeyPairSync('ed25519');
    const secret = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const signer = createRequestSigner({ apiKey: 'key', secret }, 5_000, wallClock);
    const query = signer.query(requestShape('symbol'), { symbol: 'BTCUSDT' });
    const [payload, signature] = query.split('&signature=') as [string, string];
    const bytes = Buffer.from(decodeURIComponent(signature), 'base64');
    expect(verify(algorithm, Buffer.from(payload), publicKey, bytes)).toBe(true);
  });
});
