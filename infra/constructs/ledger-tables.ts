import { RemovalPolicy } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { ledgerTable, type ledgerTableNames, OUTBOX_PREFIX } from '../../src/adapters/aws/ledger-tables.ts';
import { keys } from '../../src/core/ledger-keys.ts';
import type { EncryptionKey } from './encryption-key.ts';
import type { EnvName, Holder } from './holder.ts';

type TableName = (typeof ledgerTableNames)[number];

const ENVIRONMENT: Readonly<Record<TableName, EnvName>> = {
  state: 'ARES_STATE_TABLE',
  registry: 'ARES_REGISTRY_TABLE',
  audit: 'ARES_AUDIT_TABLE',
};

const READ = ['dynamodb:GetItem', 'dynamodb:Query'];
const WRITE = ['dynamodb:PutItem', 'dynamodb:DeleteItem', 'dynamodb:ConditionCheckItem', 'dynamodb:BatchWriteItem'];
/** What was recorded stays: no delete, no update, and no batch, which could delete. That no put replaces is for the condition of each commit: IAM cannot say it. */
const RECORD = ['dynamodb:PutItem', 'dynamodb:ConditionCheckItem'];

const text = (name: string): dynamodb.Attribute => ({ name, type: dynamodb.AttributeType.STRING });

const indexOf = (table: dynamodb.Table): string => `${table.tableArn}/index/${ledgerTable.index.name}`;

/** The ledger's three tables. */
export class LedgerTables extends Construct {
  /** With a stream of new items, from which the outbox is relayed. */
  readonly state: dynamodb.Table;
  readonly registry: dynamodb.Table;
  /** Nobody is granted to update or delete in it. A put could replace an entry; the chain of hashes would not fit then. */
  readonly audit: dynamodb.Table;
  readonly #encryption: EncryptionKey;

  constructor(scope: Construct, id: string, { encryption }: { readonly encryption: EncryptionKey }) {
    super(scope, id);
    this.#encryption = encryption;
    // What may expire says so itself; audit has no such attribute switched on.
    const expiring = { timeToLiveAttribute: ledgerTable.timeToLive };
    this.state = this.#table('State', { ...expiring, stream: dynamodb.StreamViewType.NEW_IMAGE });
    this.registry = this.#table('Registry', expiring);
    this.audit = this.#table('Audit', {});
  }

  grantRead(holder: Holder): void {
    this.#name(holder);
    for (const table of this.#all()) this.#allow(holder, READ, [table.tableArn, indexOf(table)]);
    this.#encryption.grantVia(holder, 'dynamodb', 'read');
  }

  /** Reading too: a commit checks what it expects. */
  grantWrite(holder: Holder): void {
    this.grantRead(holder);
    for (const table of [this.state, this.registry]) this.#allow(holder, WRITE, [table.tableArn]);
    this.#allow(holder, RECORD, [this.audit.tableArn]);
    this.#encryption.grantVia(holder, 'dynamodb', 'write');
  }

  /** Seeing which events wait, and removing them once they are published. */
  grantOutbox(holder: Holder): void {
    this.#name(holder);
    this.#allow(holder, ['dynamodb:Query'], [indexOf(this.state)]);
    this.#allow(holder, ['dynamodb:BatchWriteItem'], [this.state.tableArn], {
      'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [`${OUTBOX_PREFIX}*`] },
    });
    this.#encryption.grantVia(holder, 'dynamodb', 'write');
  }

  /** The marks by which a function knows what it has handled before, and nothing else. */
  grantHandledMarks(holder: Holder, functionName: string): void {
    this.#name(holder);
    this.#allow(holder, ['dynamodb:GetItem', 'dynamodb:BatchWriteItem'], [this.state.tableArn], {
      'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': [keys.handled(functionName, '').pk] },
    });
    this.#encryption.grantVia(holder, 'dynamodb', 'write');
  }

  #all(): readonly dynamodb.Table[] {
    return [this.state, this.registry, this.audit];
  }

  #name(holder: Holder): void {
    for (const [name, variable] of Object.entries(ENVIRONMENT) as [TableName, EnvName][])
      holder.addEnvironment(variable, this[name].tableName);
  }

  #allow(
    holder: Holder,
    actions: string[],
    resources: string[],
    conditions?: Record<string, Record<string, string[]>>,
  ): void {
    holder.grantPrincipal.addToPrincipalPolicy(
      new iam.PolicyStatement({ actions, resources, ...(conditions ? { conditions } : {}) }),
    );
  }

  #table(id: string, more: Partial<dynamodb.TableProps>): dynamodb.Table {
    const { partitionKey, sortKey, index } = ledgerTable;
    const table = new dynamodb.Table(this, id, {
      partitionKey: text(partitionKey),
      sortKey: text(sortKey),
      billingMode: dynamodb.BillingMode.PAY_PER_REQUEST,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
      encryption: dynamodb.TableEncryption.CUSTOMER_MANAGED,
      encryptionKey: this.#encryption.key,
      ...more,
    });
    table.addGlobalSecondaryIndex({
      indexName: index.name,
      partitionKey: text(index.partitionKey),
      sortKey: text(index.sortKey),
      projectionType: dynamodb.ProjectionType.ALL,
    });
    return table;
  }
}
