import { AresError } from '../ares-error.ts';

/** The literal pieces between the stars; a backslash makes the star or backslash behind it literal. */
function pieces(text: string): string[] {
  const found: string[] = [''];
  for (let at = 0; at < text.length; at++) {
    const character = text[at] as string;
    if (character === '*') {
      if (text[at + 1] === '*') throw invalid(text, 'must not have two stars in a row');
      found.push('');
    } else {
      const escaped = character === '\\' ? text[++at] : character;
      if (escaped === undefined || (character === '\\' && escaped !== '*' && escaped !== '\\')) {
        throw invalid(text, 'must have a star or a backslash after every backslash');
      }
      found[found.length - 1] += escaped;
    }
  }
  return found;
}

const invalid = (text: string, must: string) =>
  new AresError('PATTERN_INVALID', `wildcard ${must}, was "${text}"`, { wildcard: text });

/**
 * Text with `*` for any number of characters, none included.
 *
 * @throws AresError `PATTERN_INVALID` on two stars in a row or a stray backslash
 */
export function compileWildcard(wildcard: string): (text: string) => boolean {
  const [head, ...rest] = pieces(wildcard) as [string, ...string[]];
  const tail = rest.pop();
  if (tail === undefined) return (text) => text === head;
  return (text) => {
    if (text.length < head.length + tail.length || !text.startsWith(head) || !text.endsWith(tail)) return false;
    const end = text.length - tail.length;
    let from = head.length;
    for (const piece of rest) {
      const at = text.indexOf(piece, from);
      if (at === -1 || at + piece.length > end) return false;
      from = at + piece.length;
    }
    return true;
  };
}
