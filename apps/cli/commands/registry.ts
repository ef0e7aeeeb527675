import type { Command } from 'commander';
import { introduceApi } from '../../api/introduce-api.ts';
import { serveRegistry } from '../../api/serve-registry.ts';
import { type Deliver, defineCommand } from '../define-command.ts';
import { wholeFrom } from '../option-parsers.ts';
import { requireOneMachine } from '../session.ts';

/** MLflow's own. */
const DEFAULT_PORT = 5_000;

export function defineRegistry(program: Command, deliver: Deliver): void {
  defineCommand<{ readonly port: number }>(program, deliver, {
    name: 'registry',
    about: "Serves the registry alone, to this machine, as MLflow's clients know it; Ctrl-C ends it.",
    examples: ['registry', 'registry --port 5050 --data-dir ~/models'],
    more: 'A data directory that is not there is made. The first start makes a token and prints it once; "npm start" serves the same beside the page.',
    options: (command) =>
      command.option('--port <number>', 'to serve at; 0 takes any free one', wholeFrom(0, 65_535), DEFAULT_PORT),
    run: async (session, { port }) => {
      requireOneMachine(session, 'the registry', 'a stage has its own');
      const stopped = untilStopped();
      const served = await serveRegistry({ port });
      const url = `http://127.0.0.1:${served.port}`;
      session.note(`The registry is at ${url} (this machine only). Ctrl-C stops.`);
      for (const line of await introduceApi(url)) session.note(line);
      await stopped;
      await served.close();
      return { value: { url, stopped: true }, text: 'Stopped.' };
    },
  });
}

const untilStopped = (): Promise<void> =>
  new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
