import {
  type AttributeValue,
  type DynamoDBClient,
  GetItemCommand,
  type TransactWriteItem,
  type TransactWriteItemsCommandInput,
} from '@aws-sdk/client-dynamodb';
import { ledgerTable } from '../../src/adapters/aws/ledger-tables.ts';

type Attributes = Readonly<Record<string, AttributeValue>>;

/** Prepared and committed: a transaction pays twice for each kilobyte. */
const TRANSACTION = 2;
const KILOBYTE = 1_024;

/** As DynamoDB counts it: names and values in UTF-8, a number about a byte for two digits. */
function sizeOf(item: Attributes): number {
  return Object.entries(item).reduce((sum, [name, { S, N }]) => {
    const value = S === undefined ? Math.ceil((N ?? '').length / 2) + 1 : Buffer.byteLength(S);
    return sum + Buffer.byteLength(name) + value;
  }, 0);
}

const kilobytes = (item: Attributes | undefined): number => (item ? Math.ceil(sizeOf(item) / KILOBYTE) : 0);
const indexKeyOf = (item: Attributes | undefined): string | undefined => {
  const { partitionKey, sortKey } = ledgerTable.index;
  const [pk, sk] = [item?.[partitionKey]?.S, item?.[sortKey]?.S];
  return pk === undefined || sk === undefined ? undefined : `${pk} ${sk}`;
};

/** What the index pays: the entry that comes and the one that goes, or the larger of both where it stays at its place. */
function indexKilobytes(before: Attributes | undefined, after: Attributes | undefined): number {
  const [old, next] = [indexKeyOf(before), indexKeyOf(after)];
  if (old === next) return old === undefined ? 0 : Math.max(kilobytes(before), kilobytes(after));
  return (old === undefined ? 0 : kilobytes(before)) + (next === undefined ? 0 : kilobytes(after));
}

/**
 * The write units of one transaction by AWS's own rules, since DynamoDB Local 2.6.1 counts some transactions twice.
 *
 * Each item costs two units a kilobyte, begun ones counting in full, of itself before or after, whichever is larger; a check as much as a write; the
 * index the same for its entries. Source: Amazon DynamoDB Developer Guide, "DynamoDB read and write operations" and "Transactions: how it works".
 */
export async function transactionUnits(
  { TransactItems = [] }: TransactWriteItemsCommandInput,
  client: DynamoDBClient,
): Promise<number> {
  const stored = async (TableName: string | undefined, Key: Attributes | undefined) =>
    (await client.send(new GetItemCommand({ TableName, Key, ConsistentRead: true }))).Item;
  const unitsOf = async ({ Put, Delete, ConditionCheck }: TransactWriteItem): Promise<number> => {
    if (Put?.Item) {
      const { pk, sk } = Put.Item;
      const before = await stored(Put.TableName, { pk, sk } as Attributes);
      return Math.max(kilobytes(before), kilobytes(Put.Item)) + indexKilobytes(before, Put.Item);
    }
    const target = Delete ?? ConditionCheck;
    const before = await stored(target?.TableName, target?.Key);
    return Math.max(1, kilobytes(before)) + (Delete ? indexKilobytes(before, undefined) : 0);
  };
  const units = await Promise.all(TransactItems.map(unitsOf));
  return TRANSACTION * units.reduce((sum, one) => sum + one, 0);
}
