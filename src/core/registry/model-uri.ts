/** What follows `models:/`: one of them, or the name alone for the newest version. */
export interface ModelUri {
  readonly modelId?: string;
  readonly name?: string;
  readonly version?: string;
  readonly stage?: string;
  readonly alias?: string;
}

/** Reads `models:/ID`, `models:/NAME/VERSION`, `models:/NAME/STAGE`, `models:/NAME/latest` and `models:/NAME@ALIAS`; `undefined` for anything else. */
export function parseModelUri(path: string): ModelUri | undefined {
  if (!path.startsWith('/') || path.length < 2) return undefined;
  const [first = '', suffix, ...more] = path.replace(/^\/+/, '').split('/');
  if (more.length > 0 || first.trim() === '') return undefined;
  if (suffix !== undefined) {
    if (suffix.trim() === '') return undefined;
    if (/^\d+$/.test(suffix)) return { name: first, version: suffix };
    return suffix.toLowerCase() === 'latest' ? { name: first } : { name: first, stage: suffix };
  }
  const at = first.lastIndexOf('@');
  if (at < 0) return { modelId: first };
  const alias = first.slice(at + 1);
  return alias.trim() === '' ? undefined : { name: first.slice(0, at), alias };
}
