import { describe, expect, test } from 'vitest';
import type { ExchangeKeys, Secrets } from '../../../src/core/ports/secrets.ts';

export interface SecretsUnderTest {
  readonly secrets: Secrets;
  store(account: string, keys: ExchangeKeys): Promise<void>;
}

/** What every store of secrets promises. `open` gives an empty one each time. */
export function secretsContract(name: string, open: () => Promise<SecretsUnderTest>): void {
  describe(`${name} keeps the secrets' contract`, () => {
    test('gives an account its keys, and the new ones after they were replaced', async () => {
      const { secrets, store } = await open();
      const keys = { apiKey: 'key-1', secret: 'secret-1' };
      await store('paper', keys);
      expect(await secrets.exchangeKeys('paper')).toEqual(keys);
      const replaced = { apiKey: 'key-2', secret: 'secret-2', passphrase: 'phrase' };
      await store('paper', replaced);
      expect(await secrets.exchangeKeys('paper')).toEqual(replaced);
    });

    test('says of an account without keys that they are missing', async () => {
      const { secrets } = await open();
      await expect(secrets.exchangeKeys('paper')).rejects.toMatchObject({
        name: 'AresError',
        code: 'KEYS_MISSING',
        data: { account: 'paper' },
      });
    });
  });
}
