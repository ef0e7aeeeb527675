import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startProcess } from '../apps/local/child-process.ts';
import type { Bench, BenchOptions, BenchResult } from './bench.ts';
import { loadNow, type MachineFacts, machineFacts } from './measure/machine-facts.ts';
import { startAres } from './registry/ares-server.ts';
import { startGenuine } from './registry/genuine-server.ts';
import type { LoadResult } from './registry/http-load.ts';
import { measure, measureCeiling, registryCases } from './registry/registry-cases.ts';
import type { RegistryServer } from './registry/registry-server.ts';

const MEMORY_AIM = 0.2;

interface ComparedCase {
  readonly case: string;
  readonly ares: LoadResult;
  readonly genuine: LoadResult;
  /** Ares' requests a second through the genuine server's. */
  readonly ratio: number;
  readonly aim: number;
  readonly met: boolean;
}

/** What `registry` prints with `--json`; `p50Us` and the like are of the first case. */
export interface RegistryResult extends BenchResult {
  readonly cases: readonly ComparedCase[];
  readonly ratios: Readonly<Record<string, number>>;
  /** The client's own ceiling: requests a second against a server that answers a constant. */
  readonly ceiling: LoadResult;
  readonly memoryMb: { readonly ares: number; readonly genuine: number; readonly share: number; readonly aim: number };
  readonly machine: MachineFacts;
  readonly load: { readonly before: number; readonly after: number };
}

async function measureAll(server: RegistryServer, { samples, say }: BenchOptions) {
  const results = new Map<string, LoadResult>();
  try {
    for (const each of registryCases) {
      say(`${server.name}: ${each.name}`);
      results.set(each.name, await measure(server, each, samples));
    }
    return { name: server.name, results, memoryMb: server.memoryMb() };
  } finally {
    await server.stop();
  }
}

async function ceilingOf(folder: string, samples: number): Promise<LoadResult> {
  const constant = await startProcess({
    name: 'constant server',
    entry: new URL('./registry/constant-server.ts', import.meta.url),
    env: {},
    logFile: join(folder, 'constant.log'),
  });
  try {
    return await measureCeiling(`http://127.0.0.1:${constant.ready.port}`, samples);
  } finally {
    await constant.stop();
  }
}

async function run(options: BenchOptions): Promise<{ result: RegistryResult; table: string }> {
  const before = loadNow();
  const folder = mkdtempSync(join(tmpdir(), 'ares-bench-'));
  try {
    const ceiling = await ceilingOf(folder, options.samples);
    // One after the other: two servers at once would share the cores.
    const ares = await measureAll(await startAres(join(folder, 'ares')), options);
    const genuine = await measureAll(await startGenuine(folder), options);
    const cases = registryCases.map(({ name, aim }): ComparedCase => {
      const [own, peer] = [ares.results.get(name) as LoadResult, genuine.results.get(name) as LoadResult];
      const ratio = Math.round((own.requestsPerSecond / peer.requestsPerSecond) * 10) / 10;
      return { case: name, ares: own, genuine: peer, ratio, aim, met: ratio >= aim };
    });
    const [first] = cases as [ComparedCase, ...ComparedCase[]];
    const { p50Us, p99Us, maxUs } = first.ares;
    const share = Math.round((ares.memoryMb / genuine.memoryMb) * 100) / 100;
    const result: RegistryResult = {
      bench: 'registry',
      p50Us,
      p99Us,
      maxUs,
      samples: options.samples,
      runs: 1,
      peer: genuine.name,
      ratio: first.ratio,
      cases,
      ratios: Object.fromEntries(cases.map((each) => [each.case, each.ratio])),
      ceiling,
      memoryMb: { ares: ares.memoryMb, genuine: genuine.memoryMb, share, aim: MEMORY_AIM },
      machine: machineFacts(),
      load: { before, after: loadNow() },
    };
    return { result, table: tableOf(result) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function tableOf({ cases, ceiling, memoryMb, machine, peer }: RegistryResult): string {
  const row = (name: string, ...values: readonly string[]) =>
    `  ${name.padEnd(26)}${values.map((value) => value.padStart(18)).join('')}`;
  const figures = ({ requestsPerSecond, p50Us, p99Us }: LoadResult) =>
    `${requestsPerSecond} (${Math.round(p50Us / 100) / 10}/${Math.round(p99Us / 100) / 10} ms)`;
  return [
    `registry against ${peer}, 8 connections; ${machine.cores} × ${machine.cpu}, Node ${machine.node}`,
    row('requests/s (p50/p99)', 'Ares', 'genuine', 'ratio', 'aim'),
    ...cases.map((each) =>
      row(
        each.case,
        figures(each.ares),
        figures(each.genuine),
        String(each.ratio),
        `${each.aim}${each.met ? '' : ' missed'}`,
      ),
    ),
    row("the client's own ceiling", figures(ceiling)),
    row(
      'resident memory',
      `${memoryMb.ares} MB`,
      `${memoryMb.genuine} MB`,
      String(memoryMb.share),
      `≤ ${memoryMb.aim}`,
    ),
  ].join('\n');
}

/** What a researcher's client waits for. */
export const registry: Bench = {
  promise:
    "the MLflow API against the genuine server's: writes and lookups ≥ 10 times, searches ≥ 20 times its requests a second, memory ≤ 1/5",
  run,
};
