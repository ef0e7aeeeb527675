import { AresError } from '../ares-error.ts';
import type { Notice } from '../ports/notifier.ts';

/** What SNS takes as a subject: ASCII on one line, fewer than 100 characters, beginning with a letter, digit or punctuation mark. */
const SUBJECT = /^[\x21-\x7e][\x20-\x7e]{0,98}$/;

/** The text people read: body and where to go from there. @throws AresError `NOTICE_REFUSED` when the subject is none */
export function noticeText({ subject, body, runbook }: Notice): string {
  if (!SUBJECT.test(subject)) {
    throw new AresError(
      'NOTICE_REFUSED',
      `the subject of a notice must be one line of 1 to 99 ASCII characters, was "${subject}"`,
    );
  }
  return `${body}\n\nRunbook: docs/runbook.md${runbook}\n`;
}
