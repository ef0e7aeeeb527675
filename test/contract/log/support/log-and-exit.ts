import { createPowertoolsLog } from '../../../../src/adapters/aws/powertools-log.ts';

const log = createPowertoolsLog('info', 'ares-test');
for (let line = 1; line < 200; line++) log.info('words', { padding: 'x'.repeat(2_000) });
log.error('the last words');
process.exit(7);
