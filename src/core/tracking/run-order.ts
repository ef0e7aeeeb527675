import type { RunDocument } from './run-document.ts';
import { descendingInteger } from './sortable-integer.ts';

/** Text that sorts runs newest first, then by their id. */
export const runOrder = ({ startTime, runId }: Pick<RunDocument, 'startTime' | 'runId'>): string =>
  `${descendingInteger(startTime)}#${runId}`;

/** The run's id in a text that ends as {@link runOrder}. */
export const runIdOfOrder = (order: string): string => order.slice(order.lastIndexOf('#') + 1);
