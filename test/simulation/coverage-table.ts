import { COVERED_STATES, type Coverage, type CoveredState, type FaultKind, faultKinds } from './faults.ts';

/** Cells that were never reached. Every fault can strike in every state of some order: none is left out. */
export function missingCells(
  coverage: Coverage,
): readonly { readonly kind: FaultKind; readonly state: CoveredState }[] {
  return faultKinds.flatMap((kind) =>
    COVERED_STATES.filter((state) => coverage[kind][state] === 0).map((state) => ({ kind, state })),
  );
}

/** Faults down, states across: how often each fault struck, or lasted, while an order came into or was in each state. */
export function coverageTable(coverage: Coverage): string {
  const width = Math.max(...faultKinds.map((kind) => kind.length));
  const heads = COVERED_STATES.map((state) => state.padStart(Math.max(8, state.length)));
  const rows = faultKinds.map((kind) => {
    const cells = COVERED_STATES.map((state, i) => {
      const count = coverage[kind][state];
      return (count > 0 ? String(count) : 'NEVER').padStart(heads[i]?.length ?? 8);
    });
    return `${kind.padEnd(width)}  ${cells.join('  ')}`;
  });
  return [`${'fault'.padEnd(width)}  ${heads.join('  ')}`, ...rows].join('\n');
}
