/** Where the first token of an installation is left for its owner. */
export interface AdminTokenFile {
  /** Where it is, as a person would look for it. */
  readonly path: string;
  /** Replaces what was there, whole or not at all; nobody but its owner can read it. */
  write(secret: string): Promise<void>;
}
