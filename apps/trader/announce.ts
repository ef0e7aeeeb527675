import { type EventData, type EventName, newEvent } from '../../src/core/events/catalogue.ts';
import type { WallClock } from '../../src/core/ports/clock.ts';
import type { Ledger } from '../../src/core/ports/ledger.ts';

/** Publishes an event that goes with no other change. */
export async function announce<N extends EventName>(
  name: N,
  data: EventData<N>,
  id: string,
  ports: { readonly ledger: Ledger; readonly wallClock: WallClock },
): Promise<void> {
  const now = ports.wallClock.now();
  const token = `${name}:${id}`;
  await ports.ledger.commit({
    token,
    writes: [],
    audit: [
      {
        stream: 'trading',
        timestamp: now,
        eventType: name,
        user: 'trader',
        action: name,
        details: { ...(data as object) },
        sessionId: id,
      },
    ],
    events: [
      newEvent(
        name,
        {
          id: `${token}:0`,
          version: 1,
          occurredAt: now,
          correlationId: id,
          causationId: null,
          slot: null,
          sequence: now,
        },
        data,
      ),
    ],
  });
}
