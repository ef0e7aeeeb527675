import { AresError } from '../../core/ares-error.ts';
import type { ExchangeKeys } from '../../core/ports/secrets.ts';
import { createRequestSigner, type RequestSigner } from './request-signer.ts';
import type { Venue } from './venue.ts';

/** Codes for a key or signature the exchange does not accept. */
const KEY_CODES: ReadonlySet<unknown> = new Set(['-1022', '-2014', '-2015']);

export interface AccountKeys {
  /** Puts the account's keys into the client, loading them when it has none. */
  ensure(): Promise<RequestSigner>;
  /** What signs requests, when `ensure` has nothing left to do. */
  signer(): RequestSigner | undefined;
  /** After a refusal for the key's sake the next `ensure` loads it again: it may have been rotated. */
  doubt(failure: unknown): void;
}

/** @param recvWindow how old a signed request may be when the exchange gets it, in milliseconds */
export function accountKeys(
  { client, wallClock }: Pick<Venue, 'client' | 'wallClock'>,
  load: () => Promise<ExchangeKeys>,
  recvWindow: number,
): AccountKeys {
  let loading: Promise<RequestSigner> | undefined;
  let signer: RequestSigner | undefined;
  client.options.recvWindow = recvWindow;
  return {
    ensure() {
      loading ??= load().then(
        (keys) => {
          client.apiKey = keys.apiKey;
          client.secret = keys.secret;
          signer = createRequestSigner(keys, recvWindow, wallClock);
          return signer;
        },
        (failure: unknown) => {
          loading = undefined;
          throw failure;
        },
      );
      return loading;
    },
    signer: () => signer,
    doubt(failure) {
      if (!(failure instanceof AresError) || !KEY_CODES.has(failure.data.venueCode)) return;
      loading = undefined;
      signer = undefined;
    },
  };
}
