const TEXTS: ReadonlySet<string> = new Set(
  'txt log err cfg conf cnf cf ini properties prop hocon toml yaml yml xml json js py py3 csv tsv md rst ipynb MLmodel mlproject'.split(
    ' ',
  ),
);

const OTHERS: ReadonlyMap<string, string> = new Map([
  ['png', 'image/png'],
  ['jpg', 'image/jpeg'],
  ['jpeg', 'image/jpeg'],
  ['gif', 'image/gif'],
  ['bmp', 'image/bmp'],
  ['svg', 'image/svg+xml'],
  ['tif', 'image/tiff'],
  ['tiff', 'image/tiff'],
  ['webp', 'image/webp'],
  ['html', 'text/html'],
  ['htm', 'text/html'],
  ['css', 'text/css'],
  ['pdf', 'application/pdf'],
  ['zip', 'application/zip'],
  ['tar', 'application/x-tar'],
  ['mp3', 'audio/mpeg'],
  ['wav', 'audio/x-wav'],
  ['mp4', 'video/mp4'],
]);

/** The content type of an artifact by its name, as MLflow's own server says it for what its page shows. */
export function artifactMimeType(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const dot = name.lastIndexOf('.');
  const extension = dot > 0 ? name.slice(dot + 1) : '';
  if (TEXTS.has(extension === '' ? name : extension.toLowerCase())) return 'text/plain';
  return OTHERS.get(extension.toLowerCase()) ?? 'application/octet-stream';
}
