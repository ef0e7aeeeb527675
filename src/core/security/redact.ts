const SECRET_NAME =
  /^(x-mbx-)?(api[-_]?key|secret|secret[-_]?key|signature|passphrase|password|authorization|private[-_]?key)$/i;
const SECRET_IN_TEXT =
  /((?:api[-_]?key|secret|signature|passphrase|password|authorization)["']?\s*[=:]\s*["']?)(?:(?:Bearer|Basic)\s+)?[^\s"'&,;}]+/gi;
const CENSORED = '[redacted]';
const MAX_DEPTH = 8;

const redactText = (text: string): string => text.replace(SECRET_IN_TEXT, `$1${CENSORED}`);

function redactAt(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return redactText(value);
  if (typeof value === 'bigint') return value.toString();
  if (value === null || typeof value !== 'object') return value;
  if (depth === MAX_DEPTH) return '[deeper]';
  if (Array.isArray(value)) return value.map((element) => redactAt(element, depth + 1));
  const own: Record<string, unknown> =
    value instanceof Error
      ? { ...value, name: value.name, message: value.message, stack: value.stack, cause: value.cause }
      : { ...value };
  const redacted: Record<string, unknown> = {};
  for (const [name, inner] of Object.entries(own)) {
    if (inner === undefined) continue;
    redacted[name] = SECRET_NAME.test(name) ? CENSORED : redactAt(inner, depth + 1);
  }
  return redacted;
}

/**
 * A copy fit for a log: fields named like a secret are censored at every depth, as are `signature=…` and the like inside text.
 *
 * Errors become plain objects with their message, stack, own fields and cause; what lies deeper than eight levels is left out, so cycles end.
 */
export function redact(value: unknown): unknown {
  return redactAt(value, 0);
}
