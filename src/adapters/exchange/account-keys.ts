import { AresError } from '../../core/ares-error.ts';
import type { ExchangeKeys } from '../../core/ports/secrets.ts';
import type { BinanceClient } from './binance-client.ts';

/** Codes for a key or signature the exchange does not accept. */
const KEY_CODES: ReadonlySet<unknown> = new Set(['-1022', '-2014', '-2015']);

export interface AccountKeys {
  /** Puts the account's keys into the client, loading them when it has none. */
  ensure(): Promise<void>;
  /** Whether `ensure` has nothing left to do. */
  loaded(): boolean;
  /** After a refusal for the key's sake the next `ensure` loads it again: it may have been rotated. */
  doubt(failure: unknown): void;
}

export function accountKeys(client: BinanceClient, load: () => Promise<ExchangeKeys>): AccountKeys {
  let loading: Promise<void> | undefined;
  let loaded = false;
  return {
    ensure() {
      loading ??= load().then(
        (keys) => {
          client.apiKey = keys.apiKey;
          client.secret = keys.secret;
          loaded = true;
        },
        (failure: unknown) => {
          loading = undefined;
          throw failure;
        },
      );
      return loading;
    },
    loaded: () => loaded,
    doubt(failure) {
      if (!(failure instanceof AresError) || !KEY_CODES.has(failure.data.venueCode)) return;
      loading = undefined;
      loaded = false;
    },
  };
}
