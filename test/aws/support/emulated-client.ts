import { clientOptions } from '../../../src/adapters/aws/client-options.ts';
import type { MiniStack } from '../../support/ministack/start-ministack.ts';

/** The options of production, for the emulator instead of AWS. */
export const emulatedClient = (emulator: MiniStack | undefined, waits: Parameters<typeof clientOptions>[0] = {}) => ({
  ...clientOptions(waits),
  endpoint: emulator?.endpoint ?? '',
  region: 'us-east-1',
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
});
