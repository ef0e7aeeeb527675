import { MlflowError } from '../tracking/mlflow-error.ts';
import { normalPath } from './normal-path.ts';

/** A URI in its parts, as Python's `urlsplit` cuts it. */
export interface SourceUri {
  /** Lower case; empty for a path. */
  readonly scheme: string;
  readonly authority: string;
  readonly path: string;
}

export function splitUri(uri: string): SourceUri {
  const scheme = /^([a-z][a-z\d+.-]*):/i.exec(uri)?.[1] ?? '';
  let rest = scheme === '' ? uri : uri.slice(scheme.length + 1);
  let authority = '';
  if (rest.startsWith('//')) {
    authority = /^[^/?#]*/.exec(rest.slice(2))?.[0] ?? '';
    rest = rest.slice(2 + authority.length);
  }
  return { scheme: scheme.toLowerCase(), authority, path: /^[^?#]*/.exec(rest)?.[0] ?? '' };
}

const utf8 = new TextDecoder();

/** Decodes percent signs once; what is no encoding stays. */
const unquote = (text: string): string =>
  text.replace(/(?:%[\da-f]{2})+/gi, (bytes) =>
    utf8.decode(Uint8Array.from(bytes.slice(1).split('%'), (byte) => Number.parseInt(byte, 16))),
  );

function unquoteFully(text: string, decode: (text: string) => string): string {
  let before = text;
  for (let after = decode(before); after !== before; after = decode(before)) before = after;
  return before;
}

/** Schemes that make whoever reads the artifacts connect to the host they name. */
const HOST_ADDRESSED = ['ftp', 'sftp', 'hdfs', 'viewfs', 'http', 'https', 'mlflow-artifacts', 'r2', 'b2', 'abfss'];

/** Refuses a source that names a host of its own. @throws MlflowError INVALID_PARAMETER_VALUE */
export function checkSourceHost(source: string): void {
  const { scheme, authority } = splitUri(source);
  if (!HOST_ADDRESSED.includes(scheme) || (scheme === 'mlflow-artifacts' && authority === '')) return;
  throw new MlflowError(
    'INVALID_PARAMETER_VALUE',
    `'source' cannot use the '${scheme}' scheme: the '${scheme}' scheme addresses a host other than the tracking server's configured artifact storage, so the server would connect to the host named in the URI.`,
  );
}

/** Refuses paths that lead elsewhere, however often encoded. @throws MlflowError INVALID_PARAMETER_VALUE */
export function checkPlainSource(source: string): void {
  const decoded = unquoteFully(source, (text) => unquote(text.replaceAll('+', ' ')));
  const path = splitUri(decoded).path.replace(/\/+$/, '').replace(/\/+/g, '/');
  const leadsElsewhere = path.includes('\0') || decoded.split('/').includes('..');
  if (!leadsElsewhere && path.startsWith('/') && normalPath(path) === path) return;
  throw new MlflowError(
    'INVALID_PARAMETER_VALUE',
    `Invalid model version source: '${source}'. If supplying a source as an http, https, local file path, ftp, objectstore, or mlflow-artifacts uri, an absolute path must be provided without relative path references present. Please provide an absolute path.`,
  );
}

/** Whether the source is the root or lies in it. */
export function liesWithin(source: string, root: string): boolean {
  const [inner, outer] = [normal(source), normal(root)];
  return (
    inner.scheme === outer.scheme &&
    inner.authority === outer.authority &&
    outer.parts.length > 0 &&
    outer.parts.every((part, at) => part === inner.parts[at])
  );
}

function normal(uri: string): {
  readonly scheme: string;
  readonly authority: string;
  readonly parts: readonly string[];
} {
  const { scheme, authority, path } = splitUri(uri);
  const parts = path.split('/').filter((part) => part !== '');
  return { scheme, authority: authority.toLowerCase(), parts: parts.map((part) => unquoteFully(part, unquote)) };
}
