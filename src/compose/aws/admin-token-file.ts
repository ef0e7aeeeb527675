import type { AdminTokenFile } from '../../core/ports/admin-token-file.ts';
import { oneMachineOnly } from '../one-machine-only.ts';

/** There is none: whoever deploys makes the first token. */
export const adminTokenFile = (): AdminTokenFile => {
  throw oneMachineOnly('the first token', 'make one with "ares --stage NAME token create NAME --role admin"');
};
