import { describe, expect, test } from 'vitest';
import { AresError } from '../../../src/core/ares-error.ts';
import type { Log } from '../../../src/core/ports/log.ts';

export type Line = Readonly<Record<string, unknown>>;

export interface LogUnderTest {
  readonly log: Log;
  /** Everything printed so far, each line parsed. */
  lines(): readonly Line[];
  /** The name under which a line holds its message. */
  readonly messageField: string;
}

export type Level = 'debug' | 'info' | 'warn' | 'error' | 'silent';
const LEVELS = ['debug', 'info', 'warn', 'error'] as const;

/** Must not be printed, wherever it is put. */
const CANARY = 'CANARY-5f1d';

/** What every log promises. `open` gives one that has printed nothing. */
export function logContract(name: string, open: (level: Level) => LogUnderTest): void {
  describe(`${name} keeps the log's contract`, () => {
    test('prints one JSON line an event with level, message and fields', () => {
      const { log, lines, messageField } = open('debug');
      for (const level of LEVELS)
        log[level](`at ${level}`, { symbol: 'BTC/USDT', nested: { n: 1, list: [true, null] } });
      expect(lines()).toHaveLength(4);
      for (const [at, level] of LEVELS.entries()) {
        const line = lines()[at];
        expect(String(line?.level).toLowerCase()).toBe(level);
        expect(line?.[messageField]).toBe(`at ${level}`);
        expect(line).toMatchObject({ symbol: 'BTC/USDT', nested: { n: 1, list: [true, null] } });
      }
    });

    test('prints only what its level lets through', () => {
      const printed = (level: Level) => {
        const { log, lines, messageField } = open(level);
        for (const at of LEVELS) log[at](at);
        return lines().map((line) => line[messageField]);
      };
      expect(printed('info')).toEqual(['info', 'warn', 'error']);
      expect(printed('warn')).toEqual(['warn', 'error']);
      expect(printed('error')).toEqual(['error']);
      expect(printed('silent')).toEqual([]);
    });

    test('prints an error with its message, stack, code, data and cause', () => {
      const { log, lines } = open('info');
      const cause = new Error('socket closed');
      log.error('failed', { error: new AresError('EXCHANGE_UNAVAILABLE', 'must answer', { status: 503 }, cause) });
      expect(lines()[0]?.error).toMatchObject({
        name: 'AresError',
        code: 'EXCHANGE_UNAVAILABLE',
        message: 'must answer',
        stack: expect.stringContaining('log-contract.ts'),
        data: { status: 503 },
        cause: { message: 'socket closed' },
      });
    });

    test('lets no secret out, by name, inside a text, in an error or deep in a field', () => {
      const { log, lines } = open('debug');
      for (const level of LEVELS) {
        log[level](`POST /order?signature=${CANARY} failed`, {
          apiKey: CANARY,
          request: { headers: { 'X-MBX-APIKEY': CANARY, Authorization: `Bearer ${CANARY}` } },
          keys: [{ secret: CANARY, passphrase: CANARY }],
          error: new AresError('KEYS', `secret=${CANARY}`, { password: CANARY }, new Error(`{"apiKey": "${CANARY}"}`)),
        });
      }
      expect(lines()).toHaveLength(4);
      expect(JSON.stringify(lines())).not.toContain(CANARY);
    });

    test('survives what JSON does not know', () => {
      const { log, lines } = open('info');
      const cyclic: Record<string, unknown> = { big: 10n, nothing: undefined };
      cyclic.self = cyclic;
      log.info('odd', { cyclic });
      expect(lines()[0]).toMatchObject({ cyclic: { big: '10' } });
    });
  });
}
