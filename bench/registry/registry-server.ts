/** A tracking server in a process of its own. */
export interface RegistryServer {
  readonly name: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Resident memory of all its processes. */
  memoryMb(): number;
  /** Fills an experiment with so many runs. */
  seed(experimentId: string, runs: number): Promise<void>;
  stop(): Promise<void>;
}
