import { systemClocks } from '../../adapters/local/system-clocks.ts';

export const wallClock = systemClocks.wall;
