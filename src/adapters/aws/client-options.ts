const CONNECT_MS = 2_000;
const REQUEST_MS = 10_000;

/** What the clients of all services take; each service's own client type takes more. */
interface ClientOptions {
  readonly maxAttempts: number;
  readonly retryMode: 'standard';
  readonly requestHandler: {
    readonly connectionTimeout: number;
    readonly requestTimeout: number;
    readonly socketTimeout: number;
    readonly throwOnRequestTimeout: true;
  };
}

/**
 * How every client of AWS waits and tries again. Region, credentials and endpoint are the SDK's own business: it reads them from the environment.
 *
 * @param requestMs from sending a request to its answer, and between two pieces of that; without one 10 s
 * @param maxAttempts the first included; the SDK waits up to 100 ms, 200 ms, … 20 s between them
 */
export function clientOptions({ requestMs = REQUEST_MS, maxAttempts = 3 } = {}): ClientOptions {
  return {
    maxAttempts,
    retryMode: 'standard',
    // Without the last the SDK only warns of a request that is too slow, and waits on.
    requestHandler: {
      connectionTimeout: CONNECT_MS,
      requestTimeout: requestMs,
      socketTimeout: requestMs,
      throwOnRequestTimeout: true,
    },
  };
}
