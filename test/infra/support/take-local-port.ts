/** To be refused as a bundle: names a port of one machine by its file. */
import { monotonic } from '../../../src/compose/local/monotonic.ts';

console.log(monotonic.now());
