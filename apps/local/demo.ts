import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command, Option } from 'commander';
import { replayControl } from '#port/replay-control';
import { messageOf } from '../../src/core/ares-error.ts';
import { epochMillis } from '../../src/core/ports/clock.ts';
import { readDeployment } from '../../src/core/promotion/deployment.ts';
import { rollback } from '../../src/core/promotion/rollback.ts';
import { type DemoReport, reportDemo } from './demo-report.ts';
import { bounded, dataOption, type LocalSettings, seedOption, symbolOfFile, symbolOption } from './settings.ts';
import { type Machine, startMachine } from './start-machine.ts';

const DEFAULT_BARS = 5_000;
/** Ten candidates, then room for what the last of them and the rollback do. */
const PARTS = 11;
const OBEY_WITHIN_MS = 30_000;

const command = new Command('npm run demo --')
  .description(
    'Walks the whole life of a model in lockstep with the market, without waiting for the clock, and prints what happened.',
  )
  .option('--json', 'print the report as one JSON object')
  .addOption(dataOption())
  .addOption(symbolOption())
  .addOption(seedOption())
  .addOption(
    new Option('--bars <number>', 'candles to trade')
      .argParser(bounded('bars', 1, 10_000_000, true))
      .default(DEFAULT_BARS),
  )
  .option('--keep <dir>', 'keep the data directory, for ./ares to look at')
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
  .parse();
const flags = command.opts<{
  json?: boolean;
  data?: string;
  symbol?: string;
  seed: number;
  bars: number;
  keep?: string;
}>();

const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => stop.abort(new Error(`stopped by ${signal}`)));
const say = (line: string): void => void process.stderr.write(`${line}\n`);
const dataDir = flags.keep ?? mkdtempSync(join(tmpdir(), 'ares-demo-'));
try {
  const report = await runDemo(
    {
      speed: 1,
      data: flags.data,
      symbol: flags.symbol ?? symbolOfFile(flags.data),
      dataDir,
      port: 0,
      seed: flags.seed,
      external: undefined,
    },
    flags.bars,
  );
  process.stdout.write(flags.json ? `${JSON.stringify(report)}\n` : `${table(report)}\n`);
} catch (error) {
  say(`The demo ended without a report: ${messageOf(error)}`);
  process.exitCode = 1;
} finally {
  if (!flags.keep) rmSync(dataDir, { recursive: true, force: true });
}
process.exit();

async function runDemo(settings: LocalSettings, wantedBars: number): Promise<DemoReport> {
  const every = (liveBars: number) => Math.max(1, Math.floor(Math.min(wantedBars, liveBars) / PARTS));
  const machine = await startMachine(
    settings,
    { lockstep: true, everyBars: every },
    { say, training: () => undefined },
  );
  try {
    const bars = Math.min(wantedBars, machine.split.liveBars);
    await machine.arrive(0, epochMillis(machine.split.liveFrom));
    const trader = await machine.startTrader(stop.signal);
    const rollbackAfter = every(machine.split.liveBars) * (PARTS - 1) - 1;
    for (let bar = 1; bar <= bars; bar += 1) {
      stop.signal.throwIfAborted();
      const { barClose } = await replayControl().step();
      await machine.host.advanceMarket(barClose);
      await machine.arrive(bar, barClose);
      if (bar === rollbackAfter) await rollBackOnce(machine, barClose);
      await commandsObeyed(machine);
    }
    await trader.stop();
    await machine.host.pump();
    const [status, books] = await Promise.all([replayControl().status(), replayControl().books()]);
    return await reportDemo(
      {
        slot: machine.slot,
        candles: bars,
        budget: machine.quoteBalance,
        status,
        books,
        eventsByType: machine.eventsByType,
      },
      machine.ports.ledger,
    );
  } finally {
    await machine.stop();
  }
}

async function rollBackOnce(machine: Machine, now: number): Promise<void> {
  const { slot, ports } = machine;
  const outcome = await rollback(
    { id: 'demo-rollback', user: 'demo', now: epochMillis(now), sessionId: 'demo', slot, reason: 'shown by the demo' },
    ports,
  );
  await machine.host.pump();
  const { championRunId } = await readDeployment(ports.ledger, slot);
  say(`Rollback: ${outcome.outcome}, ${championRunId} is in production.`);
}

/** The market goes on only when the trader has done what it was told, so that a run does not depend on how fast it was told. */
async function commandsObeyed({ ports }: Machine): Promise<void> {
  const deadline = ports.monotonic.now() + OBEY_WITHIN_MS;
  while ((await ports.commandQueue.depth()) > 0) {
    if (ports.monotonic.now() > deadline)
      throw new Error(`the trader must obey within ${OBEY_WITHIN_MS} ms, had not; see the log of the trader`);
    await ports.timers.sleep(2);
  }
}

function table(report: DemoReport): string {
  return Object.entries(report)
    .map(([name, value]) => `${name.padEnd(24)}${typeof value === 'object' ? JSON.stringify(value) : value}`)
    .join('\n');
}
