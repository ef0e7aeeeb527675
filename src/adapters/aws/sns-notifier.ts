import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import { noticeText } from '../../core/alerts/notice-text.ts';
import { AresError, messageOf } from '../../core/ares-error.ts';
import type { Notifier } from '../../core/ports/notifier.ts';

const text = (value: string) => ({ DataType: 'String', StringValue: value });

const MAX_SUBJECT = 99;

interface SnsNotifierOptions {
  readonly client: SNSClient;
  readonly topicArn: string;
  /** Begins every subject: a person may have more than one deployment. */
  readonly stage: string;
}

/** Publishes notices to a topic; subscribers may filter by the attribute `severity`, and know news they have by `notice`. */
export function createSnsNotifier({ client, topicArn, stage }: SnsNotifierOptions): Notifier {
  return {
    async notify(notice) {
      const request = new PublishCommand({
        TopicArn: topicArn,
        Message: noticeText(notice),
        Subject: `${stage} ${notice.subject}`.slice(0, MAX_SUBJECT),
        MessageAttributes: { severity: text(notice.severity), notice: text(notice.id) },
      });
      try {
        await client.send(request);
      } catch (error) {
        throw new AresError(
          'NOTICE_REFUSED',
          `SNS must take the notice "${notice.subject}", did not: ${messageOf(error)}`,
          { notice: notice.id, topicArn },
          error,
        );
      }
    },
  };
}
