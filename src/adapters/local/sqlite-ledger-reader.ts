import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { checkQuery, pageToken } from '../../core/ledger/check-query.ts';
import { decodeValue } from '../../core/ledger/decode-value.ts';
import type { Item, Key, LedgerReader, Query, TableName } from '../../core/ports/ledger.ts';
import { readRows } from './read-rows.ts';

interface Row {
  readonly pk: string;
  readonly sk: string;
  readonly version: number;
  readonly value: string;
  readonly ipk: string | null;
  readonly isk: string | null;
}

const COLUMNS = 'pk, sk, version, value, ipk, isk';

function toItem(table: TableName, row: Row): Item {
  const key: Key = { table, pk: row.pk, sk: row.sk };
  const item = { key, version: row.version, value: decodeValue(key, row.value) };
  return row.ipk === null || row.isk === null ? item : { ...item, index: { pk: row.ipk, sk: row.isk } };
}

/** The statement and its parameters; what differs between two queries of the same shape is only parameters. */
function selection(query: Query, after: readonly string[] | undefined): { sql: string; parameters: string[] } {
  const byIndex = query.by === 'index';
  const descending = query.order === 'descending';
  const [group, range] = byIndex ? ['ipk', 'isk'] : ['pk', 'sk'];
  const position = byIndex ? ['isk', 'pk', 'sk'] : ['sk'];
  const conditions = [`${group} = ?`];
  const parameters = [query.pk];
  if (query.from !== undefined) {
    conditions.push(`${range} >= ?`);
    parameters.push(query.from);
  }
  if (query.to !== undefined) {
    conditions.push(`${range} <= ?`);
    parameters.push(query.to);
  }
  if (after) {
    conditions.push(`(${position.join(', ')}) ${descending ? '<' : '>'} (${position.map(() => '?').join(', ')})`);
    parameters.push(...after.slice(1));
  }
  const order = position.map((column) => `${column} ${descending ? 'DESC' : 'ASC'}`).join(', ');
  const sql = `SELECT ${COLUMNS} FROM ${query.table} WHERE ${conditions.join(' AND ')} ORDER BY ${order} LIMIT ${query.limit + 1}`;
  return { sql, parameters };
}

/** Reads of the ledger in an open database. */
export function sqliteLedgerReader(db: DatabaseSync): LedgerReader {
  const statements = new Map<string, StatementSync>();
  const statement = (sql: string): StatementSync => {
    const known = statements.get(sql) ?? db.prepare(sql);
    statements.set(sql, known);
    return known;
  };
  return {
    async get(key) {
      const read = statement(`SELECT ${COLUMNS} FROM ${key.table} WHERE pk = ? AND sk = ?`);
      const row = readRows(db, () => read.get(key.pk, key.sk)) as Row | undefined;
      return row && toItem(key.table, row);
    },

    async query(query) {
      const after = checkQuery(query, query.by === 'index' ? 4 : 2);
      const { sql, parameters } = selection(query, after);
      const rows = readRows(db, () => statement(sql).all(...parameters)) as unknown as readonly Row[];
      const items = rows.slice(0, query.limit).map((row) => toItem(query.table, row));
      const last = items.at(-1);
      if (!last || rows.length <= query.limit) return { items };
      const { pk, sk } = last.key;
      const next =
        last.index && query.by === 'index' ? pageToken(query.pk, last.index.sk, pk, sk) : pageToken(query.pk, sk);
      return { items, next };
    },
  };
}
