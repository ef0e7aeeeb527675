import { pinoLog } from '../../../src/adapters/local/pino-log.ts';
import { type Line, logContract } from './log-contract.ts';

logContract('pino', (level) => {
  const written: Line[] = [];
  const log = pinoLog(level, { write: (line: string) => void written.push(JSON.parse(line) as Line) });
  return { log, lines: () => written, messageField: 'msg' };
});
