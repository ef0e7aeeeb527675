/** Where the files of versions come from: what the tracking knows of runs and logged models. */
export interface ModelSources {
  run(runId: string): Promise<SourceRun | undefined>;
  loggedModel(modelId: string): Promise<SourceModel | undefined>;
  /** Notes on a logged model that a version was made of it. */
  noteVersion?(modelId: string, name: string, version: number): Promise<void>;
}

export interface SourceRun {
  readonly artifactUri: string;
  readonly params: Readonly<Record<string, string>>;
  /** Latest values. */
  readonly metrics: Readonly<Record<string, number>>;
  readonly tags: Readonly<Record<string, string>>;
}

export interface SourceModel {
  readonly artifactUri: string;
  /** Empty when it came from no run. */
  readonly sourceRunId: string;
}
