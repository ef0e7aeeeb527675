import { accountOperations } from './account-operations.ts';
import { ApiError } from './api-error.ts';
import type { RequestFault } from './fault-schema.ts';
import type { Faults } from './faults.ts';
import { marketOperations } from './market-operations.ts';
import type { ExchangeContext, Operation } from './operations.ts';
import { orderListOperations } from './order-list-operations.ts';
import type { Parameters } from './parameters.ts';
import { replaceOperations } from './replace-operation.ts';
import type { RequestWeight } from './request-weight.ts';
import { type Credentials, checkApiKey, checkSignature } from './signature.ts';
import { transferOperations } from './transfer-operations.ts';

/** Everything the API can be asked for, by the names of the WebSocket API. */
export const operations: Readonly<Record<string, Operation | undefined>> = {
  ...marketOperations,
  ...accountOperations,
  ...orderListOperations,
  ...replaceOperations,
  ...transferOperations,
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
      /** Wall milliseconds to wait before it is sent. */
      readonly delay?: number;
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

function authorise({ operation, parameters, payload, apiKey }: ApiCall, { context, credentials }: Api): void {
  if (operation.security !== 'signed') return;
  checkApiKey(apiKey, credentials);
  checkSignature(payload, parameters, credentials.secret, context.wallTime());
}

/** Without its newest rows, which are the last. */
const withoutNewest = (body: unknown, count: number): unknown =>
  Array.isArray(body) ? body.slice(0, Math.max(0, body.length - count)) : body;

/** Executes later what was accepted now; nobody is there any more to be told of a refusal. */
function executeLate({ operation, parameters }: ApiCall, { context, faults }: Api, ms: number): void {
  faults.later(ms, () => {
    try {
      operation.run(parameters, context);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
    }
  });
}

/** Executes one call of the API, however it arrived, with the faults scripted for `path`. */
export function answerCall(call: ApiCall | undefined, api: Api, path: string, method?: string): ApiAnswer {
  const fault = api.faults.meet(path, method);
  if (fault?.kind === 'status') return scriptedAnswer(fault);
  if (fault?.kind === 'silence') return { kind: 'silent', hangUp: fault.hangUp };
  let usedWeight = 0;
  let answer: Extract<ApiAnswer, { kind: 'answer' }>;
  try {
    usedWeight = api.weight.spend(call?.operation.weight ?? 1, Date.now());
    if (!call) throw new ApiError(404, -1099, 'Not found, unauthenticated, or unauthorized.');
    authorise(call, api);
    if (fault?.kind === 'late') {
      executeLate(call, api, fault.ms);
      return { kind: 'silent', hangUp: fault.hangUp };
    }
    const body = call.operation.run(call.parameters, api.context);
    const shown = fault?.kind === 'partial-page' ? withoutNewest(body, fault.leaveOut) : body;
    answer = { kind: 'answer', status: 200, body: shown, usedWeight };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const { status, apiCode, message, retryAfter, details } = error;
    const body = { code: apiCode, msg: message, ...(details ? { data: details } : {}) };
    answer = { kind: 'answer', status, body, usedWeight, retryAfter };
  }
  if (fault?.kind === 'delay') return { ...answer, delay: fault.ms };
  return fault?.kind === 'no-answer' ? { kind: 'silent', hangUp: fault.hangUp } : answer;
}
