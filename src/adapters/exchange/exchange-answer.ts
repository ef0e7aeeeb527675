import { AresError } from '../../core/ares-error.ts';

/** What an exchange wrote when it did not do what it was asked. */
export interface AnswerFacts {
  /** HTTP status, or the status field of a WebSocket answer. */
  readonly status: number;
  /** The exchange's own code, like `-2010`; absent when the body held none. */
  readonly venueCode?: string;
  readonly text: string;
  /** What the answer said of each part of a request that had two. */
  readonly parts?: Readonly<Record<string, unknown>>;
  /** How long the exchange asks to be left alone, in milliseconds. */
  readonly retryAfterMs?: number;
}

/** The exchange answered, and the answer is an error. Nothing is decided here about what that means. */
export class ExchangeAnswer extends AresError {
  readonly facts: AnswerFacts;

  constructor(facts: AnswerFacts) {
    super(
      'EXCHANGE_ANSWER',
      `exchange answered ${facts.status}${facts.venueCode ? ` (${facts.venueCode})` : ''}: ${facts.text}`,
      {
        status: facts.status,
        venueCode: facts.venueCode ?? null,
      },
    );
    this.name = 'ExchangeAnswer';
    this.facts = facts;
  }
}

/** Codes by which Binance says that it does not know whether a request was carried out. */
export const UNCERTAIN_CODES: ReadonlySet<string> = new Set([
  '-1000', // unknown error while processing
  '-1001', // internal disconnect
  '-1006', // unexpected response from the message bus, execution status unknown
  '-1007', // timeout waiting for the backend, execution status unknown
  '-1008', // overloaded
]);

const RATE_LIMIT_CODES: ReadonlySet<string> = new Set(['-1003', '-1015']);

export const isUncertain = (facts: AnswerFacts): boolean =>
  facts.status >= 500 || UNCERTAIN_CODES.has(facts.venueCode ?? '');

export const isBanned = (facts: AnswerFacts): boolean => facts.status === 418;

/** Too many requests, before a ban (429) or in one (418): the request was not carried out. */
export const isRateLimited = (facts: AnswerFacts): boolean =>
  facts.status === 429 || isBanned(facts) || RATE_LIMIT_CODES.has(facts.venueCode ?? '');
