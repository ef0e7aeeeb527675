import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Anchors of the runbook's headings, as GitHub makes them. */
export const runbookSections = (): ReadonlySet<string> =>
  new Set(
    readFileSync(join(import.meta.dirname, '../../../docs/runbook.md'), 'utf8')
      .split('\n')
      .filter((line) => /^#+ /.test(line))
      .map((heading) =>
        heading
          .replace(/^#+ /, '')
          .toLowerCase()
          .replaceAll(/[^\w\- ]/g, '')
          .replaceAll(' ', '-'),
      ),
  );
