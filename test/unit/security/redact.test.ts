import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AresError } from '../../../src/core/ares-error.ts';
import { redact } from '../../../src/core/security/redact.ts';

describe('redacting what is logged', () => {
  it('censors secrets by name at every depth, in any spelling, and leaves the rest', () => {
    const value = {
      headers: { 'X-MBX-APIKEY': 'k', Authorization: 'Bearer t', Accept: '*/*' },
      list: [{ api_key: 'k', apiKey: 'k', secret: 's', passphrase: 'p' }],
    };
    expect(redact(value)).toEqual({
      headers: { 'X-MBX-APIKEY': '[redacted]', Authorization: '[redacted]', Accept: '*/*' },
      list: [{ api_key: '[redacted]', apiKey: '[redacted]', secret: '[redacted]', passphrase: '[redacted]' }],
    });
  });

  it('censors secrets inside text, such as the address of a signed request or a quoted body', () => {
    expect(redact('GET /order?symbol=BTCUSDT&signature=abc123&recvWindow=5')).toBe(
      'GET /order?symbol=BTCUSDT&signature=[redacted]&recvWindow=5',
    );
    expect(redact('{"apiKey":"abc","symbol":"X"}')).toBe('{"apiKey":"[redacted]","symbol":"X"}');
    expect(redact('Authorization: Bearer abc')).toBe('Authorization: [redacted]');
  });

  it('writes an error with its code, data, stack and cause, and without the secrets in its message', () => {
    const error = new AresError(
      'EXCHANGE_REFUSED',
      'GET /x?signature=abc was refused',
      { status: 400 },
      new Error('apiKey=zzz'),
    );
    expect(redact({ error })).toMatchObject({
      error: {
        name: 'AresError',
        code: 'EXCHANGE_REFUSED',
        message: 'GET /x?signature=[redacted] was refused',
        data: { status: 400 },
        stack: expect.stringContaining('redact.test.ts'),
        cause: { message: 'apiKey=[redacted]' },
      },
    });
    expect(JSON.stringify(redact(error))).not.toMatch(/abc|zzz/);
  });

  it('ends on what contains itself, and writes big integers', () => {
    const cyclic: Record<string, unknown> = { size: 2n ** 70n };
    cyclic.self = cyclic;
    expect(JSON.stringify(redact(cyclic))).toContain('[deeper]');
    expect(redact({ size: 5n, gone: undefined, none: null })).toEqual({ size: '5', none: null });
  });

  it('lets no value of a secret through wherever it stands', () => {
    const wrapped = fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 5 },
        fc.constant({ secret: 'TOPSECRET' }),
        fc.constant('x&signature=TOPSECRET'),
        fc.array(tie('value'), { maxLength: 2 }),
        fc.dictionary(fc.string(), tie('value'), { maxKeys: 2 }),
      ),
    }));
    fc.assert(fc.property(wrapped.value, (value) => !(JSON.stringify(redact(value)) ?? '').includes('TOPSECRET')));
  });
});
