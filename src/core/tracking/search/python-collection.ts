import { pythonText } from './python-text.ts';

const BRACKETS = { set: ['{', '}'], list: ['[', ']'], tuple: ['(', ')'] } as const;

/** Texts as Python shows a collection of them, because the genuine server's messages do; its sets have no order, ours keep theirs. */
export function pythonCollection(kind: keyof typeof BRACKETS, texts: Iterable<string>): string {
  const [open, close] = BRACKETS[kind];
  return `${open}${[...texts].map(pythonText).join(', ')}${close}`;
}
