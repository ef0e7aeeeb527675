import type { WebSocket } from 'ws';
import { type Api, type ApiAnswer, answerCall, operations } from './api-call.ts';
import { ApiError } from './api-error.ts';
import type { Operation } from './operations.ts';
import type { Parameters } from './parameters.ts';

interface Message {
  readonly id?: string | number | null;
  readonly method?: unknown;
  readonly params?: unknown;
}

/** Parameters as text, and what their signature covers: all but the signature, sorted by name. */
function readParameters(params: unknown): { readonly parameters: Parameters; readonly payload: string } {
  const entries = Object.entries(typeof params === 'object' && params !== null ? params : {});
  const texts = entries.map(([name, value]) => [name, String(value)] as const);
  const signed = texts.filter(([name]) => name !== 'signature').sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    parameters: Object.fromEntries(texts),
    payload: signed.map(([name, value]) => `${name}=${value}`).join('&'),
  };
}

/** Answers so only when it is run, after faults and weight like any other. */
const unknownMethod = (method: string): Operation => ({
  weight: 1,
  security: 'none',
  run() {
    throw new ApiError(400, -1000, `Unknown method '${method}'.`);
  },
});

/** The account's socket: the WebSocket API with its user data stream. */
export interface SocketApi {
  attach(socket: WebSocket): void;
  drop(): void;
}

export function createSocketApi(api: Api): SocketApi {
  const sockets = new Set<WebSocket>();
  const { context } = api;

  /** Subscriptions belong to one connection, so each has its own operations for them. */
  function sessionOperations(socket: WebSocket): Readonly<Record<string, Operation | undefined>> {
    const subscriptions = new Map<number, () => void>();
    let nextId = 0;
    socket.on('close', () => {
      for (const stop of subscriptions.values()) stop();
    });
    return {
      'userDataStream.subscribe.signature': {
        weight: 2,
        security: 'signed',
        run() {
          const subscriptionId = nextId++;
          const stop = context.desk.listen((event) => socket.send(JSON.stringify({ subscriptionId, event })));
          subscriptions.set(subscriptionId, stop);
          return { subscriptionId };
        },
      },
      'userDataStream.unsubscribe': {
        weight: 2,
        security: 'none',
        run(parameters) {
          const asked =
            parameters.subscriptionId === undefined ? [...subscriptions.keys()] : [Number(parameters.subscriptionId)];
          for (const id of asked) {
            subscriptions.get(id)?.();
            subscriptions.delete(id);
          }
          return {};
        },
      },
      'session.logon': {
        weight: 2,
        security: 'none',
        run() {
          throw new ApiError(400, -4056, 'HMAC_SHA256 API key is not supported; session.logon needs an Ed25519 key.');
        },
      },
    };
  }

  function reply(id: Message['id'], answer: Extract<ApiAnswer, { kind: 'answer' }>, parameters: Parameters): string {
    const { status, body, usedWeight } = answer;
    const limits = [
      {
        rateLimitType: 'REQUEST_WEIGHT',
        interval: 'MINUTE',
        intervalNum: 1,
        limit: context.weightLimit,
        count: usedWeight,
      },
    ];
    const rateLimits = parameters.returnRateLimits === 'false' ? {} : { rateLimits: limits };
    const serverTime = context.wallTime();
    const retry =
      answer.retryAfter === undefined
        ? {}
        : { data: { serverTime, retryAfter: serverTime + answer.retryAfter * 1_000 } };
    const content = status === 200 ? { result: body } : { error: { ...(body as object), ...retry } };
    return JSON.stringify({ id: id ?? null, status, ...content, ...rateLimits });
  }

  function obey(socket: WebSocket, session: Readonly<Record<string, Operation | undefined>>, text: string): void {
    let message: Message;
    try {
      message = JSON.parse(text) as Message;
    } catch (error) {
      const msg = `Malformed request: ${(error as Error).message}`;
      socket.send(JSON.stringify({ id: null, status: 400, error: { code: -1135, msg } }));
      return;
    }
    const method = String(message.method);
    const { parameters, payload } = readParameters(message.params);
    const operation = session[method] ?? operations[method] ?? unknownMethod(method);
    const answer = answerCall({ operation, parameters, payload, apiKey: parameters.apiKey }, api, `ws:${method}`);
    if (answer.kind === 'silent') {
      if (answer.hangUp) socket.terminate();
      return;
    }
    const send = () => socket.send(reply(message.id, answer, parameters));
    if (answer.delay === undefined) send();
    else api.faults.later(answer.delay, send);
  }

  return {
    attach(socket) {
      sockets.add(socket);
      const session = sessionOperations(socket);
      socket.on('message', (data) => obey(socket, session, String(data)));
      socket.on('close', () => sockets.delete(socket));
    },
    drop() {
      for (const socket of sockets) socket.terminate();
    },
  };
}
