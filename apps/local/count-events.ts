import type { EventBus } from '../../src/core/ports/event-bus.ts';

/** A bus that counts what goes over it, each event once however often it is handed over. */
export function countEvents<Bus extends EventBus>(
  bus: Bus,
): { readonly bus: Bus; readonly byType: Readonly<Record<string, number>> } {
  const seen = new Set<string>();
  const byType: Record<string, number> = {};
  const counting: Bus = {
    ...bus,
    publish: async (events) => {
      for (const { detailType, detail } of events) {
        if (seen.has(detail.metadata.id)) continue;
        seen.add(detail.metadata.id);
        byType[detailType] = (byType[detailType] ?? 0) + 1;
      }
      return bus.publish(events);
    },
  };
  return { bus: counting, byType };
}
