/** Something a person should know. */
export interface Notice {
  /** The same for every delivery of the same news. */
  readonly id: string;
  readonly severity: 'information' | 'warning' | 'critical';
  /** One line, fewer than 100 characters, plain ASCII, not beginning with a space. */
  readonly subject: string;
  /** What happened, what it means for the money, what to do. */
  readonly body: string;
  /** Section of the runbook, like `#dead-events`. */
  readonly runbook: string;
}

/** Tells people. Secrets must not be in a notice. */
export interface Notifier {
  /** @throws AresError `NOTICE_REFUSED` when nobody took it, saying why */
  notify(notice: Notice): Promise<void>;
}
