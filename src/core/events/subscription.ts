import type { EventPattern } from './pattern.ts';

/** Who gets which events, and how often delivery is tried. */
export type Subscription =
  | {
      readonly kind: 'function';
      readonly target: string;
      /** Absent where only schedules start the function. */
      readonly pattern?: EventPattern;
      readonly maxAttempts: number;
      readonly timeoutMs: number;
      /** A fixed wait before each retry, instead of the growing one. */
      readonly retryAfterMs?: number;
    }
  | { readonly kind: 'queue'; readonly target: string; readonly pattern: EventPattern };
