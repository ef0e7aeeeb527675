import type { Caller } from '../../../src/core/access/caller.ts';
import type { Right } from '../../../src/core/access/right.ts';

/** Lets in who may come in. */
export interface Gate {
  /**
   * @param authorization the header of this name
   * @throws MlflowError `UNAUTHENTICATED`, `PERMISSION_DENIED`, `REQUEST_LIMIT_EXCEEDED`
   */
  admit(authorization: string | undefined, right: Exclude<Right, 'open'>): Promise<Caller>;
}
