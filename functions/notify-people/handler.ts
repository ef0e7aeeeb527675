import { ledger } from '#port/ledger';
import { notifier } from '#port/notifier';
import { eventHandler } from '../../src/compose/event-handler.ts';
import { notifyPeople } from '../../src/core/alerts/notify-people.ts';

export const handler = eventHandler('notify-people', notifyPeople, { ledger, notifier });
