import * as z from 'zod';

const matcher = {
  /** What the request's path starts with; `ws:order.place` for calls over the socket. Without one, any. */
  path: z.string().default(''),
  /** HTTP method; without one, any. */
  method: z.string().optional(),
  times: z.number().int().positive().default(1),
};

/** What can be scripted to go wrong. */
export const faultSchema = z.discriminatedUnion('kind', [
  /** Answered with this status, not executed. */
  z.strictObject({
    kind: z.literal('status'),
    ...matcher,
    status: z.number().int().min(400).max(599),
    /** Seconds. */
    retryAfter: z.number().int().positive().optional(),
  }),
  /** Executed, and never answered. */
  z.strictObject({ kind: z.literal('no-answer'), ...matcher, hangUp: z.boolean().default(false) }),
  /** Not executed, and never answered. */
  z.strictObject({ kind: z.literal('silence'), ...matcher, hangUp: z.boolean().default(false) }),
  z.strictObject({ kind: z.literal('drop-sockets'), which: z.enum(['market', 'account', 'all']) }),
  /** How far the exchange's wall clock is ahead of the real one. */
  z.strictObject({ kind: z.literal('clock-skew'), ms: z.number().int() }),
  z.strictObject({ kind: z.literal('clear') }),
]);

export type Fault = z.infer<typeof faultSchema>;
export type RequestFault = Extract<Fault, { path: string }>;

export interface Faults {
  script(fault: RequestFault): void;
  setSkew(ms: number): void;
  clear(): void;
  /** The exchange's wall time. */
  wallTime(): number;
  /** The fault this request meets, counted as met. */
  meet(path: string, method?: string): RequestFault | undefined;
  pending(): readonly RequestFault[];
}

export function createFaults(): Faults {
  let scripted: RequestFault[] = [];
  let skew = 0;
  return {
    script(fault) {
      scripted.push(fault);
    },
    setSkew(ms) {
      skew = ms;
    },
    clear() {
      scripted = [];
      skew = 0;
    },
    wallTime: () => Date.now() + skew,
    meet(path, method) {
      if (scripted.length === 0) return undefined;
      const fault = scripted.find(
        (each) => path.startsWith(each.path) && (each.method === undefined || each.method === method),
      );
      if (!fault) return undefined;
      fault.times -= 1;
      if (fault.times === 0) scripted = scripted.filter((each) => each !== fault);
      return fault;
    },
    pending: () => scripted,
  };
}
