import { Presets, SingleBar } from 'cli-progress';
import type { Narrator } from './start-machine.ts';

/** Tells on the terminal what happens, with a bar for the training under way; in a pipe, lines only. */
export function createNarrator(output: NodeJS.WriteStream = process.stdout): Narrator {
  let bar: SingleBar | undefined;
  let training = '';
  const endBar = (): void => {
    bar?.stop();
    bar = undefined;
  };
  return {
    say: (line) => {
      endBar();
      output.write(`${line}\n`);
    },
    training: ({ runId, about }, trees, of) => {
      if (!output.isTTY) return;
      if (training !== runId) {
        endBar();
        training = runId;
      }
      if (!bar) {
        bar = new SingleBar(
          {
            format: `Training ${runId} (${about}) {bar} {value}/{total} trees`,
            stream: output,
            clearOnComplete: true,
            hideCursor: true,
          },
          Presets.shades_classic,
        );
        bar.start(of, trees);
      }
      bar.update(trees);
      if (trees >= of) endBar();
    },
  };
}
