import { AresError, messageOf } from '../../../src/core/ares-error.ts';

/** `warning`: works, or will with care; `broken`: Ares, or a part of it, does not work until it is mended. */
export type Severity = 'ok' | 'warning' | 'broken';

/** What a check of the machine found, and what to do about it. */
export interface Finding {
  readonly check: string;
  readonly severity: Severity;
  readonly message: string;
  /** Empty when there is nothing to do. */
  readonly remedy: string;
}

export const ok = (check: string, message: string): Finding => ({ check, severity: 'ok', message, remedy: '' });
export const warning = (check: string, message: string, remedy: string): Finding => ({
  check,
  severity: 'warning',
  message,
  remedy,
});
export const broken = (check: string, message: string, remedy: string): Finding => ({
  check,
  severity: 'broken',
  message,
  remedy,
});

/** Looks, and makes what it throws a finding as well: a doctor that faints helps nobody. */
export async function examine(check: string, remedy: string, look: () => Promise<Finding> | Finding): Promise<Finding> {
  try {
    return await look();
  } catch (error) {
    const code = error instanceof AresError ? `${error.code}: ` : '';
    return broken(check, `${code}${messageOf(error).replaceAll(/\s*\n\s*/g, ' ')}`, remedy);
  }
}
