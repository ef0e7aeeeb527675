import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { functions } from '../../../src/compose/wiring.ts';
import { newsOfEvent } from '../../../src/core/alerts/news-of-event.ts';
import { noticeText } from '../../../src/core/alerts/notice-text.ts';
import { notifyPeople } from '../../../src/core/alerts/notify-people.ts';
import { runbookSections } from '../../../src/core/alerts/runbook-sections.ts';
import {
  catalogue,
  type EventData,
  type EventName,
  eventNames,
  parseEvent,
} from '../../../src/core/events/catalogue.ts';
import type { EventMetadata } from '../../../src/core/events/envelope.ts';
import { eventBridgeEvent, scheduleEvent } from '../../../src/core/events/event-bridge-event.ts';
import { parseInvocation } from '../../../src/core/events/parse-invocation.ts';
import { keys } from '../../../src/core/ledger-keys.ts';
import type { SlotId } from '../../../src/core/models/slot.ts';
import { epochMillis } from '../../../src/core/ports/clock.ts';
import type { LedgerReader } from '../../../src/core/ports/ledger.ts';
import type { Notice } from '../../../src/core/ports/notifier.ts';
import { decimal } from '../../../src/core/trading/money.ts';
import { accountToJson, openAccount } from '../../../src/core/trading/slot-account.ts';
import { arbitraryOfSchema } from '../../support/arbitrary-of-schema.ts';
import { createMemoryLedger } from '../../support/memory-ledger.ts';
import { sampleEvent } from '../../support/sample-event.ts';

const SLOT = 'paper:trend:BTC/USDT:1m' as SlotId;

async function tell<N extends EventName>(
  name: N,
  data: EventData<N>,
  metadata: Partial<EventMetadata> = {},
  ledger?: LedgerReader,
) {
  const told: Notice[] = [];
  const invocation = parseInvocation('notify-people', eventBridgeEvent(sampleEvent(name, data, metadata)), 's');
  const notifier = { notify: async (notice: Notice) => void told.push(notice) };
  const outcome = await notifyPeople(invocation, { ledger: ledger ?? createMemoryLedger(), notifier });
  return { outcome, notice: told[0], told };
}

const systemError = (component: string, code: string) => ({ component, code, message: 'must be, was not' });

describe('notifyPeople', () => {
  it('says of a halt that nothing is sold, what is held, and where to read on', async () => {
    const ledger = createMemoryLedger();
    const account = openAccount({ base: decimal('0'), quote: decimal('1000') }, decimal('1000'));
    const position = { ...account.position, quantity: decimal('0.0123'), cost: decimal('615.5') };
    await ledger.append([{ key: keys.account(SLOT), value: accountToJson({ ...account, position }) }]);
    const data = { state: 'HALTED', reason: 'looking into it', by: 'ada' } as const;
    const { notice, outcome } = await tell('TradingHalted', data, { slot: SLOT, id: 'halt-1' }, ledger);
    expect(notice).toMatchObject({
      id: 'halt-1',
      severity: 'critical',
      subject: `critical: ${SLOT}: trading is HALTED`,
      runbook: '#it-does-not-trade',
    });
    expect(notice?.body).toContain('ada restricted trading to HALTED: looking into it');
    expect(notice?.body).toMatch(
      /For the money: .*nothing but a stop that rests at the exchange sells it\. .* holds 0\.0123 BTC, bought for 615\.5 USDT\./,
    );
    expect(notice?.body).toContain('2023-11-14T22:13:20.000Z, event halt-1');
    expect(outcome).toMatchObject({ outcome: 'told', notice: { id: 'halt-1' } });
  });

  it('sends people to the books when the trader halted itself', async () => {
    const data = { state: 'HALTED', reason: 'balance of BTC must be 1, was 0', by: 'trader' } as const;
    expect((await tell('TradingHalted', data, { slot: SLOT })).notice?.runbook).toBe('#halted-the-books-do-not-match');
  });

  it.each([
    [systemError('day-loss:paper:trend:BTC/USDT:1m', 'CHECK_DEGRADED'), 'critical', '#a-loss-limit-is-reached'],
    [systemError('model:paper:trend:BTC/USDT:1m', 'CHECK_DEGRADED'), 'warning', '#the-model-in-production-is-bad'],
    [systemError(`trader:${SLOT}`, 'CHECK_FAILED'), 'critical', '#the-trader-keeps-restarting'],
    [systemError(`trader:${SLOT}`, 'CHECK_DEGRADED'), 'warning', '#it-does-not-trade'],
    [systemError(`error-rate:${SLOT}`, 'CHECK_DEGRADED'), 'warning', '#decisions-end-in-errors'],
    [systemError('trader', 'SIGNATURE_MISMATCH'), 'critical', '#a-model-cannot-be-used'],
    [systemError('promotion', 'MODEL_MISSING'), 'warning', '#a-model-cannot-be-used'],
    [systemError('disk', 'CHECK_DEGRADED'), 'warning', '#the-disk-is-full-or-read-only'],
    [systemError('exchange', 'CHECK_FAILED'), 'critical', '#the-exchange-is-unavailable-or-limits-the-rate'],
    [systemError('check-promotion', 'DEAD_LETTER'), 'critical', '#dead-events'],
    [systemError('constructor', 'CHECK_FAILED'), 'critical', '#another-error-is-reported'],
  ] as const)('tells of %j as %s, and leads to %s', async (data, severity, runbook) => {
    expect((await tell('SystemError', data)).notice).toMatchObject({ severity, runbook });
  });

  it('names the slot that a check is about', async () => {
    const { notice } = await tell('SystemError', systemError(`drawdown:${SLOT}`, 'CHECK_DEGRADED'));
    expect(notice?.body).toContain(`${SLOT} has not traded yet.`);
  });

  it.each(['trader', 'error-rate'])('names the slot in subject and body when its %s fails', async (check) => {
    const { notice } = await tell('SystemError', systemError(`${check}:${SLOT}`, 'CHECK_FAILED'));
    expect(notice?.subject).toBe(`critical: ${check}:${SLOT}: CHECK_FAILED`);
    expect(notice?.body).toContain(`${SLOT} has not traded yet.`);
  });

  it('tells of ends as information', async () => {
    const alert = {
      runId: 'r1',
      metric: 'accuracy',
      status: 'recovered',
      value: 0.6,
      threshold: 0.5,
      samples: 99,
    } as const;
    const ends = [
      await tell('PerformanceAlert', alert, { slot: SLOT }),
      await tell('SystemRecovered', systemError('disk', 'CHECK_DEGRADED')),
      await tell('TradingResumed', { reason: 'over', by: 'ada' }, { slot: SLOT }),
    ];
    expect(ends.map(({ notice }) => notice?.severity)).toEqual(['information', 'information', 'information']);
    const breach = await tell('PerformanceAlert', { ...alert, status: 'breached', value: null }, { slot: SLOT });
    expect(breach.notice).toMatchObject({
      severity: 'warning',
      body: expect.stringContaining('was missing (99 samples)'),
    });
  });

  it('never tells of its own failure, which would fail and be told again without end', async () => {
    const { outcome, told } = await tell('SystemError', systemError('notify-people', 'DEAD_LETTER'));
    expect(outcome).toMatchObject({ outcome: 'not_told' });
    expect(told).toEqual([]);
  });

  it('tells also when the ledger cannot be read', async () => {
    const broken = { get: async () => Promise.reject(new Error('no ledger')) } as never as LedgerReader;
    const { notice } = await tell('TradingResumed', { reason: 'over', by: 'ada' }, { slot: SLOT }, broken);
    expect(notice?.body).toContain('could not be read: no ledger');
  });

  it('fails when nobody took the notice, so that the event comes again', async () => {
    const invocation = parseInvocation(
      'notify-people',
      eventBridgeEvent(sampleEvent('TradingResumed', { reason: 'over', by: 'ada' })),
      's',
    );
    const notify = () => Promise.reject(new Error('nobody there'));
    await expect(notifyPeople(invocation, { ledger: createMemoryLedger(), notifier: { notify } })).rejects.toThrow(
      'nobody there',
    );
  });

  it('does nothing on a schedule', async () => {
    const invocation = parseInvocation('notify-people', scheduleEvent('notify-people', epochMillis(0)), 's');
    const notify = () => Promise.reject(new Error('must not be called'));
    const ports = { ledger: createMemoryLedger(), notifier: { notify } };
    expect(await notifyPeople(invocation, ports)).toMatchObject({ outcome: 'not_told' });
  });

  it('lets no secret through, wherever it stands in an event', async () => {
    const { notice } = await tell('SystemError', {
      component: 'exchange',
      code: 'apiKey=CANARY-77',
      message: 'GET /order?signature=CANARY-77 was refused: {"secret": "CANARY-77"}',
    });
    expect(JSON.stringify(notice)).not.toContain('CANARY-77');
  });
});

const told = functions.find(({ name }) => name === 'notify-people')?.triggers[0];
const toldNames: readonly EventName[] = told?.kind === 'events' ? told.names : [];

describe('the events that people are told of', () => {
  it('are those that start the function, and no others', () => {
    const withNews = eventNames.filter((name) => {
      const [data] = fc.sample(arbitraryOfSchema(z.toJSONSchema(catalogue[name].data)), 1);
      const envelope = sampleEvent(name, data as EventData<EventName>);
      return newsOfEvent(parseEvent(envelope.source, envelope.detailType, envelope.detail)) !== undefined;
    });
    expect(withNews.toSorted()).toEqual(toldNames.toSorted());
  });

  it.each(toldNames)('%s always makes a notice that mail can carry, with impact, remedy and runbook', async (name) => {
    await fc.assert(
      fc.asyncProperty(
        arbitraryOfSchema(z.toJSONSchema(catalogue[name].data)),
        fc.option(fc.string()),
        async (data, slot) => {
          const { notice } = await tell(name, data as EventData<EventName>, { slot });
          if (!notice) return;
          expect(noticeText(notice)).toMatch(
            /What happened: [\s\S]*\nFor the money: [\s\S]*\nTo do: [\s\S]*\nRunbook: docs\/runbook\.md#/,
          );
        },
      ),
    );
  });
});

it('every section people are sent to is in the runbook, under a heading, and says what it means for the money', () => {
  const runbook = readFileSync(new URL('../../../docs/runbook.md', import.meta.url), 'utf8');
  const anchorOf = (heading: string) =>
    `#${heading
      .toLowerCase()
      .replace(/[^\w\- ]/g, '')
      .replaceAll(' ', '-')}`;
  const sections = new Map(
    runbook
      .split(/^## /m)
      .slice(1)
      .map((section) => [anchorOf(section.split('\n')[0] ?? ''), section] as const),
  );
  for (const anchor of Object.values(runbookSections)) {
    expect([...sections.keys()]).toContain(anchor);
    expect(sections.get(anchor)).toContain('**Money:**');
  }
});
