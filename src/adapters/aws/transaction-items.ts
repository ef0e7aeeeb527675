import type { TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { type AuditHead, auditEntryKey, auditHeadKey, auditTimeIndex } from '../../core/audit/audit-entry.ts';
import type { ChainedAudit } from '../../core/audit/chain-audit.ts';
import type { EventMetadata } from '../../core/events/envelope.ts';
import { encodeValue } from '../../core/ledger/encode-value.ts';
import { sortable } from '../../core/ledger-keys.ts';
import type { EpochMillis } from '../../core/ports/clock.ts';
import type { AuditStream, Expected, IndexKey, Key, Write } from '../../core/ports/ledger.ts';
import { itemAttributes, keyAttributes } from './dynamo-item.ts';
import { type LedgerTableNames, OUTBOX_PREFIX } from './ledger-tables.ts';

export const PENDING_EVENTS = '~outbox-pending';

export const tokenKey = (token: string): Key => ({ table: 'state', pk: `~commit#${token}`, sk: 'token' });

export const eventKey = (id: string): Key => ({ table: 'state', pk: `${OUTBOX_PREFIX}${id}`, sk: 'event' });

function condition(expected: Expected) {
  if (expected === 'absent') return { ConditionExpression: 'attribute_not_exists(pk)' };
  return {
    ConditionExpression: '#version = :expected',
    ExpressionAttributeNames: { '#version': 'version' },
    ExpressionAttributeValues: marshall({ ':expected': expected }),
  };
}

/** The items of one transaction on the named tables. */
export function transactionItems(tables: LedgerTableNames) {
  const put = (key: Key, expected: Expected, text: string, index?: IndexKey): TransactWriteItem => ({
    Put: {
      TableName: tables[key.table],
      Item: itemAttributes(key, expected === 'absent' ? 1 : expected + 1, text, index),
      ...condition(expected),
    },
  });

  return {
    token: (token: string, forgottenAt?: EpochMillis): TransactWriteItem => ({
      Put: {
        TableName: tables.state,
        Item: itemAttributes(tokenKey(token), 1, '{}', undefined, forgottenAt),
        ...condition('absent'),
      },
    }),

    write(write: Write, text: string): TransactWriteItem {
      if (write.kind === 'put') return put(write.key, write.expected, text, write.index);
      const target = {
        TableName: tables[write.key.table],
        Key: keyAttributes(write.key),
        ...condition(write.expected),
      };
      return write.kind === 'delete' ? { Delete: target } : { ConditionCheck: target };
    },

    /** Waiting events stand in the order of their commits' wall times, which tell how long they have waited. */
    event({ id, occurredAt, sequence }: EventMetadata, text: string, committedAt: EpochMillis): TransactWriteItem {
      const sk = [committedAt, occurredAt, sequence].map(sortable).join('#');
      const index = { pk: PENDING_EVENTS, sk: `${sk}#${id}` };
      return { Put: { TableName: tables.state, Item: itemAttributes(eventKey(id), 1, text, index) } };
    },

    /** Entries first, then one head a stream, each bound to the head that was read. */
    audit(chained: ChainedAudit, heads: ReadonlyMap<AuditStream, AuditHead>): TransactWriteItem[] {
      const entries = chained.entries.map((entry) => {
        const key = auditEntryKey(entry.stream, entry.sequence);
        return put(
          key,
          'absent',
          encodeValue(key, entry),
          auditTimeIndex(entry.stream, entry.timestamp, entry.sequence),
        );
      });
      const ends = [...chained.heads].map(([stream, head]): TransactWriteItem => {
        const key = auditHeadKey(stream);
        return {
          Put: {
            TableName: tables.audit,
            Item: itemAttributes(key, head.sequence, encodeValue(key, head)),
            ...condition(heads.get(stream)?.sequence ?? 'absent'),
          },
        };
      });
      return [...entries, ...ends];
    },
  };
}
