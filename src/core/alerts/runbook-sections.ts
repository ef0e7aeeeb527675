/** Sections of docs/runbook.md that notices send people to; a test looks that each is there. */
export const runbookSections = {
  traderRestarts: '#the-trader-keeps-restarting',
  booksDiffer: '#halted-the-books-do-not-match',
  traderSilent: '#halted-the-trader-is-silent',
  dataSilent: '#halted-no-market-data',
  deadEvents: '#dead-events',
  notTrading: '#it-does-not-trade',
  badModel: '#the-model-in-production-is-bad',
  lossLimit: '#a-loss-limit-is-reached',
  errors: '#decisions-end-in-errors',
  modelUnusable: '#a-model-cannot-be-used',
  exchange: '#the-exchange-is-unavailable-or-limits-the-rate',
  disk: '#the-disk-is-full-or-read-only',
  machine: '#the-machine-is-overloaded',
  metrics: '#metrics-are-not-recorded',
  otherError: '#another-error-is-reported',
} as const;

export type RunbookSection = (typeof runbookSections)[keyof typeof runbookSections];
