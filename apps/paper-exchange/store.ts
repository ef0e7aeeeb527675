import { DatabaseSync } from 'node:sqlite';
import { AresError, messageOf } from '../../src/core/ares-error.ts';
import type { VenueSnapshot } from '../../src/core/simulation/venue.ts';
import type { VenueEvent, VenueOrder, VenueTrade } from '../../src/core/simulation/venue-order.ts';
import { orderFromTexts, orderTexts, type VenueOrderTexts } from '../../src/core/simulation/working-order.ts';
import { decimal } from '../../src/core/trading/money.ts';

/** Where the market stands and what the account holds: everything but the history of orders and trades. */
interface ExchangeState {
  /** Which market this is the state of. */
  readonly market: string;
  readonly initialBalances: Readonly<Record<string, string>>;
  /** Bars (or recorded frames) played to the end. */
  readonly played: number;
  /** Points played of the bar after those. */
  readonly points: number;
  readonly venue: VenueSnapshot;
}

interface Page {
  readonly from: number;
  readonly to: number;
  readonly fromId: number;
  readonly limit: number;
  readonly newest: boolean;
}

export interface ExchangeStore {
  load(): ExchangeState | undefined;
  /** Writes the state and what has happened since, in one transaction. */
  save(state: ExchangeState, events: readonly VenueEvent[]): void;
  order(id: number): VenueOrder | undefined;
  /** The newest order with this client id. */
  orderByClientId(clientOrderId: string): VenueOrder | undefined;
  orders(page: Page): readonly VenueOrder[];
  trades(page: Page, orderId?: number): readonly VenueTrade[];
  close(): void;
}

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS state (id INTEGER PRIMARY KEY CHECK (id = 1), body TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS orders (id INTEGER PRIMARY KEY, client_order_id TEXT NOT NULL, created_at INTEGER NOT NULL, body TEXT NOT NULL) STRICT;
  CREATE INDEX IF NOT EXISTS orders_by_client_id ON orders (client_order_id);
  CREATE TABLE IF NOT EXISTS trades (id INTEGER PRIMARY KEY, order_id INTEGER NOT NULL, executed_at INTEGER NOT NULL, body TEXT NOT NULL) STRICT;
  CREATE INDEX IF NOT EXISTS trades_by_order ON trades (order_id);
`;

const reviveOrder = (row: unknown): VenueOrder =>
  orderFromTexts(JSON.parse((row as { body: string }).body) as VenueOrderTexts);

function reviveTrade(row: unknown): VenueTrade {
  const { price, quantity, cost, fee, ...rest } = JSON.parse((row as { body: string }).body);
  return { ...rest, price: decimal(price), quantity: decimal(quantity), cost: decimal(cost), fee: decimal(fee) };
}

function openDatabase(path: string): DatabaseSync {
  try {
    const database = new DatabaseSync(path);
    // NORMAL outlives a killed process, which is what a simulated exchange must outlive; it does not wait for the disk at each order.
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 2000;');
    database.exec(SCHEMA);
    return database;
  } catch (error) {
    throw new AresError(
      'STATE_UNREADABLE',
      `${path} must be a database of the paper exchange that can be written (${messageOf(error)})`,
      { path },
      error,
    );
  }
}

/** @param path a file, or `:memory:` */
export function openExchangeStore(path: string): ExchangeStore {
  const database = openDatabase(path);
  const putState = database.prepare(
    'INSERT INTO state VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET body = excluded.body',
  );
  const putOrder = database.prepare(
    'INSERT INTO orders VALUES (?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET body = excluded.body',
  );
  const putTrade = database.prepare('INSERT INTO trades VALUES (?, ?, ?, ?)');
  const range = 'id >= ? AND created_at >= ? AND created_at <= ?';
  const ordersUp = database.prepare(`SELECT body FROM orders WHERE ${range} ORDER BY id LIMIT ?`);
  const ordersDown = database.prepare(`SELECT body FROM orders WHERE ${range} ORDER BY id DESC LIMIT ?`);
  const tradeRange = 'id >= ? AND executed_at >= ? AND executed_at <= ? AND (? IS NULL OR order_id = ?)';
  const tradesUp = database.prepare(`SELECT body FROM trades WHERE ${tradeRange} ORDER BY id LIMIT ?`);
  const tradesDown = database.prepare(`SELECT body FROM trades WHERE ${tradeRange} ORDER BY id DESC LIMIT ?`);
  const orderById = database.prepare('SELECT body FROM orders WHERE id = ?');
  const orderByClientId = database.prepare(
    'SELECT body FROM orders WHERE client_order_id = ? ORDER BY id DESC LIMIT 1',
  );

  function write(state: ExchangeState, events: readonly VenueEvent[]): void {
    const changed = new Map(events.map(({ order }) => [order.id, order]));
    for (const order of changed.values()) {
      putOrder.run(order.id, order.clientOrderId, order.createdAt, JSON.stringify(orderTexts(order)));
    }
    for (const event of events) {
      if (event.kind !== 'trade') continue;
      putTrade.run(event.trade.id, event.trade.orderId, event.trade.at, JSON.stringify(event.trade));
    }
    putState.run(JSON.stringify(state));
  }

  return {
    load() {
      const row = database.prepare('SELECT body FROM state').get() as { body: string } | undefined;
      return row && (JSON.parse(row.body) as ExchangeState);
    },
    save(state, events) {
      try {
        database.exec('BEGIN IMMEDIATE');
        write(state, events);
        database.exec('COMMIT');
      } catch (error) {
        // The venue is ahead of its books now: whoever runs this exchange must end it, and start it again from the books.
        if (database.isTransaction) database.exec('ROLLBACK');
        throw new AresError(
          'STATE_UNWRITABLE',
          `${path} must take writes, failed (${messageOf(error)})`,
          { path },
          error,
        );
      }
    },
    order(id) {
      const row = orderById.get(id);
      return row && reviveOrder(row);
    },
    orderByClientId(clientOrderId) {
      const row = orderByClientId.get(clientOrderId);
      return row && reviveOrder(row);
    },
    orders({ from, to, fromId, limit, newest }) {
      const rows = (newest ? ordersDown : ordersUp).all(fromId, from, to, limit).map(reviveOrder);
      return newest ? rows.reverse() : rows;
    },
    trades({ from, to, fromId, limit, newest }, orderId) {
      const id = orderId ?? null;
      const rows = (newest ? tradesDown : tradesUp).all(fromId, from, to, id, id, limit).map(reviveTrade);
      return newest ? rows.reverse() : rows;
    },
    close: () => database.close(),
  };
}
