import { SNSClient } from '@aws-sdk/client-sns';
import { clientOptions } from '../../adapters/aws/client-options.ts';
import { createSnsNotifier } from '../../adapters/aws/sns-notifier.ts';
import type { Notifier } from '../../core/ports/notifier.ts';
import { readEnv } from '../env.ts';
import { requireEnv } from '../require-env.ts';

let built: Notifier | undefined;

/** @throws AresError `ENV_INVALID` when no topic is named */
export const notifier = (): Notifier => {
  built ??= createSnsNotifier({
    client: new SNSClient(clientOptions()),
    topicArn: requireEnv('ARES_ALERT_TOPIC_ARN', 'the ARN of the topic that people subscribe to'),
    stage: readEnv().ARES_STAGE,
  });
  return built;
};
