import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import ccxt from 'ccxt';
import { answerFacts } from './answer-facts.ts';
import { ExchangeAnswer } from './exchange-answer.ts';

/** What nobody waits for any more is ended after so long. */
const LONGEST_MS = 30_000;

/** Requests that leave at once, over connections that stay open. */
export interface RestNow {
  /**
   * Writes past ccxt's throttle: an order or a cancel that waited there could leave long after its caller had given up on it.
   *
   * @param query signed; the body of a POST, part of the address otherwise
   * @throws ExchangeAnswer, ccxt.NetworkError
   */
  ask(method: 'POST' | 'DELETE', url: string, query: string, apiKey: string): Promise<unknown>;
  close(): void;
}

export function createRestNow(): RestNow {
  const agents = { 'http:': new HttpAgent({ keepAlive: true }), 'https:': new HttpsAgent({ keepAlive: true }) };
  return {
    ask(method, url, query, apiKey) {
      const isForm = method === 'POST';
      const target = new URL(isForm ? url : `${url}?${query}`);
      const secure = target.protocol === 'https:';
      const form = { 'content-type': 'application/x-www-form-urlencoded', 'content-length': query.length };
      const headers = { 'x-mbx-apikey': apiKey, ...(isForm ? form : {}) };
      return new Promise((resolve, reject) => {
        const lost = (error: Error) => reject(new ccxt.NetworkError(`${method} ${target.pathname}: ${error.message}`));
        const request = (secure ? httpsRequest : httpRequest)(
          target,
          { method, headers, agent: secure ? agents['https:'] : agents['http:'] },
          (response) => {
            readBody(response)
              .then((body) => resolve(understood(response, body)), lost)
              .catch(reject);
          },
        );
        request.on('error', lost);
        request.setTimeout(LONGEST_MS, () => request.destroy(new Error(`no answer within ${LONGEST_MS} ms`)));
        request.end(isForm ? query : undefined);
      });
    },
    close() {
      for (const agent of Object.values(agents)) agent.destroy();
    },
  };
}

async function readBody(response: IncomingMessage): Promise<string> {
  let body = '';
  response.setEncoding('utf8');
  for await (const part of response) body += part;
  return body;
}

function understood(response: IncomingMessage, body: string): unknown {
  const status = response.statusCode ?? 0;
  const parsed = parseJson(body);
  if (status >= 200 && status < 300) return parsed;
  const retryAfter = response.headers['retry-after'];
  const headers: Record<string, string> = retryAfter === undefined ? {} : { 'Retry-After': retryAfter };
  throw new ExchangeAnswer(answerFacts(status, parsed ?? { msg: body || response.statusMessage }, headers));
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
