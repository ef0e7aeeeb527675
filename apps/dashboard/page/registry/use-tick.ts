import { useEffect, useState } from 'preact/hooks';

/** A number that grows from time to time while it is watched and the page can be seen. */
export function useTick(everyMs: number): readonly [tick: number, watch: (on: boolean) => void] {
  const [tick, setTick] = useState(0);
  const [on, setOn] = useState(false);
  useEffect(() => {
    if (!on) return undefined;
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') setTick((before) => before + 1);
    }, everyMs);
    return () => clearInterval(timer);
  }, [on, everyMs]);
  return [tick, setOn];
}
