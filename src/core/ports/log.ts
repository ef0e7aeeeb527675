export type LogFields = Readonly<Record<string, unknown>>;

/** Structured logging: one event a line, fields beside the message. Secrets are redacted by the adapter, and must not be passed at all. */
export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}
