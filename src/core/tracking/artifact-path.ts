import { MlflowError } from './mlflow-error.ts';

/** What an upload that is not finished is called; nothing else may be called so, and no list shows it. */
export const UNFINISHED = '.artifact.uploading.';

/** A name in a file system, and a key of S3 with what stands before it. */
const MAX_PART_BYTES = 255;
const MAX_PATH_BYTES = 900;
/** So often a path may be encoded in itself. */
const MAX_ROUNDS = 10;

const utf8 = new TextEncoder();
const refused = (): never => {
  throw new MlflowError('INVALID_PARAMETER_VALUE', 'Invalid path');
};

/** Decodes until nothing is left to decode, so that what is checked is what is opened. */
function decoded(text: string): string {
  let before = text;
  for (let round = 0; round < MAX_ROUNDS; round++) {
    let after = '';
    try {
      after = before.replace(/(?:%[0-9a-f]{2})+/gi, decodeURIComponent);
    } catch {
      return refused();
    }
    if (after === before) return after;
    before = after;
  }
  return refused();
}

/** `C:`, `file:/`, `s3:/`: what some system would take for the beginning of a path from elsewhere. */
const fromElsewhere = /^(?:[a-z]:|[a-z][a-z\d+.-]*:\/)/i;
// Lone surrogates have no bytes of their own: two such names would be one file.
const unusable = /[\p{Cc}\p{Cs}\\#]/u;

const tooLong = (what: string, max: number, was: number): never => {
  throw new MlflowError('INVALID_PARAMETER_VALUE', `Invalid path: ${what} must have at most ${max} bytes, had ${was}`);
};

/**
 * The path of an artifact from the root of the store: decoded, of plain parts joined by `/`, empty for the root.
 *
 * Refuses what leads out of the root on any system: parent folders, absolute paths, backslashes, drive letters, schemes, control characters, however often
 * they are percent-encoded. Stricter than MLflow's own server where that only protects the system it runs on.
 *
 * @throws MlflowError INVALID_PARAMETER_VALUE
 */
export function artifactPath(text: string): string {
  const path = decoded(text);
  if (path.startsWith('/') || unusable.test(path)) refused();
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  for (const part of parts) {
    if (part === '..' || part.startsWith(UNFINISHED)) refused();
    const bytes = utf8.encode(part).length;
    if (bytes > MAX_PART_BYTES) tooLong('a name', MAX_PART_BYTES, bytes);
  }
  const plain = parts.join('/');
  if (fromElsewhere.test(plain)) refused();
  const bytes = utf8.encode(plain).length;
  if (bytes > MAX_PATH_BYTES) tooLong('it', MAX_PATH_BYTES, bytes);
  return plain;
}
