/** Facts that help the reader of an error act on it; never secrets. */
export type ErrorData = Readonly<Record<string, string | number | boolean | null | readonly string[]>>;

/**
 * A fault: something that should not happen and that the caller cannot treat as an outcome.
 *
 * Expected outcomes are discriminated unions, never exceptions. A message says what must be and what was.
 *
 * @example throw new AresError('SLOT_INVALID', `timeframe must be like "1m" or "4h", was "${raw}"`, { raw });
 */
export class AresError extends Error {
  readonly code: string;
  readonly data: ErrorData;

  constructor(code: string, message: string, data: ErrorData = {}, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'AresError';
    this.code = code;
    this.data = data;
  }
}

/** The message of anything thrown, without a stack. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
