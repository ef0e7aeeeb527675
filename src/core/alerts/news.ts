import type { Notice } from '../ports/notifier.ts';
import type { RunbookSection } from './runbook-sections.ts';

/** What an event means to a person. */
export interface News {
  readonly severity: Notice['severity'];
  /** What happened, in a few words. */
  readonly headline: string;
  /** What exactly. */
  readonly what: string;
  /** What it means for the money. */
  readonly money: string;
  readonly todo: string;
  readonly runbook: RunbookSection;
}
