/** An audit entry as a list shows it. */
export interface AuditRow {
  readonly id: string;
  readonly stream: string;
  readonly sequence: number;
  readonly timestamp: number;
  readonly eventType: string;
  readonly user: string;
  readonly action: string;
  /** The details that say most, in one line. */
  readonly text: string;
  readonly hash: string;
}

/**
 * Rows of several streams as one list, newest first.
 *
 * Within a stream the order is that of its commits, whatever its entries' clocks said: a stream holds market and wall time side by side. Between streams the
 * timestamps decide, which is as near as can be known.
 */
export function mergeAuditRows(rows: readonly AuditRow[]): readonly AuditRow[] {
  const streams = new Map<string, AuditRow[]>();
  for (const row of rows.toSorted((a, b) => a.sequence - b.sequence)) {
    streams.set(row.stream, [...(streams.get(row.stream) ?? []), row]);
  }
  const names = [...streams.keys()].sort();
  const merged: AuditRow[] = [];
  while (merged.length < rows.length) {
    const heads = names.flatMap((name) => streams.get(name)?.at(-1) ?? []);
    const newest = heads.reduce((best, head) => (head.timestamp > best.timestamp ? head : best));
    merged.push(newest);
    streams.get(newest.stream)?.pop();
  }
  return merged;
}
