import { Duration } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { Holder } from './holder.ts';

export interface EventBusOfAresProps {
  readonly name: string;
  /** How long events can be replayed. */
  readonly archiveDays: number;
}

/** The bus that carries every event of the catalogue and nothing else, and the archive to replay from. */
export class EventBusOfAres extends Construct {
  readonly bus: events.EventBus;

  constructor(scope: Construct, id: string, { name, archiveDays }: EventBusOfAresProps) {
    super(scope, id);
    this.bus = new events.EventBus(this, 'Bus', { eventBusName: name, description: 'Events of Ares' });
    this.bus.archive('Archive', {
      archiveName: name,
      description: 'Every event, for replay',
      eventPattern: { source: events.Match.prefix('ares.') },
      retention: Duration.days(archiveDays),
    });
  }

  grantPublish(holder: Holder): void {
    holder.addEnvironment('ARES_EVENT_BUS', this.bus.eventBusName);
    holder.grantPrincipal.addToPrincipalPolicy(
      new iam.PolicyStatement({ actions: ['events:PutEvents'], resources: [this.bus.eventBusArn] }),
    );
  }
}
