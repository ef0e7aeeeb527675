import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Timers, WallClock } from '../../core/ports/clock.ts';
import type { Random } from '../../core/ports/random.ts';
import type { LedgerTableNames } from './ledger-tables.ts';

export interface DynamoOptions {
  /** Its own retries handle throttling and lost connections first. */
  readonly client: DynamoDBClient;
  readonly tables: LedgerTableNames;
  readonly random: Pick<Random, 'next'>;
  readonly timers: Pick<Timers, 'sleep'>;
  /** Dates outgoing events, whose own time may be the market's. */
  readonly clock: WallClock;
}
