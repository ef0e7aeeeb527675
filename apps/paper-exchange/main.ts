import { AresError, messageOf } from '../../src/core/ares-error.ts';
import { parseOptions } from './options.ts';
import { startPaperExchange } from './start-paper-exchange.ts';

process.on('uncaughtException', (error) => {
  process.stderr.write(`${error instanceof AresError ? messageOf(error) : (error.stack ?? messageOf(error))}\n`);
  process.exit(1);
});

try {
  const exchange = await startPaperExchange(parseOptions(process.argv.slice(2), process.env));
  const ready = { ready: true, port: exchange.port };
  const stop = (): void => {
    exchange.close().then(() => process.exit(0));
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  // Nobody is left to trade with once the parent is gone.
  process.once('disconnect', stop);
  process.stdout.write(`${JSON.stringify(ready)}\n`);
  if (process.connected) process.send?.(ready);
  // The parent may have gone while the market was being read.
  if (process.connected === false) stop();
} catch (error) {
  if (!(error instanceof AresError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
}
