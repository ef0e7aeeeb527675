import { artifactPath } from './artifact-path.ts';
import { MlflowError } from './mlflow-error.ts';

const PROXIED_ROUTE = '/api/2.0/mlflow-artifacts/artifacts/';

function pathIn(uri: string, directRoot: string | undefined): string | undefined {
  if (directRoot !== undefined && uri.startsWith(`${directRoot}/`)) return uri.slice(directRoot.length + 1);
  if (!URL.canParse(uri)) return undefined;
  const { protocol, pathname } = new URL(uri);
  if (protocol === 'mlflow-artifacts:') return pathname.replace(/^\/+/, '');
  if (protocol !== 'http:' && protocol !== 'https:') return undefined;
  const at = pathname.indexOf(PROXIED_ROUTE);
  return at < 0 ? undefined : pathname.slice(at + PROXIED_ROUTE.length);
}

/**
 * Where an artifact lies in the store.
 *
 * @param uri of the run or logged model: `mlflow-artifacts:/0/RUN/artifacts`, or under the store's `directRoot`
 * @param relative inside of it, unchecked
 * @throws MlflowError INVALID_PARAMETER_VALUE when the path is refused or the artifacts are kept elsewhere
 */
export function artifactLocation(uri: string, relative = '', directRoot?: string): string {
  const root = pathIn(uri, directRoot);
  if (root === undefined) {
    const known = directRoot === undefined ? 'mlflow-artifacts:/' : `mlflow-artifacts:/ or ${directRoot}/`;
    throw new MlflowError(
      'INVALID_PARAMETER_VALUE',
      `artifacts must lie under ${known} to be served here, are at ${uri}: read them there with a client of that storage`,
    );
  }
  return [artifactPath(root), artifactPath(relative)].filter((part) => part !== '').join('/');
}
