import { DatabaseSync } from 'node:sqlite';
import { AresError, messageOf } from '../../src/core/ares-error.ts';
import type { BalanceTexts, TransferTexts } from '../../src/core/simulation/account.ts';
import type { VenueSnapshot } from '../../src/core/simulation/venue.ts';
import type { VenueEvent, VenueOrder, VenuePair, VenueTrade } from '../../src/core/simulation/venue-order.ts';
import { orderFromTexts, orderTexts, type VenueOrderTexts } from '../../src/core/simulation/working-order.ts';
import { decimal } from '../../src/core/trading/money.ts';

/** Where the markets stand and what the account holds: everything but the history of orders and trades. */
export interface ExchangeState {
  /** Which markets this is the state of. */
  readonly market: string;
  readonly initialBalances: Readonly<Record<string, string>>;
  /** Bars (or recorded frames) played to the end. */
  readonly played: number;
  /** Points played of the bar after those. */
  readonly points: number;
  readonly account: { readonly balances: BalanceTexts; readonly transfers: readonly TransferTexts[] };
  /** By symbol as Binance writes it. */
  readonly venues: Readonly<Record<string, VenueSnapshot>>;
}

/** How the state was written while there was one market only, whose venue held the account. */
type StateOfOne = Omit<ExchangeState, 'account' | 'venues'> & { readonly venue: VenueSnapshot };

/** What happened in one market. */
export interface MarketEvents {
  readonly symbolId: string;
  readonly events: readonly VenueEvent[];
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
  save(state: ExchangeState, moves: readonly MarketEvents[]): void;
  order(symbolId: string, id: number): VenueOrder | undefined;
  /** The newest order with this client id. */
  orderByClientId(symbolId: string, clientOrderId: string): VenueOrder | undefined;
  orders(symbolId: string, page: Page): readonly VenueOrder[];
  trades(symbolId: string, page: Page, orderId?: number): readonly VenueTrade[];
  pair(symbolId: string, listId: number): VenuePair | undefined;
  /** The newest pair with this client id. */
  pairByClientId(symbolId: string, listClientOrderId: string): VenuePair | undefined;
  pairs(symbolId: string, page: Page): readonly VenuePair[];
  close(): void;
}

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS state (id INTEGER PRIMARY KEY CHECK (id = 1), body TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS orders (symbol TEXT NOT NULL, id INTEGER NOT NULL, client_order_id TEXT NOT NULL, created_at INTEGER NOT NULL, body TEXT NOT NULL, PRIMARY KEY (symbol, id)) STRICT;
  CREATE INDEX IF NOT EXISTS orders_of_client ON orders (symbol, client_order_id);
  CREATE TABLE IF NOT EXISTS trades (symbol TEXT NOT NULL, id INTEGER NOT NULL, order_id INTEGER NOT NULL, executed_at INTEGER NOT NULL, body TEXT NOT NULL, PRIMARY KEY (symbol, id)) STRICT;
  CREATE INDEX IF NOT EXISTS trades_of_order ON trades (symbol, order_id);
  CREATE TABLE IF NOT EXISTS pairs (symbol TEXT NOT NULL, id INTEGER NOT NULL, client_order_id TEXT NOT NULL, created_at INTEGER NOT NULL, body TEXT NOT NULL, PRIMARY KEY (symbol, id)) STRICT;
`;

/** Books of the time when there was one market: their rows belong to it. */
function takeOverBooksOfOne(database: DatabaseSync): void {
  const columns = database.prepare("SELECT name FROM pragma_table_info('orders')").all() as { name: string }[];
  if (columns.length === 0 || columns.some(({ name }) => name === 'symbol')) return;
  const row = database.prepare('SELECT body FROM state').get() as { body: string } | undefined;
  const symbol = row ? symbolIdOf(JSON.parse(row.body) as StateOfOne) : '';
  database.exec('BEGIN IMMEDIATE; ALTER TABLE orders RENAME TO old_orders; ALTER TABLE trades RENAME TO old_trades;');
  database.exec(SCHEMA);
  database.prepare('INSERT INTO orders SELECT ?, id, client_order_id, created_at, body FROM old_orders').run(symbol);
  database.prepare('INSERT INTO trades SELECT ?, id, order_id, executed_at, body FROM old_trades').run(symbol);
  database.exec('DROP TABLE old_orders; DROP TABLE old_trades; COMMIT;');
}

/** `BTC/USDT 1m …` is the market BTCUSDT. */
const symbolIdOf = ({ market }: StateOfOne): string => (market.split(' ')[0] ?? '').replace('/', '');

function reviveState(body: string): ExchangeState {
  const state = JSON.parse(body) as ExchangeState | StateOfOne;
  if (!('venue' in state)) return state;
  const { venue, ...rest } = state;
  return { ...rest, account: { balances: venue.balances, transfers: [] }, venues: { [symbolIdOf(state)]: venue } };
}

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
    takeOverBooksOfOne(database);
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
    'INSERT INTO orders VALUES (?, ?, ?, ?, ?) ON CONFLICT (symbol, id) DO UPDATE SET body = excluded.body',
  );
  const putTrade = database.prepare('INSERT INTO trades VALUES (?, ?, ?, ?, ?)');
  const putPair = database.prepare(
    'INSERT INTO pairs VALUES (?, ?, ?, ?, ?) ON CONFLICT (symbol, id) DO UPDATE SET body = excluded.body',
  );
  const range = 'symbol = ? AND id >= ? AND created_at >= ? AND created_at <= ?';
  const ordersUp = database.prepare(`SELECT body FROM orders WHERE ${range} ORDER BY id LIMIT ?`);
  const ordersDown = database.prepare(`SELECT body FROM orders WHERE ${range} ORDER BY id DESC LIMIT ?`);
  const pairsUp = database.prepare(`SELECT body FROM pairs WHERE ${range} ORDER BY id LIMIT ?`);
  const pairsDown = database.prepare(`SELECT body FROM pairs WHERE ${range} ORDER BY id DESC LIMIT ?`);
  const tradeRange = 'symbol = ? AND id >= ? AND executed_at >= ? AND executed_at <= ? AND (? IS NULL OR order_id = ?)';
  const tradesUp = database.prepare(`SELECT body FROM trades WHERE ${tradeRange} ORDER BY id LIMIT ?`);
  const tradesDown = database.prepare(`SELECT body FROM trades WHERE ${tradeRange} ORDER BY id DESC LIMIT ?`);
  const orderById = database.prepare('SELECT body FROM orders WHERE symbol = ? AND id = ?');
  const newestByClientId = 'WHERE symbol = ? AND client_order_id = ? ORDER BY id DESC LIMIT 1';
  const orderByClientId = database.prepare(`SELECT body FROM orders ${newestByClientId}`);
  const pairById = database.prepare('SELECT body FROM pairs WHERE symbol = ? AND id = ?');
  const pairByClientId = database.prepare(`SELECT body FROM pairs ${newestByClientId}`);

  function writeEvents({ symbolId, events }: MarketEvents): void {
    const changed = new Map(events.map(({ order }) => [order.id, order]));
    for (const order of changed.values()) {
      putOrder.run(symbolId, order.id, order.clientOrderId, order.createdAt, JSON.stringify(orderTexts(order)));
    }
    for (const event of events) {
      if (event.kind === 'trade') {
        const { id, orderId, at } = event.trade;
        putTrade.run(symbolId, id, orderId, at, JSON.stringify(event.trade));
      } else if (event.kind === 'pair_started' || event.kind === 'pair_done') {
        const { listId, listClientOrderId, createdAt } = event.pair;
        putPair.run(symbolId, listId, listClientOrderId, createdAt, JSON.stringify(event.pair));
      }
    }
  }

  const revivePair = (row: unknown): VenuePair => JSON.parse((row as { body: string }).body) as VenuePair;

  return {
    load() {
      const row = database.prepare('SELECT body FROM state').get() as { body: string } | undefined;
      return row && reviveState(row.body);
    },
    save(state, moves) {
      try {
        database.exec('BEGIN IMMEDIATE');
        for (const move of moves) writeEvents(move);
        putState.run(JSON.stringify(state));
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
    order(symbolId, id) {
      const row = orderById.get(symbolId, id);
      return row && reviveOrder(row);
    },
    orderByClientId(symbolId, clientOrderId) {
      const row = orderByClientId.get(symbolId, clientOrderId);
      return row && reviveOrder(row);
    },
    orders(symbolId, { from, to, fromId, limit, newest }) {
      const rows = (newest ? ordersDown : ordersUp).all(symbolId, fromId, from, to, limit).map(reviveOrder);
      return newest ? rows.reverse() : rows;
    },
    trades(symbolId, { from, to, fromId, limit, newest }, orderId) {
      const id = orderId ?? null;
      const rows = (newest ? tradesDown : tradesUp).all(symbolId, fromId, from, to, id, id, limit).map(reviveTrade);
      return newest ? rows.reverse() : rows;
    },
    pair(symbolId, listId) {
      const row = pairById.get(symbolId, listId);
      return row && revivePair(row);
    },
    pairByClientId(symbolId, listClientOrderId) {
      const row = pairByClientId.get(symbolId, listClientOrderId);
      return row && revivePair(row);
    },
    pairs(symbolId, { from, to, fromId, limit, newest }) {
      const rows = (newest ? pairsDown : pairsUp).all(symbolId, fromId, from, to, limit).map(revivePair);
      return newest ? rows.reverse() : rows;
    },
    close: () => database.close(),
  };
}
