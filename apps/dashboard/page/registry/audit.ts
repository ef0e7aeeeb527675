import type { LifecycleEntry } from './lifecycle-entry.ts';
import { getJson } from './read-json.ts';
import type { Page } from './use-pages.ts';

const PAGE = 50;

/** Entries of the models' audit trail that name one of these, newest first. @throws Error in the server's words */
export async function lifecycleOf(
  names: readonly string[],
  after: string | undefined,
  signal: AbortSignal,
): Promise<Page<LifecycleEntry>> {
  const answer = await getJson<{ entries: LifecycleEntry[]; next: string | null }>(
    '/api/audit',
    { stream: 'models', limit: PAGE, about: names.join('\n'), after },
    signal,
  );
  return { items: answer.entries, next: answer.next ?? undefined };
}
