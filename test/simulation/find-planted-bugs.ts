import { plantedBugs } from './planted-bugs.ts';
import { runSeeds } from './run-seeds.ts';

/** Which seed found a bug, and by what; `null` when none did. */
export interface FoundBug {
  readonly name: string;
  readonly seed: number | null;
  readonly violation: string | null;
}

/** Plants one bug after the other and runs seeds until one fails. */
export async function findPlantedBugs(
  request: { readonly from: number; readonly seeds: number; readonly names?: readonly string[] },
  onFound: (bug: FoundBug) => void = () => undefined,
): Promise<readonly FoundBug[]> {
  const found: FoundBug[] = [];
  for (const { name } of plantedBugs) {
    if (request.names && !request.names.includes(name)) continue;
    let hit: FoundBug = { name, seed: null, violation: null };
    const { from, seeds } = request;
    const { violations } = await runSeeds({ from, seeds, planted: name, untilFirst: true });
    const [first] = violations;
    if (first) hit = { name, seed: first.seed, violation: `${first.invariant}: ${first.message}` };
    found.push(hit);
    onFound(hit);
  }
  return found;
}
