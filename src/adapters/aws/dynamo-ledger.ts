import { createHash } from 'node:crypto';
import {
  IdempotentParameterMismatchException,
  TransactionCanceledException,
  TransactionInProgressException,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { AresError } from '../../core/ares-error.ts';
import { type AuditHead, auditHeadKey, parseAuditHead } from '../../core/audit/audit-entry.ts';
import { chainAudit } from '../../core/audit/chain-audit.ts';
import { checkAppend } from '../../core/ledger/check-append.ts';
import { keyText } from '../../core/ledger/check-commit.ts';
import { encodeValue } from '../../core/ledger/encode-value.ts';
import { prepareCommit } from '../../core/ledger/prepare-commit.ts';
import { type EpochMillis, epochMillis } from '../../core/ports/clock.ts';
import type { AuditStream, Commit, CommitOutcome, Ledger } from '../../core/ports/ledger.ts';
import { backOff } from './back-off.ts';
import { batchWrite } from './batch-write.ts';
import { dynamoError, isThrottle } from './dynamo-error.ts';
import { itemAttributes } from './dynamo-item.ts';
import { dynamoLedgerReader } from './dynamo-ledger-reader.ts';
import type { DynamoOptions } from './dynamo-options.ts';
import { tokenKey, transactionItems } from './transaction-items.ts';

/** With ten commits racing for one chain head the last one needs about ten. */
const MAX_ATTEMPTS = 30;

/** Names the request for DynamoDB's own ten minutes of idempotency: a retry of the client is the same request, one with another chain head is not. */
const requestToken = (items: readonly TransactWriteItem[]): string =>
  createHash('sha256').update(JSON.stringify(items)).digest('hex').slice(0, 36);

const forgottenAt = ({ keepTokenMs }: Commit, now: EpochMillis): EpochMillis | undefined =>
  keepTokenMs === undefined ? undefined : epochMillis(now + keepTokenMs);

type Attempt = CommitOutcome | { readonly outcome: 'again'; readonly reason: string };

/** Says what a cancelled transaction means; `reasons` are in the order of its items: token, writes, everything else. */
function readCancellation(reasons: readonly string[], commit: Commit): Attempt {
  const failed = (at: number) => reasons[at] === 'ConditionalCheckFailed';
  if (failed(0)) return { outcome: 'committed', repeated: true };
  const unmet = commit.writes.filter((_, at) => failed(at + 1));
  if (unmet.length > 0) return { outcome: 'conflict', keys: unmet.map((write) => write.key) };
  const passing = ['None', 'ConditionalCheckFailed', 'TransactionConflict'];
  const fault = reasons.find((reason) => !passing.includes(reason) && !isThrottle(reason));
  if (fault)
    throw new AresError('LEDGER_REFUSED', `DynamoDB must accept the transaction, cancelled it: ${reasons.join(', ')}`, {
      reasons,
    });
  return { outcome: 'again', reason: reasons.find((reason) => reason !== 'None') ?? 'None' };
}

/** The ledger on DynamoDB: one transaction a commit, on tables like `ledgerTable`. */
export function createDynamoLedger(options: DynamoOptions): Ledger {
  const { client, tables } = options;
  const reader = dynamoLedgerReader(options);
  const items = transactionItems(tables);

  const readHeads = async (streams: ReadonlySet<AuditStream>): Promise<Map<AuditStream, AuditHead>> => {
    const read = async (stream: AuditStream) => [stream, await reader.get(auditHeadKey(stream))] as const;
    const found = await Promise.all([...streams].map(read));
    return new Map(
      found.flatMap(([stream, item]) => (item ? [[stream, parseAuditHead(stream, item.value)] as const] : [])),
    );
  };

  const isCommitted = async (token: string) => (await reader.get(tokenKey(token))) !== undefined;

  const send = async (commit: Commit, transaction: TransactWriteItem[]): Promise<Attempt> => {
    try {
      const ClientRequestToken = requestToken(transaction);
      await client.send(new TransactWriteItemsCommand({ TransactItems: transaction, ClientRequestToken }));
      return { outcome: 'committed', repeated: false };
    } catch (error) {
      if (error instanceof TransactionCanceledException) {
        const reasons = (error.CancellationReasons ?? []).map((reason) => reason.Code ?? 'None');
        const meaning = readCancellation(reasons, commit);
        // Whoever committed this token first may have changed what it expected.
        const repeated = meaning.outcome === 'conflict' && (await isCommitted(commit.token));
        return repeated ? { outcome: 'committed', repeated } : meaning;
      }
      if (error instanceof TransactionInProgressException) return { outcome: 'again', reason: error.name };
      if (error instanceof IdempotentParameterMismatchException) throw dynamoError(error);
      // The answer may have been lost after the transaction was done: the token tells.
      if (await isCommitted(commit.token)) return { outcome: 'committed', repeated: true };
      throw dynamoError(error);
    }
  };

  return {
    ...reader,

    async commit(commit) {
      const { writes, events } = prepareCommit(commit);
      const committedAt = options.clock.now();
      const fixed = [
        items.token(commit.token, forgottenAt(commit, committedAt)),
        ...writes.map(({ write, text }) => items.write(write, text)),
        ...events.map(({ text }, at) => items.event(commit.events[at]!.detail.metadata, text, committedAt)),
      ];
      const streams = new Set(commit.audit.map((draft) => draft.stream));
      let reason = '';
      for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
        const heads = await readHeads(streams);
        const result = await send(commit, [...fixed, ...items.audit(chainAudit(commit.audit, heads), heads)]);
        if (result.outcome !== 'again') return result;
        reason = result.reason;
        await backOff(options, attempt);
      }
      const code = isThrottle(reason) ? 'LEDGER_THROTTLED' : 'LEDGER_BUSY';
      throw new AresError(
        code,
        `a commit must go through within ${MAX_ATTEMPTS} tries, others or limits were in the way each time (${reason})`,
        {
          token: commit.token,
          reason,
        },
      );
    },

    async append(records) {
      // DynamoDB refuses a batch that writes a key twice: the last one wins here.
      const requests = new Map(
        records.map((record) => {
          checkAppend(record);
          const { key, value, index, expiresAt } = record;
          const Item = itemAttributes(key, 1, encodeValue(key, value), index, expiresAt);
          return [keyText(key), { table: tables[key.table], request: { PutRequest: { Item } } }] as const;
        }),
      );
      await batchWrite(options, [...requests.values()]);
    },
  };
}
