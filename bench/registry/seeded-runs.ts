import { createHash } from 'node:crypto';

/** One finished run, the same for both servers. */
export interface SeededRun {
  readonly id: string;
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly startTime: number;
  readonly metrics: Readonly<Record<string, number>>;
  readonly params: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
}

const BEGIN = 1_760_000_000_000;

/** A number from 0 to 1 that looks random and is the same every time. */
const scattered = (n: number, what: string): number =>
  createHash('sha256').update(`${what}${n}`).digest().readUInt32BE(0) / 2 ** 32;

export function* seededRuns(count: number, experimentId: string): Generator<SeededRun> {
  for (let n = 0; n < count; n += 1) {
    const accuracy = scattered(n, 'accuracy');
    yield {
      id: createHash('md5').update(`${experimentId}/${n}`).digest('hex'),
      name: `run-${n}`,
      startTime: BEGIN + n * 1_000,
      metrics: { accuracy, loss: 1 - accuracy, sharpe: scattered(n, 'sharpe') * 4 - 2 },
      params: { depth: String(n % 12), rate: '0.05', trees: '200', kind: n % 2 === 0 ? 'lightgbm' : 'forest' },
      tags: { team: n % 3 === 0 ? 'alpha' : 'beta', model_status: n % 10 === 0 ? 'candidate' : 'evaluated_inferior' },
    };
  }
}
