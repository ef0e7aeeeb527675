import type { Ledger } from '../ports/ledger.ts';
import { createRunBoard, type RunBoard } from './run-board.ts';
import type { TrackingPorts } from './tracking-ports.ts';

/** An experiment with more runs is searched by its indexes only. */
export const MOST_SEARCHED_RUNS = 50_000;
/** Runs of all boards together, above which those that were not used longest are forgotten. */
const MOST_KEPT_RUNS = 60_000;
/** An experiment that is asked for again and again is worth reading whole, unless that takes long. */
const WALKS_BEFORE_READING = 3;
const MOST_READ_AHEAD = 20_000;

interface RunBoards {
  /** The board of an experiment when it is in memory. */
  known(experimentId: string): RunBoard | undefined;
  /** The board of an experiment, current; `undefined` when the experiment has too many runs. */
  read(experimentId: string): Promise<RunBoard | undefined>;
  /** Says that a search did without the board; after some, it is read for those that follow. */
  walked(experimentId: string): Promise<void>;
}

const ofLedger = new WeakMap<Ledger, RunBoards>();

/** The boards of a ledger in this process. */
export function runBoards(ports: Pick<TrackingPorts, 'ledger' | 'wallClock'>): RunBoards {
  const made = ofLedger.get(ports.ledger) ?? createRunBoards(ports);
  ofLedger.set(ports.ledger, made);
  return made;
}

function createRunBoards({ ledger, wallClock }: Pick<TrackingPorts, 'ledger' | 'wallClock'>): RunBoards {
  const boards = new Map<string, RunBoard>();
  const tooLarge = new Set<string>();
  const walks = new Map<string, number>();

  /** Those that were used last come last. */
  const use = (experimentId: string, board: RunBoard): void => {
    boards.delete(experimentId);
    boards.set(experimentId, board);
    let runs = 0;
    for (const { size } of boards.values()) runs += size;
    for (const [other, { size }] of boards) {
      if (runs <= MOST_KEPT_RUNS || other === experimentId) break;
      boards.delete(other);
      runs -= size;
    }
  };

  const read = async (experimentId: string, most: number): Promise<RunBoard | undefined> => {
    const board = boards.get(experimentId) ?? createRunBoard(ledger, wallClock, experimentId);
    if (await board.refresh(most)) {
      use(experimentId, board);
      return board;
    }
    boards.delete(experimentId);
    return undefined;
  };

  return {
    known: (experimentId) => boards.get(experimentId),
    async read(experimentId) {
      if (tooLarge.has(experimentId)) return undefined;
      const board = await read(experimentId, MOST_SEARCHED_RUNS);
      if (!board) tooLarge.add(experimentId);
      return board;
    },
    async walked(experimentId) {
      const count = (walks.get(experimentId) ?? 0) + 1;
      walks.set(experimentId, count);
      if (count === WALKS_BEFORE_READING) await read(experimentId, MOST_READ_AHEAD);
    },
  };
}
