/** What one process and its machine look like at one moment. Percentages are 0 to 100. */
export interface SystemSample {
  /** Busy share of all processors since the sample before. */
  readonly cpuPercent: number;
  /** This process's share of all processors since the sample before. */
  readonly processCpuPercent: number;
  readonly memory: {
    /** Resident memory of this process. */
    readonly rssBytes: number;
    readonly heapUsedBytes: number;
    /** What this process may use: its control group's limit, or the machine's memory. */
    readonly limitBytes: number;
    /** What is still free of that. */
    readonly availableBytes: number;
    /** Used share of the limit, by everything that counts against it. */
    readonly usedPercent: number;
  };
  /** The disk that holds the data directory. */
  readonly disk: { readonly freeBytes: number; readonly totalBytes: number; readonly usedPercent: number };
  /** How late timers ran since the sample before, in milliseconds. */
  readonly eventLoopDelay: { readonly p99: number; readonly max: number };
}

/** Measures the machine under this process. */
export interface SystemProbe {
  /** May wait up to 100 ms, so that the shares have something to be shares of. */
  sample(): Promise<SystemSample>;
}
