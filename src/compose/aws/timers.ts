import { systemClocks } from '../../adapters/local/system-clocks.ts';

export const timers = systemClocks.timers;
