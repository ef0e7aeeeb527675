/**
 * Makes the test of SQL's LIKE: `%` stands for any text, `_` for one character, and nothing escapes them.
 *
 * Takes time proportional to pattern × text at worst, which a regular expression of several `.*` would not promise.
 * @param ignoreCase ILIKE, which ignores the case of ASCII letters only, as SQLite does
 */
export function matchesLike(pattern: string, ignoreCase: boolean): (text: string) => boolean {
  const fold = ignoreCase ? foldAscii : (text: string) => text;
  const wanted = [...fold(pattern)];
  return (text) => fits(wanted, [...fold(text)]);
}

function foldAscii(text: string): string {
  return text.replace(/[A-Z]/gu, (letter) => letter.toLowerCase());
}

function fits(pattern: readonly string[], text: readonly string[]): boolean {
  let at = 0;
  let afterPercent = -1;
  let retryFrom = 0;
  for (let read = 0; read < text.length; ) {
    if (pattern[at] === '%') {
      afterPercent = at + 1;
      retryFrom = read;
      at = afterPercent;
    } else if (at < pattern.length && (pattern[at] === '_' || pattern[at] === text[read])) {
      at += 1;
      read += 1;
    } else if (afterPercent >= 0) {
      // The last `%` takes one character more; earlier ones need no second try.
      retryFrom += 1;
      read = retryFrom;
      at = afterPercent;
    } else {
      return false;
    }
  }
  return pattern.slice(at).every((rest) => rest === '%');
}
