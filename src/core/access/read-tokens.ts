import { keys } from '../ledger-keys.ts';
import type { LedgerReader } from '../ports/ledger.ts';
import { type AccessToken, parseAccessToken } from './access-token.ts';
import { hashToken } from './token-secret.ts';

const PAGE = 200;

/** Every token there ever was, by name, of one name the oldest first. */
export async function readTokens(ledger: LedgerReader): Promise<readonly AccessToken[]> {
  const { table, pk } = keys.accessToken('');
  const tokens: AccessToken[] = [];
  let after: string | undefined;
  do {
    const page = await ledger.query({ table, pk, limit: PAGE, ...(after === undefined ? {} : { after }) });
    tokens.push(...page.items.map(parseAccessToken));
    after = page.next;
  } while (after !== undefined);
  const order = ({ name }: AccessToken): string => name;
  return tokens.toSorted((a, b) => (order(a) < order(b) ? -1 : order(a) > order(b) ? 1 : a.createdAt - b.createdAt));
}

/** The token that was sent, whatever has become of it; `undefined` when there never was such a one. */
export async function findToken(ledger: LedgerReader, secret: string): Promise<AccessToken | undefined> {
  const item = await ledger.get(keys.accessToken(hashToken(secret)));
  return item && parseAccessToken(item);
}
