import { AresError } from '../ares-error.ts';
import type { ModelHash, ModelStore } from '../ports/model-store.ts';

export type BytesCheck =
  | { readonly ok: true; readonly bytes: Uint8Array }
  | { readonly ok: false; readonly code: 'MODEL_MISSING' | 'MODEL_CORRUPT'; readonly reason: string };

/**
 * Whether a model can be loaded: its bytes are there and have the hash they are stored under.
 *
 * Only those two findings are a verdict; a store that cannot be reached rejects, because it says nothing about the model.
 */
export async function checkModelBytes(modelStore: ModelStore, hash: ModelHash): Promise<BytesCheck> {
  try {
    return { ok: true, bytes: await modelStore.get(hash) };
  } catch (error) {
    if (!(error instanceof AresError)) throw error;
    if (error.code === 'MODEL_MISSING') return { ok: false, code: error.code, reason: 'bytes missing' };
    if (error.code === 'MODEL_CORRUPT') return { ok: false, code: error.code, reason: 'bytes corrupt' };
    throw error;
  }
}
