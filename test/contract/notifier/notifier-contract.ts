import { describe, expect, test } from 'vitest';
import type { Notice, Notifier } from '../../../src/core/ports/notifier.ts';

/** A notice as somebody got it. */
export interface Delivered {
  readonly severity: string;
  readonly subject: string;
  readonly text: string;
}

export interface NotifierUnderTest {
  readonly notifier: Notifier;
  /** What has arrived so far. */
  delivered(): Promise<readonly Delivered[]>;
}

export const notice = (overrides: Partial<Notice> = {}): Notice => ({
  id: 'event-1',
  severity: 'critical',
  subject: 'critical: trading is HALTED',
  body: 'What happened: ada halted.\nFor the money: nothing is traded.',
  runbook: '#it-does-not-trade',
  ...overrides,
});

/** What every notifier promises. `open` gives one nobody has used. */
export function notifierContract(name: string, open: () => Promise<NotifierUnderTest>): void {
  describe(`${name} keeps the notifier's contract`, () => {
    test.each(['information', 'warning', 'critical'] as const)(
      'delivers %s with its subject, its text and the way to the runbook',
      async (severity) => {
        const { notifier, delivered } = await open();
        await notifier.notify(notice({ severity }));
        expect(await delivered()).toEqual([
          {
            severity,
            subject: expect.stringContaining('critical: trading is HALTED'),
            text: 'What happened: ada halted.\nFor the money: nothing is traded.\n\nRunbook: docs/runbook.md#it-does-not-trade\n',
          },
        ]);
      },
    );

    test('delivers the longest subject there may be', async () => {
      const { notifier, delivered } = await open();
      await notifier.notify(notice({ subject: 'x'.repeat(99) }));
      expect((await delivered())[0]?.subject).toMatch(/x{80}/);
    });

    test.each(['', ' begins with a space', 'two\nlines', 'r\u00e9sum\u00e9', 'x'.repeat(100)])(
      'refuses %j as a subject, which mail cannot carry, and delivers nothing',
      async (subject) => {
        const { notifier, delivered } = await open();
        await expect(notifier.notify(notice({ subject }))).rejects.toMatchObject({
          name: 'AresError',
          code: 'NOTICE_REFUSED',
        });
        expect(await delivered()).toEqual([]);
      },
    );
  });
}
