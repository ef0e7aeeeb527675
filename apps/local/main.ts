import { marketClock } from '#port/market-clock';
import { replayControl } from '#port/replay-control';
import { AresError, messageOf } from '../../src/core/ares-error.ts';
import { timeframeMillis } from '../../src/core/market-data/timeframe.ts';
import { parseSlotId } from '../../src/core/models/slot.ts';
import { epochMillis } from '../../src/core/ports/clock.ts';
import { introduceApi } from '../api/introduce-api.ts';
import { servePage } from '../api/serve-page.ts';
import { createNarrator } from './narrator.ts';
import { type LocalSettings, parseLocalSettings } from './settings.ts';
import { type Machine, startMachine } from './start-machine.ts';

/** Bars between two candidates of the built-in trainer: two minutes at the usual speed, so that somebody who watches sees them come. */
const CANDIDATE_EVERY_BARS = 120;
const LOOK_EVERY_MS = 200;

const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop.abort());

try {
  await run(parseLocalSettings(process.argv.slice(2)), stop.signal);
  process.exit(0);
} catch (error) {
  const code = error instanceof AresError ? `${error.code}: ` : '';
  process.stderr.write(`ares: ${code}${messageOf(error)}\n`);
  process.exit(error instanceof AresError && error.code === 'USAGE' ? 2 : 1);
}

async function run(settings: LocalSettings, signal: AbortSignal): Promise<void> {
  const narrator = createNarrator();
  const machine = await startMachine(settings, { lockstep: false, everyBars: () => CANDIDATE_EVERY_BARS }, narrator);
  const undo: (() => Promise<void>)[] = [() => machine.stop()];
  try {
    const page = await servePage({ port: settings.port });
    undo.unshift(() => page.close());
    narrator.say(`The page is at ${page.url} (this machine only, read only).`);
    for (const line of await introduceApi(`http://127.0.0.1:${page.port}`)) narrator.say(line);
    machine.host.start();
    const barMillis = timeframeMillis(parseSlotId(machine.slot).timeframe);
    const barsAt = (now: number): number => Math.max(0, Math.floor((now - machine.split.liveFrom) / barMillis));
    const begun = await marketClock().now();
    await machine.arrive(barsAt(begun), begun);
    signal.throwIfAborted();
    const trader = await machine.startTrader(signal);
    undo.unshift(() => trader.stop());
    if (settings.external) narrator.say(`Trading ${machine.slot} on ${settings.external.url}. Ctrl-C stops.`);
    else await startReplay(settings, narrator.say);
    const follow = followMarket({ settings, machine, barsAt, say: narrator.say }, signal);
    await Promise.race([follow, machine.broken]);
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    narrator.say('Stopping: the trader first, then the functions and the exchange.');
    for (const step of undo) await step();
    narrator.say(`Stopped. Start again with the same --data-dir (${settings.dataDir}) to go on where this ended.`);
  }
}

/** Lets candidates arrive when it is their time. An exchange of somebody else's may be away for a while; the built-in one is not away, it has ended. */
async function followMarket(
  of: {
    readonly settings: LocalSettings;
    readonly machine: Machine;
    readonly barsAt: (now: number) => number;
    readonly say: (line: string) => void;
  },
  signal: AbortSignal,
): Promise<void> {
  const { settings, machine, barsAt, say } = of;
  let away = false;
  while (!signal.aborted) {
    const now = await marketClock()
      .now()
      .catch((error: unknown) => {
        if (!away) say(`The market's time is not known: ${messageOf(error)}`);
        away = true;
        return undefined;
      });
    if (now !== undefined) {
      away = false;
      await machine.arrive(barsAt(now), epochMillis(now));
    }
    const rest = machine.ports.timers.sleep(LOOK_EVERY_MS, signal).catch(() => 'stopping');
    await (settings.external ? rest : Promise.race([rest, machine.broken]));
  }
}

async function startReplay(settings: LocalSettings, say: (line: string) => void): Promise<void> {
  if ((await replayControl().status()).mode === 'finished') {
    say(`All candles have been traded. Start with another --data-dir to begin anew. Ctrl-C stops.`);
    return;
  }
  await replayControl().start(settings.speed);
  say(`Trading at ${settings.speed} times the market's pace. Ctrl-C stops.`);
}
