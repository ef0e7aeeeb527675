import type { Session } from './session.ts';

export interface Progress {
  update(done: number, of: number): void;
  /** Leaves the line to what is printed next. */
  stop(): void;
}

/** A bar on a terminal's standard error; nothing where nobody watches. */
export async function startProgress(session: Session, label: string): Promise<Progress> {
  if (session.json || !process.stderr.isTTY) return { update: () => undefined, stop: () => undefined };
  const { default: cliProgress } = await import('cli-progress');
  const bar = new cliProgress.SingleBar(
    {
      format: `${label} {bar} {percentage} % | {value}/{total} | {eta_formatted} left`,
      hideCursor: true,
      clearOnComplete: true,
    },
    cliProgress.Presets.shades_classic,
  );
  let started = false;
  return {
    update(done, of) {
      if (!started) bar.start(of, 0);
      started = true;
      bar.setTotal(of);
      bar.update(done);
    },
    stop: () => bar.stop(),
  };
}
