import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Timers } from '../../core/ports/clock.ts';
import type { Random } from '../../core/ports/random.ts';
import type { LedgerTableNames } from './ledger-tables.ts';

export interface DynamoOptions {
  /** Its own retries handle throttling and lost connections first. */
  readonly client: DynamoDBClient;
  readonly tables: LedgerTableNames;
  readonly random: Pick<Random, 'next'>;
  readonly timers: Pick<Timers, 'sleep'>;
}

/** Waits a random time up to a bound that doubles with each attempt, from 20 ms to a second ("full jitter"). */
export function backOff({ random, timers }: Pick<DynamoOptions, 'random' | 'timers'>, attempt: number): Promise<void> {
  return timers.sleep(random.next() * Math.min(1_000, 10 * 2 ** attempt));
}
