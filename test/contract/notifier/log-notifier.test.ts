import { expect, test } from 'vitest';
import { createLogNotifier } from '../../../src/adapters/local/log-notifier.ts';
import { recordingLog } from '../../support/recording-log.ts';
import { notice, notifierContract } from './notifier-contract.ts';

notifierContract('The log', async () => {
  const log = recordingLog();
  return {
    notifier: createLogNotifier(log),
    delivered: async () =>
      log.lines.map(({ message, fields }) => ({
        severity: String(fields.severity),
        subject: message,
        text: String(fields.text),
      })),
  };
});

test('what is critical is logged as an error, a warning as a warning', async () => {
  const log = recordingLog();
  const notifier = createLogNotifier(log);
  for (const severity of ['information', 'warning', 'critical'] as const) await notifier.notify(notice({ severity }));
  expect(log.lines.map(({ level }) => level)).toEqual(['info', 'warn', 'error']);
});
