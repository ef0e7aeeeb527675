import { systemClocks } from '../../adapters/local/system-clocks.ts';

export const monotonic = systemClocks.monotonic;
