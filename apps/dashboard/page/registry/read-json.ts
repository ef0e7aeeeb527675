import { problemOf } from './problem-of.ts';

/** Values of one name as several, `undefined` left out. */
export type Query = Readonly<Record<string, string | number | readonly string[] | undefined>>;

function queryText(query: Query): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined || value === '') continue;
    for (const one of Array.isArray(value) ? value : [value]) search.append(name, String(one));
  }
  return search.size > 0 ? `?${search}` : '';
}

async function answer<Body>(path: string, init: RequestInit): Promise<Body> {
  let response: Response;
  try {
    response = await fetch(path, init);
  } catch (error) {
    if (init.signal?.aborted) throw error;
    throw new Error('The server does not answer. Is it still running?', { cause: error });
  }
  const text = await response.text();
  if (!response.ok) throw new Error(problemOf(response.status, text));
  return JSON.parse(text) as Body;
}

/** @throws Error in the server's words */
export const getJson = <Body>(path: string, query: Query, signal: AbortSignal): Promise<Body> =>
  answer(`${path}${queryText(query)}`, { signal });

/** A search: MLflow's are sent as POST, and change nothing. @throws Error in the server's words */
export const postJson = <Body>(path: string, body: object, signal: AbortSignal): Promise<Body> =>
  answer(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal,
  });
