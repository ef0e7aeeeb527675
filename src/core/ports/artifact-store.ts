/** One entry of a folder of artifacts. */
export interface ArtifactInfo {
  /** From the root of the store, parts joined by `/`. */
  readonly path: string;
  readonly isDirectory: boolean;
  /** Bytes; absent for a folder. */
  readonly size?: number;
}

/** An upload in parts that has begun. */
export interface MultipartUpload {
  readonly uploadId: string;
  /** Where each part is put, by HTTP PUT, in their order. */
  readonly parts: readonly {
    readonly partNumber: number;
    readonly url: string;
    readonly headers: Readonly<Record<string, string>>;
  }[];
}

/**
 * Files that runs and logged models keep, by path.
 *
 * Paths are relative, of plain parts joined by `/`, checked by `artifactPath` before they come here.
 */
export interface ArtifactStore {
  /** Where clients that hold credentials of their own write directly (`s3://bucket/prefix`); absent where everything goes through the API. */
  readonly directRoot?: string;
  /** Replaces what was there, or does not: nobody reads half a file. */
  put(path: string, content: ReadableStream<Uint8Array>): Promise<void>;
  /** @returns `undefined` when there is no such file */
  get(path: string): Promise<{ readonly size: number; readonly content: ReadableStream<Uint8Array> } | undefined>;
  /** What stands directly in a folder, by path; nothing for a folder that is not there. */
  list(folder: string): Promise<readonly ArtifactInfo[]>;
  /** Deletes a file or a whole folder; what is not there is gone already. */
  delete(path: string): Promise<void>;
  /** A URL that reads the file for some minutes, for what is too large for the API; absent where the API gives everything itself. */
  downloadUrl?(path: string): Promise<string>;
  /** Absent where uploads of any size go through the API. */
  readonly multipart?: {
    create(path: string, parts: number): Promise<MultipartUpload>;
    complete(
      path: string,
      uploadId: string,
      parts: readonly { readonly partNumber: number; readonly etag: string }[],
    ): Promise<void>;
    abort(path: string, uploadId: string): Promise<void>;
  };
}
