import { expect, test } from 'vitest';
import { readEnv } from '../../../src/compose/env.ts';

test.each([
  ['ARES_LEASE_TTL_MS', 'soon', 'must be a whole number from 200'],
  ['ARES_LEASE_TTL_MS', '199', 'must be a whole number from 200'],
  ['ARES_RECV_WINDOW_MS', '60001', 'must be a whole number from 100 to 60000'],
  ['ARES_HEARTBEAT_MS', '100.5', 'must be a whole number from 100 to 60000'],
  ['ARES_HEALTH_PORT', '0', 'must be a whole number from 1 to 65535'],
  ['ARES_LOCKSTEP', 'yes', 'must be "0" or "1"'],
  ['ARES_MODE', 'demo', 'must be "paper" or "shadow" or "live"'],
  ['ARES_EXCHANGE_URL', 'ftp://x', 'must be a URL with http: or https:'],
  ['ARES_STATE_TABLE', 't', 'must be the name of a table'],
  ['ARES_MODEL_BUCKET', 'b', 'must be the name of a bucket'],
  ['ARES_STAGE', '', 'must not be empty'],
])('the environment says what %s must be and that it was "%s"', (name, was, must) => {
  expect(() => readEnv({ [name]: was })).toThrow(
    expect.objectContaining({ code: 'ENV_INVALID', message: `${name} ${must}, was "${was}"` }),
  );
});

test('the environment names every variable that is wrong at once', () => {
  expect(() => readEnv({ ARES_SEED: '-1', ARES_LOG_LEVEL: 'loud' })).toThrow(
    'ARES_SEED must be a whole number from 0, was "-1"; ARES_LOG_LEVEL must be "debug" or "info"',
  );
});
