import * as z from 'zod';
import type { Right } from '../../src/core/access/right.ts';
import { auditStreams } from '../../src/core/audit/audit-entry.ts';
import { readAuditRows } from '../../src/core/dashboard/audit-row.ts';
import { readEventRows } from '../../src/core/dashboard/event-row.ts';
import { readHealthView } from '../../src/core/dashboard/health-view.ts';
import { readModelRows } from '../../src/core/dashboard/model-row.ts';
import { modelSwaps } from '../../src/core/dashboard/model-swap.ts';
import { tradeRows } from '../../src/core/dashboard/trade-row.ts';
import { MODEL_STATES } from '../../src/core/models/lifecycle.ts';
import type { SlotId } from '../../src/core/models/slot.ts';
import type { ApiPorts } from './api-options.ts';
import { type DashboardReader, KEPT } from './dashboard-reader.ts';
import { eventStream } from './event-stream.ts';
import type { LiveFeed } from './live-feed.ts';
import { parseQuery, wholeNumber } from './parse-query.ts';
import { refusal } from './refusal.ts';

/** What the dashboard's endpoints read from. */
export interface DashboardSource extends Pick<ApiPorts, 'ledger' | 'eventLog' | 'wallClock'> {
  readonly slot: SlotId;
  readonly reader: DashboardReader;
  readonly feed: LiveFeed;
}

/** One endpoint of the dashboard, by GET. */
export interface DashboardRoute {
  readonly path: string;
  readonly right: Exclude<Right, 'open'>;
  /** @throws AresError `QUERY_INVALID` */
  handle(query: Readonly<Record<string, string>>, source: DashboardSource): Promise<object>;
}

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
    /** Texts to look for among the details, one a line. */
    about: z
      .string()
      .transform((text) => text.split('\n'))
      .optional(),
    from: wholeNumber(0, 1e15 - 1).optional(),
    to: wholeNumber(0, 1e15 - 1).optional(),
    after: z.string().optional(),
  }),
};

const right = 'read';

/** Everything that the page of a slot is made of. */
export const dashboardRoutes: readonly DashboardRoute[] = [
  {
    path: '/api/overview',
    right,
    async handle(query, { reader }) {
      parseQuery(queries.none, query);
      return reader.overview();
    },
  },
  {
    path: '/api/candles',
    right,
    async handle(query, { reader }) {
      const { limit } = parseQuery(queries.candles, query);
      const { candles, problem } = await reader.candles();
      return { candles: candles.slice(-limit), problem };
    },
  },
  {
    path: '/api/trades',
    right,
    async handle(query, { reader }) {
      const { limit } = parseQuery(queries.trades, query);
      const past = await reader.history();
      return { trades: tradeRows(past, limit), swaps: modelSwaps(past.marks) };
    },
  },
  {
    path: '/api/equity',
    right,
    async handle(query, { reader }) {
      parseQuery(queries.none, query);
      return { points: (await reader.history()).equity };
    },
  },
  {
    path: '/api/models',
    right,
    async handle(query, { ledger, slot }) {
      const { state } = parseQuery(queries.models, query);
      return { models: await readModelRows(ledger, slot, state && [state]) };
    },
  },
  {
    path: '/api/events',
    right,
    async handle(query, { eventLog }) {
      const { limit, before } = parseQuery(queries.events, query);
      const events = await readEventRows(eventLog, { limit, ...(before === undefined ? {} : { before }) });
      return { events, next: events.length === limit ? (events.at(-1)?.position ?? null) : null };
    },
  },
  {
    path: '/api/audit',
    right,
    async handle(query, { ledger, reader }) {
      const { type: eventType, ...wish } = parseQuery(queries.audit, query);
      const rows = await readAuditRows(ledger, {
        ...wish,
        eventType,
        order: 'descending',
      });
      return { ...rows, chain: await reader.auditState() };
    },
  },
  {
    path: '/api/health',
    right,
    async handle(query, { ledger, slot, wallClock }) {
      parseQuery(queries.none, query);
      return readHealthView(ledger, slot, wallClock.now());
    },
  },
  {
    path: '/api/stream',
    right,
    handle(query, { feed }) {
      parseQuery(queries.none, query);
      const subscription = feed.subscribe();
      return Promise.resolve(
        subscription
          ? eventStream(subscription)
          : refusal(503, 'TOO_MANY_STREAMS', 'too many pages are open: close one'),
      );
    },
  },
];
