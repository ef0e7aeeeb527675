const words: Readonly<Record<string, string>> = {
  RUNNING: 'running',
  SCHEDULED: 'scheduled',
  FINISHED: 'finished',
  FAILED: 'failed',
  KILLED: 'killed',
};

/** How a run stands. */
export function StatusBadge({ status }: { readonly status: string }) {
  const word = words[status] ?? status.toLowerCase();
  return <span class={`badge run-${word}`}>{word}</span>;
}
