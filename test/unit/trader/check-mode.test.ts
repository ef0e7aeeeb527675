import { expect, test } from 'vitest';
import { checkMode } from '../../../apps/trader/check-mode.ts';
import { readEnv } from '../../../src/compose/env.ts';

const url = 'https://testnet.example';

test('a trader that was told to trade on paper refuses to start without the address of a paper exchange', () => {
  expect(() => checkMode(readEnv({ ARES_MODE: 'paper' }))).toThrow(
    /^ARES_EXCHANGE_URL must name a paper exchange or a testnet when ARES_MODE is "paper", was not set/,
  );
  expect(() => checkMode(readEnv({ ARES_MODE: 'paper', ARES_EXCHANGE_URL: url }))).not.toThrow();
});

test('a trader that is told only to watch, or to trade for real, refuses to be stepped: its market waits for nobody', () => {
  for (const mode of ['shadow', 'live']) {
    expect(() => checkMode(readEnv({ ARES_MODE: mode, ARES_EXCHANGE_URL: url }))).not.toThrow();
    expect(() => checkMode(readEnv({ ARES_MODE: mode, ARES_LOCKSTEP: '1' }))).toThrow(
      `ARES_LOCKSTEP must be 0 when ARES_MODE is "${mode}", was 1`,
    );
  }
});

test('a trader that is told nothing, or to trade for real, starts', () => {
  expect(() => checkMode(readEnv({}))).not.toThrow();
  expect(() => checkMode(readEnv({ ARES_MODE: 'live' }))).not.toThrow();
});

test('initial settings must be a JSON object of numbers and text, and the refusal says what was', () => {
  expect(
    readEnv({ ARES_INITIAL_SETTINGS: '{"risk.dailyLossFraction":0.02,"risk.maxOrderNotional":"5"}' }),
  ).toMatchObject({ ARES_INITIAL_SETTINGS: { 'risk.dailyLossFraction': 0.02, 'risk.maxOrderNotional': '5' } });
  for (const text of ['{"risk.x":', '[]', '{"risk.x":null}', '5']) {
    expect(() => readEnv({ ARES_INITIAL_SETTINGS: text })).toThrow(
      `ARES_INITIAL_SETTINGS must be a JSON object of settings, each a number or text, was "${text}"`,
    );
  }
});
