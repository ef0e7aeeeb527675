import type { Json, JsonObject } from '../../../src/core/ports/ledger.ts';

/** One page of an answer: a list without members and a token that leads nowhere are left out, as protobuf leaves them out. */
export const pageJson = (name: string, items: readonly Json[], next: string | undefined): JsonObject => ({
  ...(items.length > 0 && { [name]: items }),
  ...(next !== undefined && { next_page_token: next }),
});
