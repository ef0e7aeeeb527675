import { accountOperations } from './account-operations.ts';
import { ApiError } from './api-error.ts';
import type { Faults, RequestFault } from './faults.ts';
import { marketOperations } from './market-operations.ts';
import type { ExchangeContext, Operation } from './operations.ts';
import type { Parameters } from './parameters.ts';
import type { RequestWeight } from './request-weight.ts';
import { type Credentials, checkApiKey, checkSignature } from './signature.ts';

/** Everything the API can be asked for, by the names of the WebSocket API. */
export const operations: Readonly<Record<string, Operation | undefined>> = {
  ...marketOperations,
  ...accountOperations,
};

export interface ApiCall {
  readonly operation: Operation;
  readonly parameters: Parameters;
  /** What a signature covers. */
  readonly payload: string;
  readonly apiKey: string | undefined;
}

export interface Api {
  readonly context: ExchangeContext;
  readonly credentials: Credentials;
  readonly weight: RequestWeight;
  readonly faults: Faults;
}

/** What came of a call: `silent` calls get no answer, and perhaps their connection closed. */
export type ApiAnswer =
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly body: unknown;
      readonly usedWeight: number;
      readonly retryAfter?: number | undefined;
    }
  | { readonly kind: 'silent'; readonly hangUp: boolean };

function scriptedAnswer(fault: Extract<RequestFault, { kind: 'status' }>): ApiAnswer {
  const limited = fault.status === 429 || fault.status === 418;
  const body = limited
    ? { code: -1003, msg: 'Too many requests; this was scripted.' }
    : { code: -1000, msg: 'An unknown error occurred while processing the request.' };
  const retryAfter = fault.retryAfter ?? (limited ? 1 : undefined);
  return { kind: 'answer', status: fault.status, body, usedWeight: 0, retryAfter };
}

function execute({ operation, parameters, payload, apiKey }: ApiCall, { context, credentials }: Api): unknown {
  if (operation.security === 'signed') {
    checkApiKey(apiKey, credentials);
    checkSignature(payload, parameters, credentials.secret, context.wallTime());
  }
  return operation.run(parameters, context);
}

/** Executes one call of the API, however it arrived, with the faults scripted for `path`. */
export function answerCall(call: ApiCall | undefined, api: Api, path: string, method?: string): ApiAnswer {
  const fault = api.faults.meet(path, method);
  if (fault?.kind === 'status') return scriptedAnswer(fault);
  if (fault?.kind === 'silence') return { kind: 'silent', hangUp: fault.hangUp };
  let usedWeight = 0;
  let answer: ApiAnswer;
  try {
    usedWeight = api.weight.spend(call?.operation.weight ?? 1, Date.now());
    if (!call) throw new ApiError(404, -1099, 'Not found, unauthenticated, or unauthorized.');
    answer = { kind: 'answer', status: 200, body: execute(call, api), usedWeight };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const { status, apiCode, message, retryAfter } = error;
    answer = { kind: 'answer', status, body: { code: apiCode, msg: message }, usedWeight, retryAfter };
  }
  return fault?.kind === 'no-answer' ? { kind: 'silent', hangUp: fault.hangUp } : answer;
}
