export type TokenKind =
  | 'space'
  | 'name'
  | 'quoted-name'
  | 'string'
  | 'integer'
  | 'float'
  | 'comparison'
  | 'keyword'
  | 'order'
  | 'operator'
  | 'mark'
  | 'unknown';

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  /** Offset in the filter, so that an error can quote what was written. */
  readonly start: number;
}

/**
 * First match wins. The genuine server reads filters with an SQL lexer, so a word may be an SQL keyword, but never beside a dot (`tags.order`);
 * and a quote is not doubled or escaped away inside a string: it stays in the value as written.
 */
const RULES: readonly (readonly [TokenKind, RegExp])[] = [
  ['space', /\s+/uy],
  ['name', /`(?:``|[^`])*`/uy],
  ['keyword', /IN(?![\p{L}\p{N}_])/iuy],
  ['name', /[@#]?[A-Za-zÀ-ü][\p{L}\p{N}_]*(?=\s*\.(?!\d))/uy],
  ['name', /(?<=\.)[A-Za-zÀ-ü][\p{L}\p{N}_]*/uy],
  // Not a number to compare with.
  ['unknown', /-?0x[\dA-F]+/iuy],
  ['float', /-?\d+(?:\.\d+)?E-?\d+/iuy],
  ['float', /-?(?:\d+\.\d*|\.\d+)(?![_A-Za-zÀ-ü])/uy],
  ['integer', /-?\d+(?![_A-Za-zÀ-ü])/uy],
  ['string', /'(?:''|\\'|[^'])*'/uy],
  ['quoted-name', /"(?:""|\\"|[^"])*"/uy],
  ['keyword', /NOT\s+NULL(?![\p{L}\p{N}_])/iuy],
  ['order', /(?:ASC|DESC)(?:\s+NULLS\s+(?:FIRST|LAST))?(?![\p{L}\p{N}_])/iuy],
  ['comparison', /(?:NOT\s+)?(?:LIKE|ILIKE|RLIKE|REGEXP)(?![\p{L}\p{N}_])/iuy],
  [
    'keyword',
    /(?:AND|OR|NOT|IS|NULL|BETWEEN|EXISTS|WHERE|SELECT|FROM|AS|ORDER|GROUP|VERSION|SOURCE|KEY|TYPE|ALIAS|OWNER|USER|TRUE|FALSE)(?![\p{L}\p{N}_$#])/iuy,
  ],
  ['name', /[\p{L}\p{N}_][\p{L}\p{N}_$#]*/uy],
  ['mark', /[;:()[\],.]/uy],
  ['comparison', /[<>=~!]+/uy],
  ['operator', /[+\-*/@#%^&|]+/uy],
];

/** Splits a filter into tokens; every character belongs to exactly one. */
export function tokenizeFilter(text: string): readonly Token[] {
  const tokens: Token[] = [];
  let start = 0;
  while (start < text.length) {
    const token = tokenAt(text, start);
    tokens.push(token);
    start += token.text.length;
  }
  return tokens;
}

function tokenAt(text: string, start: number): Token {
  for (const [kind, rule] of RULES) {
    rule.lastIndex = start;
    const found = rule.exec(text)?.[0];
    if (found !== undefined) return { kind, text: found, start };
  }
  return { kind: 'unknown', text: String.fromCodePoint(text.codePointAt(start) ?? 0), start };
}
