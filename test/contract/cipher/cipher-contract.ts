import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Cipher, CipherContext } from '../../../src/core/ports/cipher.ts';

export interface CipherUnderTest {
  readonly cipher: Cipher;
  /** The same master key, as another process uses it. */
  readonly other: Cipher;
  /** Another master key. */
  readonly stranger: Cipher;
}

const context = { account: 'main', purpose: 'keys' };
const bytesOf = (text: string) => new TextEncoder().encode(text);
const refusal = { name: 'AresError', code: 'CIPHER_REFUSED' };

/** What every cipher promises. `open` gives one with a master key of its own; `runs` how often a law is tried. */
export function cipherContract(name: string, open: () => Promise<CipherUnderTest>, runs: number): void {
  describe(`${name} keeps the cipher's contract`, () => {
    test('gives back what was encrypted, also to another process, whatever text and context', async () => {
      const { cipher, other } = await open();
      const contexts = fc.dictionary(fc.stringMatching(/^[a-z]{1,10}$/), fc.stringMatching(/^[ -~]{1,20}$/), {
        maxKeys: 4,
        noNullPrototype: true,
      });
      await fc.assert(
        fc.asyncProperty(fc.uint8Array({ maxLength: 500 }), contexts, async (plain, about) => {
          const sealed = await cipher.encrypt(plain, about);
          expect(await other.decrypt(sealed, about)).toEqual(new Uint8Array(plain));
        }),
        { numRuns: runs },
      );
    });

    test('refuses text of which any character was changed, taken away or added', async () => {
      const { cipher } = await open();
      const sealed = await cipher.encrypt(bytesOf('a secret of an account'), context);
      const wrong = fc.oneof(
        fc.tuple(fc.nat(sealed.length - 1), fc.stringMatching(/^[A-Za-z0-9_.=-]$/)).map(([at, character]) => {
          return sealed.slice(0, at) + character + sealed.slice(at + 1);
        }),
        fc.nat(sealed.length - 1).map((at) => sealed.slice(0, at) + sealed.slice(at + 1)),
        fc.nat(sealed.length).map((at) => `${sealed.slice(0, at)}A${sealed.slice(at)}`),
        fc.string({ maxLength: 40 }),
      );
      await fc.assert(
        fc.asyncProperty(
          wrong.filter((text) => text !== sealed),
          async (text) => {
            await expect(cipher.decrypt(text, context)).rejects.toMatchObject(refusal);
          },
        ),
        { numRuns: runs * 3 },
      );
    });

    test('refuses the other ways to write the last bits of a part', async () => {
      const { cipher } = await open();
      const sealed = await cipher.encrypt(bytesOf('four'), context);
      const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+/=';
      const parts = sealed.split('.');
      for (const at of [3, 4]) {
        const part = parts[at] ?? '';
        for (const end of [...alphabet].filter((character) => character !== part.at(-1))) {
          const changed = parts.with(at, part.slice(0, -1) + end).join('.');
          await expect(cipher.decrypt(changed, context)).rejects.toMatchObject(refusal);
        }
      }
    });

    test('refuses another context', async () => {
      const { cipher } = await open();
      const sealed = await cipher.encrypt(bytesOf('a secret'), context);
      const others: readonly CipherContext[] = [
        {},
        { account: 'main' },
        { ...context, account: 'other' },
        { ...context, more: 'x' },
      ];
      for (const other of others) {
        await expect(cipher.decrypt(sealed, other)).rejects.toMatchObject(refusal);
      }
    });

    test('refuses parts of another text, though all are genuine', async () => {
      const { cipher } = await open();
      const [one, two] = await Promise.all(['one', 'two'].map((text) => cipher.encrypt(bytesOf(text), context)));
      const parts = (one ?? '').split('.');
      for (const at of [1, 2, 3, 4]) {
        const mixed = parts.with(at, (two ?? '').split('.')[at] ?? '').join('.');
        await expect(cipher.decrypt(mixed, context)).rejects.toMatchObject(refusal);
      }
    });

    test('refuses what another master key encrypted', async () => {
      const { cipher, stranger } = await open();
      const sealed = await cipher.encrypt(bytesOf('a secret'), context);
      await stranger.encrypt(bytesOf('its own'), context);
      await expect(stranger.decrypt(sealed, context)).rejects.toMatchObject(refusal);
    });

    test('encrypts the same text differently each time, and lets none of it show', async () => {
      const { cipher } = await open();
      const plain = bytesOf('a text that must not show');
      const sealed = await Promise.all(Array.from({ length: 5 }, () => cipher.encrypt(plain, context)));
      for (const part of [0, 1, 2, 3, 4]) {
        const distinct = new Set(sealed.map((text) => text.split('.')[part]));
        expect(distinct.size).toBe(part === 0 ? 1 : 5);
      }
      for (const text of sealed) {
        expect(text).toMatch(/^ares1(\.[\w-]+){4}$/);
        expect(Buffer.from(text.split('.')[3] ?? '', 'base64url').toString('latin1')).not.toContain('must not show');
      }
    });
  });
}
