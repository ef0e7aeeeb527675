/** The number, or `null` where arithmetic overflowed: a metric is a finite number or it is missing, never NaN. */
export const finiteOrNull = (value: number): number | null => (Number.isFinite(value) ? value : null);
