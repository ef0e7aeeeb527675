import { expect, test } from 'vitest';
import { artifactMimeType } from '../../../src/core/tracking/artifact-mime-type.ts';

test.each([
  ['model/MLmodel', 'text/plain'],
  ['mlproject', 'text/plain'],
  ['a/requirements.txt', 'text/plain'],
  ['metrics.json', 'text/plain'],
  ['conda.yaml', 'text/plain'],
  ['plot.png', 'image/png'],
  ['NOTES.TXT', 'text/plain'],
  ['PLOT.PNG', 'image/png'],
  ['report.html', 'text/html'],
  ['drawing.svg', 'image/svg+xml'],
  ['model.onnx', 'application/octet-stream'],
  ['model.pkl', 'application/octet-stream'],
  ['no-extension', 'application/octet-stream'],
  ['folder.txt/no-extension', 'application/octet-stream'],
  ['.txt', 'application/octet-stream'],
])('%s is %s', (path, type) => expect(artifactMimeType(path)).toBe(type));
