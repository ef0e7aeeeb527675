import * as z from 'zod';

const count = z.number().int().nonnegative();
const amount = z.string().regex(/^-?\d+\.\d{8}$/, 'must be an amount with eight decimals');

/** What `npm run demo -- --json` prints, and nothing else. */
export const demoReportSchema = z.strictObject({
  candles: count,
  candlesSent: count,
  candlesProcessed: count,
  ticksDropped: z.number().int(),
  ticksConflated: z.number().int(),
  trades: count,
  realisedPnl: amount,
  fees: amount,
  equity: amount,
  modelsPromoted: count,
  modelsInferior: count,
  hotSwaps: count,
  rollbacks: count,
  eventsByType: z.record(z.string(), count),
  auditEntries: count,
  auditValid: z.boolean(),
  positionMatchesExchange: z.boolean(),
  balanceMatchesExchange: z.boolean(),
  decisionsHash: z.string().regex(/^[0-9a-f]{64}$/, 'must be a SHA-256'),
});

export type PrintedReport = z.infer<typeof demoReportSchema>;
