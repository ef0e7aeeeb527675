import type { AresEvent } from '../events/catalogue.ts';
import type { Invocation } from '../events/invocation.ts';
import type { SlotId } from '../models/slot.ts';
import type { LedgerReader } from '../ports/ledger.ts';
import type { Notice, Notifier } from '../ports/notifier.ts';
import { redact } from '../security/redact.ts';
import { describeStake } from './describe-stake.ts';
import type { News } from './news.ts';
import { newsOfEvent } from './news-of-event.ts';

const NAME = 'notify-people';
const SUBJECT_LENGTH = 99;

export interface NotifyPorts {
  readonly ledger: LedgerReader;
  readonly notifier: Notifier;
}

export type NotifyOutcome =
  | { readonly outcome: 'told'; readonly notice: Pick<Notice, 'id' | 'severity' | 'subject' | 'runbook'> }
  | { readonly outcome: 'not_told'; readonly reason: string };

/**
 * Tells people what an event means for the money and where the runbook goes on.
 *
 * @throws AresError `NOTICE_REFUSED` when nobody took the notice
 */
export async function notifyPeople({ trigger }: Invocation, { ledger, notifier }: NotifyPorts): Promise<NotifyOutcome> {
  if (trigger.kind === 'schedule') return { outcome: 'not_told', reason: 'no event' };
  const { event } = trigger;
  if (isOwnFailure(event)) {
    return { outcome: 'not_told', reason: 'it failed itself: telling that would fail, be reported, and begin again' };
  }
  const news = newsOfEvent(event);
  if (!news) return { outcome: 'not_told', reason: `${event.name} is no news for people` };
  const slot = slotOf(event);
  const notice = noticeOf(event, news, slot, slot && (await describeStake(ledger, slot)));
  await notifier.notify(notice);
  const { id, severity, subject, runbook } = notice;
  return { outcome: 'told', notice: { id, severity, subject, runbook } };
}

const isOwnFailure = ({ name, data }: AresEvent): boolean =>
  name === 'SystemError' && 'component' in data && data.component === NAME;

/** The slot in the event's metadata, or the one a check is named after, as in `drawdown:paper:trend:BTC/USDT:1m`. */
function slotOf({ metadata, data }: AresEvent): SlotId | undefined {
  if (metadata.slot !== null) return metadata.slot as SlotId;
  if (!('component' in data)) return undefined;
  const [, ...rest] = data.component.split(':');
  return rest.length === 4 ? (rest.join(':') as SlotId) : undefined;
}

function noticeOf({ metadata }: AresEvent, news: News, slot: SlotId | undefined, stake: string | undefined): Notice {
  const where = slot && !news.headline.includes(slot) ? `${slot}: ` : '';
  const lines = [
    `What happened: ${news.what}`,
    `For the money: ${news.money}${stake ? ` ${stake}` : ''}`,
    `To do: ${news.todo}`,
    `When: ${new Date(metadata.occurredAt).toISOString()}, event ${metadata.id}`,
  ];
  return {
    id: metadata.id,
    severity: news.severity,
    subject: subjectLine(`${news.severity}: ${where}${news.headline}`),
    // An exchange's own words may be in a message.
    body: String(redact(lines.join('\n'))),
    runbook: news.runbook,
  };
}

/** One line of plain ASCII. */
function subjectLine(text: string): string {
  const line = String(redact(text))
    .replace(/[^\x20-\x7e]+/g, '?')
    .trim();
  return line.length <= SUBJECT_LENGTH ? line : `${line.slice(0, SUBJECT_LENGTH - 3)}...`;
}
