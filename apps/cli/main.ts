import { enableCompileCache } from 'node:module';
import { join } from 'node:path';

// Types are stripped and modules compiled once, not at every command; the cache goes away with the packages it belongs to.
enableCompileCache(join(import.meta.dirname, '../../node_modules/.cache/ares-cli'));
const { runCli } = await import('./run-cli.ts');
process.exit(await runCli(process.argv.slice(2)));
