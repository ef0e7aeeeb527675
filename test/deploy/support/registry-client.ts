/** The answer of the deployed registry: its status, and its text as JSON where it is that. */
export interface RegistryAnswer {
  readonly status: number;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: an answer is whatever the route gives.
  json(): any;
}

export interface RegistryClient {
  ask(method: string, path: string, body?: object | string): Promise<RegistryAnswer>;
}

/**
 * Asks the registry at its address, as MLflow's clients do. Names under lambda-url lead nowhere but on AWS: the emulator has the same address under a path of its own.
 *
 * @param url the output AresRegistryUrl
 * @param token none is sent without one
 */
export function registryClient(url: string, endpoint: string, token?: string): RegistryClient {
  const [id] = new URL(url).hostname.split('.');
  const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
  return {
    async ask(method, path, body) {
      const content =
        body === undefined
          ? {}
          : typeof body === 'string'
            ? { body, headers: { ...headers, 'content-type': 'application/octet-stream' } }
            : { body: JSON.stringify(body), headers: { ...headers, 'content-type': 'application/json' } };
      const answer = await fetch(`${endpoint}/_aws/lambda-url/${id}/${path}`, { method, headers, ...content });
      const text = await answer.text();
      return { status: answer.status, text, json: () => JSON.parse(text) };
    },
  };
}
