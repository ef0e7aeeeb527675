import { Hono } from 'hono';
import * as z from 'zod';
import { AresError, messageOf } from '../../src/core/ares-error.ts';
import { auditStreams } from '../../src/core/audit/audit-entry.ts';
import { readAuditRows } from '../../src/core/dashboard/audit-row.ts';
import { readEventRows } from '../../src/core/dashboard/event-row.ts';
import { readHealthView } from '../../src/core/dashboard/health-view.ts';
import { readModelRows } from '../../src/core/dashboard/model-row.ts';
import { modelSwaps } from '../../src/core/dashboard/model-swap.ts';
import { tradeRows } from '../../src/core/dashboard/trade-row.ts';
import { MODEL_STATES } from '../../src/core/models/lifecycle.ts';
import type { ApiOptions, ApiPorts } from './api-options.ts';
import { createDashboardReader, KEPT } from './dashboard-reader.ts';
import { eventStream } from './event-stream.ts';
import { guardRequests } from './guard-requests.ts';
import { createLiveFeed, type LiveFeed } from './live-feed.ts';
import type { PageFiles } from './page-files.ts';
import { parseQuery, wholeNumber } from './parse-query.ts';
import { refusal } from './refusal.ts';

const oneOf = <const Values extends readonly [string, ...string[]]>(values: Values) =>
  z.enum(values, { error: `must be ${values.join(', ')}` });

const queries = {
  none: z.object({}),
  candles: z.object({ limit: wholeNumber(1, KEPT.candles).default(KEPT.candles) }),
  trades: z.object({ limit: wholeNumber(1, KEPT.trades).default(100) }),
  models: z.object({ state: oneOf(MODEL_STATES).optional() }),
  events: z.object({ limit: wholeNumber(1, 1_000).default(100), before: wholeNumber(1, 1e15 - 1).optional() }),
  audit: z.object({
    limit: wholeNumber(1, 1_000).default(100),
    stream: oneOf(auditStreams).optional(),
    type: z.string().optional(),
    user: z.string().optional(),
    about: z.string().optional(),
    from: wholeNumber(0, 1e15 - 1).optional(),
    to: wholeNumber(0, 1e15 - 1).optional(),
    after: z.string().optional(),
  }),
};

const statuses: Readonly<Record<string, number>> = {
  QUERY_INVALID: 400,
  EXCHANGE_UNAVAILABLE: 503,
  DATABASE_BUSY: 503,
};

export interface Api {
  readonly app: Hono;
  /** Ends the open streams. */
  close(): void;
}

/**
 * The read-only API of one slot, and the page over it.
 *
 * @param hosts the values of the Host header that are this server's own
 */
export function createApi(
  options: ApiOptions & { readonly hosts: () => readonly string[] },
  ports: ApiPorts,
  page: PageFiles,
): Api {
  const { slot } = options;
  const { ledger, eventLog, wallClock, log } = ports;
  const reader = createDashboardReader(options, ports);
  const feed: LiveFeed = createLiveFeed(reader.dashboard, ports);
  const app = new Hono();

  app.use(guardRequests(options.hosts));
  app.use('/api/*', async (context, next) => {
    await next();
    context.res.headers.set('cache-control', 'no-store');
  });

  app.get('/api/overview', async ({ req, json }) => {
    parseQuery(queries.none, req.query());
    return json(await reader.overview());
  });
  app.get('/api/candles', async ({ req, json }) => {
    const { limit } = parseQuery(queries.candles, req.query());
    const { candles, problem } = await reader.candles();
    return json({ candles: candles.slice(-limit), problem });
  });
  app.get('/api/trades', async ({ req, json }) => {
    const { limit } = parseQuery(queries.trades, req.query());
    const past = await reader.history();
    return json({ trades: tradeRows(past, limit), swaps: modelSwaps(past.marks) });
  });
  app.get('/api/equity', async ({ req, json }) => {
    parseQuery(queries.none, req.query());
    return json({ points: (await reader.history()).equity });
  });
  app.get('/api/models', async ({ req, json }) => {
    const { state } = parseQuery(queries.models, req.query());
    return json({ models: await readModelRows(ledger, slot, state && [state]) });
  });
  app.get('/api/events', async ({ req, json }) => {
    const { limit, before } = parseQuery(queries.events, req.query());
    const events = await readEventRows(eventLog, { limit, ...(before === undefined ? {} : { before }) });
    return json({ events, next: events.length === limit ? (events.at(-1)?.position ?? null) : null });
  });
  app.get('/api/audit', async ({ req, json }) => {
    const { type: eventType, ...query } = parseQuery(queries.audit, req.query());
    const rows = await readAuditRows(ledger, { ...query, eventType, about: req.queries('about'), order: 'descending' });
    return json({ ...rows, chain: await reader.auditState() });
  });
  app.get('/api/health', async ({ req, json }) => {
    parseQuery(queries.none, req.query());
    return json(await readHealthView(ledger, slot, wallClock.now()));
  });
  app.get('/api/stream', ({ req }) => {
    parseQuery(queries.none, req.query());
    const subscription = feed.subscribe();
    return subscription
      ? eventStream(subscription)
      : refusal(503, 'TOO_MANY_STREAMS', 'too many pages are open: close one');
  });
  app.get(
    '*',
    async ({ req }) => (await page(req.path)) ?? refusal(404, 'NOT_FOUND', `there is nothing at ${req.path}`),
  );

  app.onError((error) => {
    const code = error instanceof AresError ? error.code : 'INTERNAL';
    const status = statuses[code] ?? 500;
    if (status === 500) log.error('a request could not be answered', { error });
    return refusal(status, code, messageOf(error));
  });
  return { app, close: feed.close };
}
