import type { UseCase } from '../../../../src/compose/event-handler.ts';
import type { Json, Key, Ledger } from '../../../../src/core/ports/ledger.ts';

export const foldedKey: Key = { table: 'state', pk: 'test', sk: 'folded' };

const asList = (value: Json | undefined): readonly Json[] => (Array.isArray(value) ? value : []);

/** A small consumer as all should be: keeps the newest version it was told of, ignores older ones, commits under a token of the invocation. */
export const foldConfig: UseCase<{ readonly ledger: Ledger }> = async ({ id, trigger }, { ledger }) => {
  if (trigger.kind !== 'event' || trigger.event.name !== 'ConfigChanged') return { outcome: 'ignored' };
  const { sequence } = trigger.event.metadata;
  for (;;) {
    const item = await ledger.get(foldedKey);
    const newest = Number(item?.value.newest ?? 0);
    const value = { newest: Math.max(newest, sequence), seen: [...asList(item?.value.seen), sequence].toSorted() };
    const write = { kind: 'put', key: foldedKey, expected: item?.version ?? 'absent', value } as const;
    const { outcome } = await ledger.commit({ token: `fold:${id}`, writes: [write], audit: [], events: [] });
    if (outcome === 'committed') return { outcome };
  }
};
