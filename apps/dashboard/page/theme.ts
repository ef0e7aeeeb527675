import { useEffect, useState } from 'preact/hooks';

/** The colours that charts draw with; the style sheet holds them for both schemes. */
export interface ChartColours {
  readonly text: string;
  readonly line: string;
  readonly up: string;
  readonly down: string;
  readonly accent: string;
  readonly muted: string;
  readonly upFill: string;
  readonly downFill: string;
  /** Of lines that are told apart by colour. */
  readonly lines: readonly string[];
}

const LINES = 6;

function read(): ChartColours {
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string) => style.getPropertyValue(`--${name}`).trim();
  return {
    text: colour('muted'),
    line: colour('grid'),
    up: colour('up'),
    down: colour('down'),
    accent: colour('accent'),
    muted: colour('faint'),
    upFill: colour('up-fill'),
    downFill: colour('down-fill'),
    lines: Array.from({ length: LINES }, (_, i) => colour(`line-${i + 1}`)),
  };
}

/** The colours in force; they change with the system's scheme. */
export function useChartColours(): ChartColours {
  const [colours, setColours] = useState(read);
  useEffect(() => {
    const dark = matchMedia('(prefers-color-scheme: dark)');
    const change = () => setColours(read());
    dark.addEventListener('change', change);
    return () => dark.removeEventListener('change', change);
  }, []);
  return colours;
}
