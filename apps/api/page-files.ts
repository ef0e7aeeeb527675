import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The answer for a path of the page, `undefined` when there is no such file. */
export type PageFiles = (path: string) => Promise<Response | undefined>;

const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
};

/** The names a build may give its files: nothing else is ever looked for on disk. */
const SERVED = /^\/(?:assets\/)?[\w-][\w.-]*\.(html|js|css|svg)$/;

const NOT_BUILT = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Ares: the page is not built</title>
<h1>The page is not built yet</h1>
<p>Run <code>npm run prestart</code> and reload. What the page shows is also at <a href="/api/overview">/api/overview</a>.</p>
</html>
`;

/** Serves a built page from its directory; where it is not built yet, a page that says how to build it. */
export function pageFiles(directory: string): PageFiles {
  const read = async (path: string): Promise<Uint8Array<ArrayBuffer> | undefined> => {
    try {
      return new Uint8Array(await readFile(join(directory, path)));
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
      throw error;
    }
  };
  return async (path) => {
    const file = path === '/' ? '/index.html' : path;
    const extension = SERVED.exec(file)?.[1];
    if (extension === undefined) return undefined;
    const bytes = await read(file);
    // A build names its assets by their content, so these never change.
    const cache = file.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache';
    if (bytes)
      return new Response(bytes, { headers: { 'content-type': TYPES[extension] as string, 'cache-control': cache } });
    if (path !== '/') return undefined;
    return new Response(NOT_BUILT, {
      status: 503,
      headers: { 'content-type': TYPES.html as string, 'cache-control': 'no-store' },
    });
  };
}
