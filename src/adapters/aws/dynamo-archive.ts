import {
  type AttributeValue,
  DeleteItemCommand,
  PutItemCommand,
  type PutItemCommandInput,
  ScanCommand,
  type ScanCommandOutput,
} from '@aws-sdk/client-dynamodb';
import { ARCHIVE_MARK, archiveMark, readArchiveMark } from '../../core/archive/archive-mark.ts';
import { checkTarget } from '../../core/archive/check-target.ts';
import { AresError } from '../../core/ares-error.ts';
import type { EventEnvelope } from '../../core/events/envelope.ts';
import { keyText } from '../../core/ledger/check-commit.ts';
import { encodeValue } from '../../core/ledger/encode-value.ts';
import { epochMillis } from '../../core/ports/clock.ts';
import type { Item, JsonObject, TableName } from '../../core/ports/ledger.ts';
import type { ArchivedRecord, ArchiveStanding, LedgerArchive } from '../../core/ports/ledger-archive.ts';
import { batchWrite, type TableWrite } from './batch-write.ts';
import { dynamoError } from './dynamo-error.ts';
import { type Attributes, itemAttributes, itemFrom, keyAttributes } from './dynamo-item.ts';
import { dynamoLedgerReader } from './dynamo-ledger-reader.ts';
import type { DynamoOptions } from './dynamo-options.ts';
import { ledgerTable, ledgerTableNames, OUTBOX_PREFIX } from './ledger-tables.ts';
import { eventKey, tokenKey, transactionItems } from './transaction-items.ts';

const LOAD_CHUNK = 500;
const TOKEN_PREFIX = tokenKey('').pk;

function expiryOf(attributes: Attributes) {
  const seconds = attributes[ledgerTable.timeToLive]?.N;
  return seconds === undefined ? {} : { expiresAt: epochMillis(Number(seconds) * 1_000) };
}

function recordOf(table: TableName, attributes: Attributes): ArchivedRecord | undefined {
  const item = itemFrom(table, attributes);
  const { pk } = item.key;
  if (table !== 'state' || !pk.startsWith('~')) return { kind: 'item', item, ...expiryOf(attributes) };
  if (pk === ARCHIVE_MARK.pk) return undefined;
  if (pk.startsWith(TOKEN_PREFIX)) return { kind: 'commit', token: pk.slice(TOKEN_PREFIX.length) };
  if (pk.startsWith(OUTBOX_PREFIX)) return { kind: 'event', event: item.value as JsonObject & EventEnvelope };
  throw new AresError(
    'LEDGER_CORRUPT',
    `what the ledger keeps for itself must be commits and outgoing events, was also ${keyText(item.key)}: a newer Ares wrote it`,
    { key: keyText(item.key) },
  );
}

/**
 * The ledger on DynamoDB as an archive has it.
 *
 * The one place that scans whole tables, strongly consistent, page after page: it costs as much as reading all there is, and is for moving and restoring only.
 */
export function createDynamoArchive(options: DynamoOptions): LedgerArchive {
  const { client, tables, clock } = options;
  const reader = dynamoLedgerReader(options);
  const items = transactionItems(tables);

  const scan = async (
    table: TableName,
    from: Record<string, AttributeValue> | undefined,
    limit?: number,
  ): Promise<ScanCommandOutput> => {
    try {
      return await client.send(
        new ScanCommand({ TableName: tables[table], ConsistentRead: true, ExclusiveStartKey: from, Limit: limit }),
      );
    } catch (error) {
      throw dynamoError(error);
    }
  };

  const isEmpty = async (): Promise<boolean> => {
    const pages = await Promise.all(ledgerTableNames.map((table) => scan(table, undefined, 1)));
    return pages.every(({ Items = [] }) => Items.length === 0);
  };

  const standing = async (id: string): Promise<ArchiveStanding> => {
    const mark = readArchiveMark(await reader.get(ARCHIVE_MARK), id);
    return mark ?? ((await isEmpty()) ? 'empty' : 'taken');
  };

  const attributesOf = ({ key, version, value, index }: Item, expiresAt?: ReturnType<typeof epochMillis>): Attributes =>
    itemAttributes(key, version, encodeValue(key, value), index, expiresAt);

  const putMark = async (id: string, standing: 'begun' | 'loaded', condition: Partial<PutItemCommandInput> = {}) => {
    try {
      await client.send(
        new PutItemCommand({ TableName: tables.state, Item: attributesOf(archiveMark(id, standing)), ...condition }),
      );
    } catch (error) {
      throw dynamoError(error);
    }
  };

  /** What a commit would have written. */
  const attributesOfRecord = (record: ArchivedRecord): readonly [TableName, Attributes] => {
    if (record.kind === 'item') return [record.item.key.table, attributesOf(record.item, record.expiresAt)];
    if (record.kind === 'commit') return ['state', items.token(record.token).Put?.Item ?? {}];
    const { metadata } = record.event.detail;
    const text = encodeValue(eventKey(metadata.id), record.event);
    return ['state', items.event(metadata, text, clock.now()).Put?.Item ?? {}];
  };

  const write = async (records: readonly ArchivedRecord[]): Promise<void> => {
    // DynamoDB refuses a batch that writes a key twice.
    const writes = new Map<string, TableWrite>();
    for (const record of records) {
      const [table, Item] = attributesOfRecord(record);
      writes.set(`${table} ${Item.pk?.S} ${Item.sk?.S}`, { table: tables[table], request: { PutRequest: { Item } } });
    }
    await batchWrite(options, [...writes.values()]);
  };

  return {
    standing,

    async *dump() {
      for (const table of ledgerTableNames) {
        let from: Record<string, AttributeValue> | undefined;
        do {
          const page = await scan(table, from);
          for (const attributes of page.Items ?? []) {
            const record = recordOf(table, attributes);
            if (record) yield record;
          }
          from = page.LastEvaluatedKey;
        } while (from);
      }
    },

    async load(id, records) {
      await checkTarget({ standing }, id);
      if ((await standing(id)) === 'empty') {
        // Two imports at once: the second one fails here.
        await putMark(id, 'begun', { ConditionExpression: 'attribute_not_exists(pk)' });
      }
      let chunk: ArchivedRecord[] = [];
      for await (const record of records) {
        chunk.push(record);
        if (chunk.length < LOAD_CHUNK) continue;
        await write(chunk);
        chunk = [];
      }
      await write(chunk);
      await putMark(id, 'loaded');
    },

    async finish(id) {
      if ((await standing(id)) !== 'loaded') return;
      try {
        await client.send(new DeleteItemCommand({ TableName: tables.state, Key: keyAttributes(ARCHIVE_MARK) }));
      } catch (error) {
        throw dynamoError(error);
      }
    },
  };
}
