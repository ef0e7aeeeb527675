/** An entry of the audit trail as `/api/audit` gives it. */
export interface LifecycleEntry {
  readonly id: string;
  /** Its place in the trail. */
  readonly sequence: number;
  readonly timestamp: number;
  readonly eventType: string;
  readonly user: string;
  readonly text: string;
  readonly hash: string;
  readonly details: Readonly<Record<string, unknown>>;
}
