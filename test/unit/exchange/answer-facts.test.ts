import { describe, expect, it } from 'vitest';
import { answerFacts } from '../../../src/adapters/exchange/answer-facts.ts';
import { isBanned, isRateLimited, isUncertain } from '../../../src/adapters/exchange/exchange-answer.ts';

describe('answerFacts', () => {
  it('keeps status, code and message', () => {
    expect(
      answerFacts(400, { code: -2010, msg: 'Account has insufficient balance for requested action.' }, {}),
    ).toEqual({
      status: 400,
      venueCode: '-2010',
      text: 'Account has insufficient balance for requested action.',
    });
  });

  it("reads how long to wait from the header, in seconds, or from the socket answer, on the exchange's clock", () => {
    expect(answerFacts(429, {}, { 'Retry-After': '3' }).retryAfterMs).toBe(3_000);
    expect(answerFacts(418, { code: -1003, data: { serverTime: 5_000, retryAfter: 65_000 } }, {}).retryAfterMs).toBe(
      60_000,
    );
    expect(answerFacts(418, { code: -1003, data: { serverTime: 5_000, retryAfter: 4_000 } }, {}).retryAfterMs).toBe(0);
    expect(answerFacts(429, {}, { 'Retry-After': 'soon' }).retryAfterMs).toBeUndefined();
  });

  it('keeps the beginning of a body that is no JSON', () => {
    const facts = answerFacts(502, '<html>Bad Gateway</html>'.padEnd(1_000, '.'), {});
    expect(facts).toMatchObject({ status: 502 });
    expect(facts.text).toContain('Bad Gateway');
    expect(facts.text).toHaveLength(300);
    expect(answerFacts(500, undefined, {}).text).toBe('');
  });
});

describe('what an answer means', () => {
  const facts = (status: number, venueCode?: string) => ({
    status,
    text: '',
    ...(venueCode === undefined ? {} : { venueCode }),
  });

  it('is uncertain for 5xx and the codes that say so, and certain for a refusal', () => {
    expect([facts(503), facts(400, '-1006'), facts(400, '-1007'), facts(400, '-1000')].map(isUncertain)).toEqual([
      true,
      true,
      true,
      true,
    ]);
    expect([facts(400, '-2010'), facts(400, '-1013'), facts(400, '-1021'), facts(401)].map(isUncertain)).toEqual([
      false,
      false,
      false,
      false,
    ]);
  });

  it('is a rate limit for 429, 418 and the codes of too many requests or orders; a ban only for 418', () => {
    expect([facts(429), facts(418), facts(400, '-1003'), facts(400, '-1015')].map(isRateLimited)).toEqual([
      true,
      true,
      true,
      true,
    ]);
    expect([facts(418), facts(429)].map(isBanned)).toEqual([true, false]);
  });
});
