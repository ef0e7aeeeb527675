import * as z from 'zod';
import { canonicalJson } from '../audit/canonical-json.ts';
import { MlflowError } from './mlflow-error.ts';
import type { LoggedModelOrder } from './search/logged-model-order.ts';
import { pythonCollection } from './search/python-collection.ts';
import { pythonText } from './search/python-text.ts';

/** Where a search of logged models goes on, and of which search that is a page. */
export interface LoggedModelsPosition {
  readonly experimentIds: readonly string[];
  readonly filter: string;
  readonly orderBy: readonly LoggedModelOrder[];
  readonly offset: number;
}

const schema = z.object({
  experiment_ids: z.array(z.string()).optional(),
  filter_string: z.string().nullish(),
  order_by: z.array(z.record(z.string(), z.unknown())).nullish(),
  offset: z.number().int().min(0).default(0),
});

const invalid = (message: string) => new MlflowError('INVALID_PARAMETER_VALUE', message);
const ids = (texts: readonly string[]) => pythonCollection('list', texts);
const textOrNone = (text: string) => (text === '' ? 'None' : pythonText(text));
const plain = (orders: readonly object[]): string => canonicalJson(JSON.parse(JSON.stringify(orders)));

export function loggedModelsToken({ experimentIds, filter, orderBy, offset }: LoggedModelsPosition): string {
  const token = { experiment_ids: experimentIds, filter_string: filter, order_by: orderBy, offset };
  return btoa(String.fromCharCode(...new TextEncoder().encode(JSON.stringify(token))));
}

function decode(token: string): z.infer<typeof schema> {
  try {
    const bytes = Uint8Array.from(atob(token), (character) => character.charCodeAt(0));
    return schema.parse(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)));
  } catch {
    throw invalid(`Invalid page token: ${token}. It must be the next_page_token of the page before`);
  }
}

/**
 * Reads a token that `loggedModelsToken` made.
 *
 * @throws MlflowError INVALID_PARAMETER_VALUE when it is none, or the token of another search
 */
export function readLoggedModelsToken(
  token: string,
  asked: Omit<LoggedModelsPosition, 'offset'>,
): { readonly offset: number } {
  const { experiment_ids, filter_string, order_by, offset } = decode(token);
  const same = (what: string, verb: 'do' | 'does', expected: string, found: string): void => {
    if (expected === found) return;
    const rest = `${verb} not match the requested ${what.replace(/^[EFO]/, (word) => word.toLowerCase())}`;
    throw invalid(`${what} in the page token ${rest}. Expected: ${expected}. Found: ${found}`);
  };
  same('Experiment IDs', 'do', ids(asked.experimentIds), experiment_ids ? ids(experiment_ids) : 'None');
  same('Filter string', 'does', textOrNone(asked.filter), textOrNone(filter_string ?? ''));
  same('Order by', 'does', plain(asked.orderBy), plain(order_by ?? []));
  return { offset };
}
