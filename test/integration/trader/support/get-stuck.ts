/** Hears SIGTERM and does not leave, as a trader whose ledger never answers. */
import { leaveInTime } from '../../../../apps/trader/leave-in-time.ts';

const stop = new AbortController();
const say = (message: string): void => console.log(message);
leaveInTime(stop.signal, 200, () => ({ debug: say, info: say, warn: say, error: say }));
process.on('SIGTERM', () => stop.abort('signal SIGTERM'));
setInterval(() => undefined, 60_000);
console.log('running');
