import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import { AresError } from '../../core/ares-error.ts';
import { decodeValue } from '../../core/ledger/decode-value.ts';
import type { EpochMillis } from '../../core/ports/clock.ts';
import type { IndexKey, Item, Key, TableName } from '../../core/ports/ledger.ts';
import { ledgerTable } from './ledger-tables.ts';

export type Attributes = Record<string, AttributeValue>;

/** Values are kept as JSON text: DynamoDB's own numbers have another range and precision than JSON's. */
const schema = z.object({
  pk: z.string(),
  sk: z.string(),
  version: z.number(),
  value: z.string(),
  ipk: z.string().optional(),
  isk: z.string().optional(),
});

export const keyAttributes = (key: Pick<Key, 'pk' | 'sk'>): Attributes => marshall({ pk: key.pk, sk: key.sk });

export function itemAttributes(
  key: Pick<Key, 'pk' | 'sk'>,
  version: number,
  text: string,
  index?: IndexKey,
  expiresAt?: EpochMillis,
): Attributes {
  const indexed = index ? { ipk: index.pk, isk: index.sk } : {};
  // Rounded up, so that nothing vanishes early.
  const expiring = expiresAt === undefined ? {} : { [ledgerTable.timeToLive]: Math.ceil(expiresAt / 1_000) };
  return marshall({ pk: key.pk, sk: key.sk, version, value: text, ...indexed, ...expiring });
}

/** @throws AresError `LEDGER_CORRUPT` when the attributes are not an item's */
export function itemFrom(table: TableName, attributes: Attributes): Item {
  const parsed = schema.safeParse(unmarshall(attributes));
  if (!parsed.success) {
    const key = `${table} ${attributes.pk?.S} ${attributes.sk?.S}`;
    throw new AresError(
      'LEDGER_CORRUPT',
      `the stored item ${key} must have a version and a value, was not so: ${z.prettifyError(parsed.error)}`,
      { key },
    );
  }
  const { pk, sk, version, value, ipk, isk } = parsed.data;
  const key: Key = { table, pk, sk };
  const item = { key, version, value: decodeValue(key, value) };
  return ipk === undefined || isk === undefined ? item : { ...item, index: { pk: ipk, sk: isk } };
}
