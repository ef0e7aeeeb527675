import { describe, expect, test } from 'vitest';
import { candidateRegistered } from '../../support/sample-event.ts';
import { type Desk, openDesk } from './support/open-desk.ts';

/** Lets the function that gets the event fail as often as it may. */
async function bury(desk: Desk, eventId: string): Promise<void> {
  const bus = desk.deliveries();
  await bus.publish([candidateRegistered(eventId)]);
  for (let attempt = 1; attempt <= 20; attempt++) {
    bus.recover(Date.now() as never);
    const [delivery] = bus.takeDue((Date.now() + 1) as never, 1);
    if (delivery && bus.failed(delivery, 'the store was down') === 'dead') return;
  }
  throw new Error('the delivery must be dead by now');
}

describe('ares events', () => {
  test('lists the newest events, newest first, in words', async () => {
    const desk = openDesk();
    await desk.register('run-1', 0.52);
    await desk.promote('run-1');
    const list = await desk.ares('events', 'list', '--json');
    expect(list).toMatchObject({ code: 0, stderr: '' });
    expect(list.json()).toMatchObject([
      { position: 2, type: 'ModelUpdated', text: 'run-1 was promoted' },
      { position: 1, type: 'CandidateRegistered' },
    ]);
    const one = await desk.ares('events', 'list', '--limit', '1', '--before', '2');
    expect(one.stdout).toContain('run-1 was registered');
    expect(one.stdout).not.toContain('ModelUpdated');
    expect((await desk.ares('events', 'list', '--limit', '0')).code).toBe(2);
  });

  test('lists what no function could handle, and lets it be tried again', async () => {
    const desk = openDesk();
    await bury(desk, 'event-1');
    await bury(desk, 'event-2');
    const dead = await desk.ares('events', 'dead', '--json');
    expect(dead.json()).toMatchObject([
      {
        id: '1',
        target: 'check-promotion',
        lastError: 'the store was down',
        event: { id: 'event-1', 'detail-type': 'CandidateRegistered' },
      },
      { id: '2', event: { id: 'event-2' } },
    ]);
    expect((await desk.ares('events', 'dead')).stdout).toContain('the store was down');
    expect(await desk.ares('events', 'replay', '2')).toMatchObject({
      code: 0,
      stdout: '1 delivery will be tried again.\n',
    });
    expect((await desk.ares('events', 'replay', '--all', '--json')).json()).toEqual({ replayed: 1, dismissed: 0 });
    expect(await desk.deliveries().dead()).toEqual([]);
  });

  test('ends with 3 when there is nothing to replay, and with 2 when it is not said what', async () => {
    const desk = openDesk();
    expect(await desk.ares('events', 'dead')).toMatchObject({ code: 0, stdout: 'No event is dead.\n' });
    expect((await desk.ares('events', 'replay', '--all')).code).toBe(3);
    expect((await desk.ares('events', 'replay', '17')).code).toBe(3);
    expect((await desk.ares('events', 'replay')).code).toBe(2);
    expect((await desk.ares('events', 'replay', '17', '--all')).code).toBe(2);
    expect((await desk.ares('events', 'replay', 'all')).code).toBe(2);
  });
});
