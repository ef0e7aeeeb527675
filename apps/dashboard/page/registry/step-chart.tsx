import { useEffect, useMemo, useState } from 'preact/hooks';
import { drawLines, type Hovered } from './draw-lines.ts';
import { metricText } from './metric-value.ts';
import { type StepPoint, stepGrid } from './step-grid.ts';
import { useStepChart } from './use-step-chart.ts';

export interface ChartLine {
  readonly id: string;
  readonly name: string;
  readonly points: readonly StepPoint[];
}

function Legend({
  lines,
  hovered,
  colours,
}: {
  readonly lines: readonly ChartLine[];
  readonly hovered: Hovered | undefined;
  readonly colours: number;
}) {
  return (
    <ul class="lines">
      {lines.map(({ id, name, points }, i) => {
        const value = hovered ? hovered.values[i] : points.at(-1)?.value;
        return (
          <li key={id} class={`line-${(i % colours) + 1} ${i < colours ? '' : 'dashed'}`}>
            {name} <strong>{value === undefined ? '–' : metricText(value)}</strong>
          </li>
        );
      })}
      <li class="at">{hovered ? `at step ${hovered.step.toLocaleString('en-US')}` : 'at the last step'}</li>
    </ul>
  );
}

/** One metric of several runs by step. */
export function StepChart({ lines, about }: { readonly lines: readonly ChartLine[]; readonly about: string }) {
  const { ref, steps, colours } = useStepChart();
  const [hovered, setHovered] = useState<Hovered>();
  const grid = useMemo(() => stepGrid(lines.map(({ points }) => points)), [lines]);
  useEffect(() => {
    if (!steps || grid.axis.length === 0) return undefined;
    return drawLines(steps, grid, colours.lines, setHovered);
  }, [steps, colours, grid]);
  return (
    <>
      <Legend lines={lines} hovered={hovered} colours={colours.lines.length} />
      <div class="chart steps" ref={ref} role="img" aria-label={about} />
      <p class="axis muted small">step{grid.unit > 1 && `, rounded down to ${grid.unit.toLocaleString('en-US')}`}</p>
    </>
  );
}
