import type { Subscriber } from './subscriber.ts';

const HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store',
  'x-accel-buffering': 'no',
};
const RETRY_MS = 2_000;

/** A subscription as a response that stays open: a frame is taken only when the client has room for it. */
export function eventStream(subscription: Pick<Subscriber, 'next' | 'end'>): Response {
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(encoder.encode(`retry: ${RETRY_MS}\n\n`));
    },
    async pull(controller) {
      const frame = await subscription.next();
      if (frame === undefined) controller.close();
      else controller.enqueue(encoder.encode(frame));
    },
    cancel() {
      subscription.end();
    },
  });
  return new Response(body, { headers: HEADERS });
}
