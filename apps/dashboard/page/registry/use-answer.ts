import { useEffect, useState } from 'preact/hooks';
import { wordsOf } from './words-of.ts';

export interface Answer<Value> {
  readonly value: Value | undefined;
  readonly problem: string | undefined;
}

/**
 * One answer of the server; it is asked again when the question changes, and until then the answer before stays.
 *
 * @param question stands for everything that `load` depends on; nothing is asked while it is empty
 */
export function useAnswer<Value>(question: string, load: (signal: AbortSignal) => Promise<Value>): Answer<Value> {
  const [answer, setAnswer] = useState<Answer<Value>>({ value: undefined, problem: undefined });
  useEffect(() => {
    if (question === '') return undefined;
    const controller = new AbortController();
    load(controller.signal).then(
      (value) => {
        if (!controller.signal.aborted) setAnswer({ value, problem: undefined });
      },
      (error: unknown) => {
        if (!controller.signal.aborted) setAnswer({ value: undefined, problem: wordsOf(error) });
      },
    );
    return () => controller.abort();
  }, [question]);
  return answer;
}
