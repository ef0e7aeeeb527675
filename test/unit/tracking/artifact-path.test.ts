import { posix, win32 } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { artifactPath } from '../../../src/core/tracking/artifact-path.ts';

const refusal = expect.objectContaining({ code: 'INVALID_PARAMETER_VALUE' });
const encode = (text: string): string =>
  [...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
const encodedTimes = (text: string, times: number): string =>
  times === 0 ? text : encodedTimes(times % 2 ? encode(text) : encodeURIComponent(text), times - 1);

const plainPart = fc
  .string({ unit: fc.constantFrom(...'abcXYZ019 ._-ä日%+=~@!()&;,'), minLength: 1, maxLength: 20 })
  .filter((part) => part !== '.' && part !== '..' && decodeOnce(part) === part);
function decodeOnce(text: string): string {
  return text.replace(/%[0-9a-f]{2}/gi, '');
}
const plainPath = fc.array(plainPart, { minLength: 1, maxLength: 6 }).map((parts) => parts.join('/'));
const hostile = fc.constantFrom(
  '..',
  '../',
  '/',
  '/etc',
  '\\',
  'a\\b',
  '\0',
  '\n',
  '\x7f',
  '#',
  'C:',
  'c:x',
  'C:/x',
  'file:/etc',
  '\ud800',
);

describe('the path of an artifact', () => {
  test('is what it was when its parts are plain', () => {
    fc.assert(
      fc.property(plainPath, (path) => {
        expect(artifactPath(path)).toBe(path);
      }),
    );
  });

  test('is the same however often it was encoded', () => {
    fc.assert(
      fc.property(plainPath, fc.integer({ min: 0, max: 5 }), (path, times) => {
        expect(artifactPath(encodedTimes(path, times))).toBe(path);
      }),
    );
  });

  test('drops what names the same folder', () => {
    expect(artifactPath('a//b/./c/')).toBe('a/b/c');
    for (const root of ['', '.', './', './.']) expect(artifactPath(root)).toBe('');
  });

  test('refuses every way out, encoded up to five times', () => {
    fc.assert(
      fc.property(hostile, plainPath, fc.integer({ min: 0, max: 5 }), (evil, path, times) => {
        const first = evil.startsWith('/') || evil.includes(':') ? `${evil}/${path}` : `${path}/${evil}/${path}`;
        if (evil === '\ud800' && times > 0) return;
        expect(() => artifactPath(encodedTimes(first, times))).toThrow(refusal);
      }),
    );
  });

  test('whatever is given, stays inside the root on every system, or is refused', () => {
    const pieces = fc.constantFrom(
      '..',
      '.',
      '/',
      '\\',
      '%',
      '%2e',
      '%2F',
      '%5c',
      '%25',
      '%00',
      'a',
      'C:',
      ':',
      '~',
      ' ',
      '\0',
      'ä',
      '?',
    );
    const anything = fc.oneof(
      fc.array(pieces, { maxLength: 12 }).map((parts) => parts.join('')),
      fc.string({ unit: 'binary' }),
    );
    fc.assert(
      fc.property(anything, (text) => {
        let path: string;
        try {
          path = artifactPath(text);
        } catch (error) {
          expect(error).toEqual(refusal);
          return;
        }
        expect(posix.join('/root', path).startsWith('/root')).toBe(true);
        expect(posix.normalize(path || '.')).toBe(path || '.');
        expect(win32.resolve('Z:\\root', path).startsWith('Z:\\root')).toBe(true);
        expect(posix.isAbsolute(path) || win32.isAbsolute(path)).toBe(false);
        // Nothing is left that another decoding would turn into something else.
        expect(artifactPath(path)).toBe(path);
      }),
      { numRuns: 3_000 },
    );
  });

  test('refuses bytes that are no text, and a name too deep in encodings', () => {
    expect(() => artifactPath('a/%ff%fe')).toThrow(refusal);
    expect(() => artifactPath(`%${'25'.repeat(20)}2e`)).toThrow(refusal);
  });

  test('refuses the name of an unfinished upload', () => {
    expect(() => artifactPath('a/.artifact.uploading.1')).toThrow(refusal);
  });

  test('says how long a name and a path may be', () => {
    expect(artifactPath('é'.repeat(127))).toBe('é'.repeat(127));
    expect(() => artifactPath('é'.repeat(128))).toThrow('a name must have at most 255 bytes, had 256');
    expect(() => artifactPath(Array.from({ length: 10 }, () => 'x'.repeat(100)).join('/'))).toThrow(
      'at most 900 bytes, had 1009',
    );
  });
});
