import { createChartEx, type IChartApiBase } from 'lightweight-charts';
import type { RefObject } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { chartOptions } from '../chart-options.ts';
import { type ChartColours, useChartColours } from '../theme.ts';
import { type StepScale, stepScale } from './step-scale.ts';

/** All of it is shown at once, so there is nothing to drag or pinch. */
const optionsOf = (colours: ChartColours) => ({
  ...chartOptions(colours),
  handleScroll: false,
  handleScale: false,
});

export interface StepChartHandle {
  readonly chart: IChartApiBase<number>;
  readonly scale: StepScale;
  /** Whether it was taken away, with everything in it. */
  readonly isGone: () => boolean;
}

/** A chart over steps, whole numbers, that fills an element and follows the colour scheme. */
export function useStepChart(): {
  readonly ref: RefObject<HTMLDivElement | null>;
  readonly steps: StepChartHandle | undefined;
  readonly colours: ChartColours;
} {
  const ref = useRef<HTMLDivElement>(null);
  const [steps, setSteps] = useState<StepChartHandle>();
  const colours = useChartColours();
  useEffect(() => {
    if (!ref.current) return undefined;
    const scale = stepScale();
    const chart = createChartEx<number, StepScale>(ref.current, scale, optionsOf(colours));
    let gone = false;
    setSteps({ chart, scale, isGone: () => gone });
    return () => {
      gone = true;
      chart.remove();
    };
  }, []);
  useEffect(() => steps?.chart.applyOptions(optionsOf(colours)), [steps, colours]);
  return { ref, steps, colours };
}
