import { noticeText } from '../../core/alerts/notice-text.ts';
import type { Log } from '../../core/ports/log.ts';
import type { Notice, Notifier } from '../../core/ports/notifier.ts';

const LEVELS = {
  information: 'info',
  warning: 'warn',
  critical: 'error',
} as const satisfies Record<Notice['severity'], keyof Log>;

/** Puts notices into the log, where one machine's user looks. */
export function createLogNotifier(log: Log): Notifier {
  return {
    async notify(notice) {
      const { id, severity, subject, runbook } = notice;
      log[LEVELS[severity]](subject, { notice: id, severity, runbook, text: noticeText(notice) });
    },
  };
}
