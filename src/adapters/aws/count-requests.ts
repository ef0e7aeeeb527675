import type { ConsumedCapacity, DynamoDBClient } from '@aws-sdk/client-dynamodb';

/** One request as it went over the network; a retry is one more. */
export interface CountedRequest {
  /** Like `Query`. */
  readonly operation: string;
  /** What the database says it charges, tables and indexes together; 0 where it refused and says nothing. */
  readonly capacityUnits: number;
  /** Bodies of request and answer; of the answer only where it says its length. */
  readonly bytes: number;
}

const unitsOf = (consumed: unknown): number =>
  [consumed ?? []].flat().reduce((sum: number, { CapacityUnits = 0 }: ConsumedCapacity) => sum + CapacityUnits, 0);

function bodyBytes(request: unknown): number {
  const { body } = request as { readonly body?: unknown };
  if (typeof body === 'string') return Buffer.byteLength(body);
  return ArrayBuffer.isView(body) ? body.byteLength : 0;
}

function answerBytes(response: unknown): number {
  const { headers } = (response ?? {}) as { readonly headers?: Readonly<Record<string, string>> };
  return Number(headers?.['content-length'] ?? 0);
}

/** Tells of every request of this client, refused ones too, and has DynamoDB say what it costs. To be called once for a client. */
export function countRequests(client: DynamoDBClient, onRequest: (request: CountedRequest) => void): void {
  client.middlewareStack.add(
    (next) => (args) => next({ ...args, input: { ...args.input, ReturnConsumedCapacity: 'TOTAL' } }),
    { step: 'initialize', name: 'askForConsumedCapacity' },
  );
  client.middlewareStack.add(
    (next, context) => async (args) => {
      const operation = String(context.commandName).replace(/Command$/, '');
      const sent = bodyBytes(args.request);
      try {
        const { output, response } = await next(args);
        const capacityUnits = unitsOf('ConsumedCapacity' in output ? output.ConsumedCapacity : undefined);
        onRequest({ operation, capacityUnits, bytes: sent + answerBytes(response) });
        return { output, response };
      } catch (error) {
        const response = error instanceof Error && '$response' in error ? error.$response : undefined;
        onRequest({ operation, capacityUnits: 0, bytes: sent + answerBytes(response) });
        throw error;
      }
    },
    // Behind the client's retries, so that each of them counts.
    { step: 'finalizeRequest', priority: 'low', name: 'countRequests' },
  );
}
