import { useEffect, useRef, useState } from 'preact/hooks';
import { wordsOf } from './words-of.ts';

export interface Page<Item> {
  readonly items: readonly Item[];
  /** Present when there are more. */
  readonly next: string | undefined;
}

export interface Pages<Item> extends Page<Item> {
  readonly reading: boolean;
  /** Why there is nothing, or not more. */
  readonly problem: string | undefined;
  readonly more: () => void;
}

const NOTHING = { items: [], next: undefined, reading: true, problem: undefined } as const;

/**
 * What a search finds, page after page; it begins anew when what is searched for changes.
 *
 * @param search stands for everything that `load` depends on
 */
export function usePages<Item>(
  search: string,
  load: (token: string | undefined, signal: AbortSignal) => Promise<Page<Item>>,
): Pages<Item> {
  const [found, setFound] = useState<Omit<Pages<Item>, 'more'>>(NOTHING);
  const asking = useRef<AbortController | undefined>(undefined);
  const read = async (before: readonly Item[], token: string | undefined): Promise<void> => {
    asking.current?.abort();
    const controller = new AbortController();
    asking.current = controller;
    setFound((known) => ({ ...known, reading: true, problem: undefined }));
    try {
      const { items, next } = await load(token, controller.signal);
      if (controller.signal.aborted) return;
      setFound({ items: [...before, ...items], next, reading: false, problem: undefined });
    } catch (error) {
      if (controller.signal.aborted) return;
      setFound({ items: before, next: token, reading: false, problem: wordsOf(error) });
    }
  };
  useEffect(() => {
    void read([], undefined);
    return () => asking.current?.abort();
  }, [search]);
  return { ...found, more: () => void read(found.items, found.next) };
}
