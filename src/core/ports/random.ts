/** Randomness, so that a seed reproduces a run. */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  /** A new identifier, unique for all practical purposes: 32 lower-case hexadecimal digits. */
  id(): string;
}
