/** Waits until what is asked for is there; asks every few milliseconds, one question at a time. */
export async function eventually<T>(
  what: string,
  ask: () => T | undefined | false | Promise<T | undefined | false>,
  { withinMs = 30_000, everyMs = 20 }: { readonly withinMs?: number; readonly everyMs?: number } = {},
): Promise<T> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    if (performance.now() > deadline) throw new Error(`${what} must come within ${withinMs} ms, had not`);
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}
