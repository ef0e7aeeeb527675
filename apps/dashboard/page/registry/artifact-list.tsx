import { useState } from 'preact/hooks';
import { fileSize } from './file-size.ts';
import { mlflow } from './mlflow.ts';
import type { ArtifactFile } from './mlflow-types.ts';
import { Problem } from './problem.tsx';
import { useAnswer } from './use-answer.ts';

const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

function Folder({ runId, path }: { readonly runId: string; readonly path: string }) {
  const [open, setOpen] = useState(false);
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{nameOf(path)}/</summary>
      {open && <ArtifactList runId={runId} path={path} />}
    </details>
  );
}

function File({ path, file_size: size }: ArtifactFile) {
  return (
    <span class="file">
      <span>{nameOf(path)}</span>
      <span class="muted">{size === undefined ? '' : fileSize(size)}</span>
    </span>
  );
}

/** The files of a run under a path; folders are read when they are opened. */
export function ArtifactList({ runId, path }: { readonly runId: string; readonly path: string }) {
  const { value: files, problem } = useAnswer(`${runId}/${path}`, (signal) => mlflow.artifacts(runId, path, signal));
  if (problem) return <Problem>{problem}</Problem>;
  if (!files) return <p class="muted">Reading…</p>;
  if (files.length === 0) return <p class="empty">{path === '' ? 'This run has no artifacts.' : 'Nothing in here.'}</p>;
  return (
    <ul class="artifacts">
      {files.map((file) => (
        <li key={file.path}>{file.is_dir ? <Folder runId={runId} path={file.path} /> : <File {...file} />}</li>
      ))}
    </ul>
  );
}
