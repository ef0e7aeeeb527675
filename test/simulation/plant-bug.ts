import { registerHooks } from 'node:module';
import { type Planted, plantedBugs } from './planted-bugs.ts';

/**
 * Puts one of the known bugs into the program from here on: into what is loaded after this call, or into what the trader is given.
 *
 * @throws when the text that a bug replaces is not in the source any more
 */
export function plant(name: string): Planted {
  const bug = plantedBugs.find((each) => each.name === name);
  if (!bug) throw new Error(`the bug must be one of ${plantedBugs.map((each) => each.name).join(', ')}, was "${name}"`);
  const { patches = [] } = bug;
  if (patches.length > 0) {
    registerHooks({
      load(url, context, nextLoad) {
        const loaded = nextLoad(url, context);
        const ours = patches.filter(({ file }) => url.endsWith(`/${file}`));
        if (ours.length === 0) return loaded;
        let source = String(loaded.source);
        for (const { from, to, file } of ours) {
          if (!source.includes(from)) throw new Error(`${file} must contain what "${name}" replaces: ${from}`);
          source = source.replaceAll(from, to);
        }
        return { ...loaded, source };
      },
    });
  }
  return bug;
}
