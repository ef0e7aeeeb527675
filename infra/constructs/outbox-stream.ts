import { Duration } from 'aws-cdk-lib';
import type * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { SqsDlq } from 'aws-cdk-lib/aws-lambda-event-sources';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { ledgerTable, OUTBOX_PREFIX } from '../../src/adapters/aws/ledger-tables.ts';
import { AresError } from '../../src/core/ares-error.ts';

export interface OutboxStreamProps {
  readonly table: dynamodb.Table;
  readonly target: lambda.Function;
  readonly deadLetters: sqs.IQueue;
  readonly maxAttempts: number;
}

/** The sweeper publishes what is older than a minute, so the stream need not be held up for long by what fails. */
const OLDEST = Duration.minutes(5);

/** Hands every new item of the outbox to a function, as the state table's stream brings it; a bad record holds up no other. */
export class OutboxStream extends Construct {
  constructor(scope: Construct, id: string, { table, target, deadLetters, maxAttempts }: OutboxStreamProps) {
    super(scope, id);
    const streamArn = table.tableStreamArn;
    if (streamArn === undefined) throw new AresError('STREAM_MISSING', 'the state table must have a stream, has none');
    target.addToRolePolicy(
      new iam.PolicyStatement({
        actions: ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'],
        resources: [streamArn],
      }),
    );
    // ListStreams knows no resource but all of them, and the poller asks for it.
    target.addToRolePolicy(new iam.PolicyStatement({ actions: ['dynamodb:ListStreams'], resources: ['*'] }));
    new lambda.EventSourceMapping(this, 'Mapping', {
      target,
      eventSourceArn: streamArn,
      // Not LATEST: what was committed while this is deployed is published too.
      startingPosition: lambda.StartingPosition.TRIM_HORIZON,
      batchSize: 25,
      bisectBatchOnError: true,
      reportBatchItemFailures: true,
      maxRecordAge: OLDEST,
      retryAttempts: maxAttempts - 1,
      onFailure: new SqsDlq(deadLetters),
      filters: [
        lambda.FilterCriteria.filter({
          eventName: lambda.FilterRule.isEqual('INSERT'),
          dynamodb: { Keys: { [ledgerTable.partitionKey]: { S: lambda.FilterRule.beginsWith(OUTBOX_PREFIX) } } },
        }),
      ],
    });
  }
}
