import { type DestinationStream, pino } from 'pino';
import type { Log, LogFields } from '../../core/ports/log.ts';
import { redact } from '../../core/security/redact.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

/**
 * One JSON line an event, on standard error, so that standard output stays a program's own.
 *
 * Written synchronously: the last line before a crash is the one that is needed.
 */
export function pinoLog(
  level: LogLevel,
  destination: DestinationStream = pino.destination({ dest: 2, sync: true }),
): Log {
  const logger = pino(
    {
      level,
      base: { pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    destination,
  );
  const write =
    (at: Exclude<LogLevel, 'silent'>) =>
    (message: string, fields: LogFields = {}): void => {
      if (logger.isLevelEnabled(at)) logger[at](redact(fields), String(redact(message)));
    };
  return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
}
