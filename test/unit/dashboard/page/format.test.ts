import { describe, expect, it } from 'vitest';
import {
  ago,
  amount,
  bytes,
  checkName,
  checkValue,
  count,
  duration,
  gain,
  gainPercent,
  minute,
  money,
  percent,
  ratio,
  second,
} from '../../../../apps/dashboard/page/format.ts';

describe('figures on the page', () => {
  it('show money to the cent, and less than a cent by its first digits', () => {
    expect(['10123.456', '-1475.924', '0', '0.4122', '-0.00085249', '-0'].map(money)).toEqual([
      '10,123.46',
      '−1,475.92',
      '0.00',
      '0.41',
      '−0.0008525',
      '0.00',
    ]);
  });

  it('do not lose digits of decimal text to binary floating point', () => {
    expect(money('90071992547409931.25')).toBe('90,071,992,547,409,931.25');
  });

  it('show the sign of a gain, and none where nothing was gained', () => {
    expect(['12.3', '-12.3', '0'].map(gain)).toEqual(['+12.30', '−12.30', '0.00']);
    expect([0.0123, -0.0123, 0, 0.000001, -0.000001].map(gainPercent)).toEqual([
      '+1.23 %',
      '−1.23 %',
      '0.00 %',
      '0.00 %',
      '0.00 %',
    ]);
  });

  it('show base currency to the millionth, counts whole and ratios with two digits', () => {
    expect(amount('0.19398338')).toBe('0.193983');
    expect(count(12345)).toBe('12,345');
    expect(ratio(-1.234)).toBe('−1.23');
    expect(percent(0.5, 0)).toBe('50 %');
  });

  it('show times in UTC', () => {
    const at = Date.UTC(2022, 0, 14, 3, 21, 5);
    expect(minute(at)).toBe('2022-01-14 03:21');
    expect(second(at)).toBe('2022-01-14 03:21:05');
  });

  it('show how long something takes in the unit that fits', () => {
    expect([-5, 999, 1_500, 119_000, 600_000, 7_200_000].map(duration)).toEqual([
      '0 ms',
      '999 ms',
      '2 s',
      '119 s',
      '10 min',
      '2 h',
    ]);
    expect([0, 1_999, 30_000].map(ago)).toEqual(['just now', 'just now', '30 s ago']);
    expect([500e6, 84e9].map(bytes)).toEqual(['500 MB', '84.0 GB']);
  });

  it('give every check its name and unit', () => {
    expect(checkName('drawdown:paper:trend:BTC/USDT:1m', 'paper:trend:BTC/USDT:1m')).toBe('Drawdown');
    expect(checkName('something-new', 'paper:trend:BTC/USDT:1m')).toBe('something-new');
    expect(checkValue('cpu', 33.6)).toBe('34 %');
    expect(checkValue('disk', 84e9)).toBe('84.0 GB free');
    expect(checkValue('exchange', 3.2)).toBe('3 ms');
    expect(checkValue('error-rate:paper:trend:BTC/USDT:1m', 0.05)).toBe('5.00 %');
    expect(checkValue('trader:paper:trend:BTC/USDT:1m', 800)).toBe('800 ms');
    expect(checkValue('day-loss:paper:trend:BTC/USDT:1m', -0.004)).toBe('−0.40 %');
    expect(checkValue('something-new', 7)).toBe('7');
    expect(checkValue('cpu', null)).toBe('');
  });

  it('say which slot a check is about where it is another one than that of the page', () => {
    const page = 'paper:trend:BTC/USDT:1m';
    expect(checkName('trader:paper:trend:BTC/USDT:1m', page)).toBe('Trader heartbeat');
    expect(checkName('trader:paper:trend:ETH/USDT:1m', page)).toBe('Trader heartbeat of paper:trend:ETH/USDT:1m');
    expect(checkName('exchange', page)).toBe('Exchange round trip');
  });
});
