import { lockDataDirectory } from '../../adapters/local/data-directory-lock.ts';

/** The directory one runner works in. */
export const dataDirectory = { lock: lockDataDirectory };
