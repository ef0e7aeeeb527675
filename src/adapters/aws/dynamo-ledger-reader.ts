import { GetItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { checkQuery, pageToken } from '../../core/ledger/check-query.ts';
import type { Item, LedgerReader, Query } from '../../core/ports/ledger.ts';
import { dynamoError } from './dynamo-error.ts';
import { type Attributes, itemFrom, keyAttributes } from './dynamo-item.ts';
import type { DynamoOptions } from './dynamo-options.ts';
import { ledgerTable } from './ledger-tables.ts';

function keyCondition(query: Query, group: string, range: string) {
  const { pk, from, to } = query;
  const names = { '#group': group };
  if (from === undefined && to === undefined) return { expression: '#group = :pk', names, values: { ':pk': pk } };
  const ranged = { ...names, '#range': range };
  if (to === undefined)
    return { expression: '#group = :pk AND #range >= :from', names: ranged, values: { ':pk': pk, ':from': from } };
  if (from === undefined)
    return { expression: '#group = :pk AND #range <= :to', names: ranged, values: { ':pk': pk, ':to': to } };
  return {
    expression: '#group = :pk AND #range BETWEEN :from AND :to',
    names: ranged,
    values: { ':pk': pk, ':from': from, ':to': to },
  };
}

/** DynamoDB refuses bounds that cross, where other ledgers find nothing between them. */
const isEmptyRange = ({ from, to }: Query) =>
  to !== undefined && (to === '' || (from !== undefined && Buffer.compare(Buffer.from(from), Buffer.from(to)) > 0));

/** Reads of the ledger's tables: by key strongly consistent, by index eventually. */
export function dynamoLedgerReader({ client, tables }: DynamoOptions): LedgerReader {
  const startKey = (query: Query): Attributes | undefined => {
    const byIndex = query.by === 'index';
    const after = checkQuery(query, byIndex ? 4 : 2);
    if (!after) return undefined;
    if (!byIndex) return marshall({ pk: query.pk, sk: after[1] });
    return marshall({ ipk: query.pk, isk: after[1], pk: after[2], sk: after[3] });
  };

  const send = async (query: Query, limit: number, from: Attributes | undefined) => {
    const byIndex = query.by === 'index';
    const { partitionKey, sortKey, index } = ledgerTable;
    // An empty text is no key in DynamoDB and begins every range.
    const bounds = { ...query, from: query.from === '' ? undefined : query.from };
    const condition = byIndex
      ? keyCondition(bounds, index.partitionKey, index.sortKey)
      : keyCondition(bounds, partitionKey, sortKey);
    return client.send(
      new QueryCommand({
        TableName: tables[query.table],
        IndexName: byIndex ? index.name : undefined,
        ConsistentRead: !byIndex,
        KeyConditionExpression: condition.expression,
        ExpressionAttributeNames: condition.names,
        ExpressionAttributeValues: marshall(condition.values),
        ScanIndexForward: query.order !== 'descending',
        Limit: limit,
        ExclusiveStartKey: from,
      }),
    );
  };

  return {
    async get(key) {
      try {
        const command = new GetItemCommand({
          TableName: tables[key.table],
          Key: keyAttributes(key),
          ConsistentRead: true,
        });
        const { Item: attributes } = await client.send(command);
        return attributes && itemFrom(key.table, attributes);
      } catch (error) {
        throw dynamoError(error);
      }
    },

    async query(query) {
      let from = startKey(query);
      const items: Item[] = [];
      if (isEmptyRange(query)) return { items };
      try {
        // One answer holds at most a megabyte, so a page may need several.
        do {
          const answer = await send(query, query.limit - items.length, from);
          items.push(...(answer.Items ?? []).map((attributes) => itemFrom(query.table, attributes)));
          from = answer.LastEvaluatedKey;
        } while (from && items.length < query.limit);
      } catch (error) {
        throw dynamoError(error);
      }
      const last = items.at(-1);
      if (!from || !last) return { items };
      const { pk, sk } = last.key;
      return {
        items,
        next: query.by === 'index' && last.index ? pageToken(query.pk, last.index.sk, pk, sk) : pageToken(query.pk, sk),
      };
    },
  };
}
