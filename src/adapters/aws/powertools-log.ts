import { Logger } from '@aws-lambda-powertools/logger';
import type { Log, LogFields } from '../../core/ports/log.ts';
import { redact } from '../../core/security/redact.ts';

type Level = 'debug' | 'info' | 'warn' | 'error';

const THRESHOLDS = { debug: 'DEBUG', info: 'INFO', warn: 'WARN', error: 'ERROR', silent: 'SILENT' } as const;

/**
 * One JSON line an event, with X-Ray's trace id where there is one: errors on standard error, all else on standard output, and CloudWatch takes both.
 *
 * Fields are redacted before the logger sees them; an error arrives there as an object with message, stack, code and cause.
 */
export function createPowertoolsLog(level: keyof typeof THRESHOLDS, service: string): Log {
  const logger = new Logger({ logLevel: THRESHOLDS[level], serviceName: service });
  const write =
    (at: Level) =>
    (message: string, fields: LogFields = {}): void =>
      logger[at](String(redact(message)), redact(fields) as Record<string, string>);
  return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
}
