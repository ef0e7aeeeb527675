interface Refusal {
  readonly error_code?: string;
  readonly message?: string;
  readonly error?: { readonly message?: string };
}

/** What an answer that is none says, in the server's words where it has some. */
export function problemOf(status: number, body: string): string {
  let refusal: Refusal = {};
  try {
    refusal = JSON.parse(body) as Refusal;
  } catch {
    // Not the server's own words: a proxy's page, or nothing.
  }
  const message = refusal?.message ?? refusal?.error?.message;
  if (message) return message;
  return `The server answered with status ${status} and did not say why.`;
}
