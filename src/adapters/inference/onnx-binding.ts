import type { InferenceSession, Tensor } from 'onnxruntime-node';

/** What a session returns a model's output as, before anything of it is believed. */
export type OutputData = Tensor['data'];

/** The native session under `InferenceSession`: the same object, without the turn of the event loop that surrounds each of its calls. */
export interface NativeSession {
  loadModel(
    buffer: ArrayBufferLike,
    byteOffset: number,
    byteLength: number,
    options: InferenceSession.SessionOptions,
  ): void;
  /** Blocks for as long as the model computes; `null` asks for an output to be made. */
  run(
    feeds: Readonly<Record<string, Tensor>>,
    fetches: Readonly<Record<string, null>>,
    options: InferenceSession.RunOptions,
  ): Readonly<Record<string, { readonly data: OutputData } | undefined>>;
  /** Frees the native memory; nothing can be run afterwards. */
  dispose(): void;
}

const METHODS = ['loadModel', 'run', 'dispose'] as const satisfies readonly (keyof NativeSession)[];

interface BindingModule {
  readonly initOrt: () => void;
  readonly binding: { readonly InferenceSession: new () => NativeSession };
}

/**
 * `dist/binding.js` is no public interface: it is used when it has exactly the shape it has in the pinned version, and otherwise not at all.
 *
 * @param imported what `import` gave
 * @returns how to open a native session, `undefined` when the module has another shape
 */
export function sessionOpener(imported: unknown): (() => NativeSession) | undefined {
  const module = ((imported as { default?: unknown } | undefined)?.default ?? imported) as
    | Partial<BindingModule>
    | undefined;
  const Session = module?.binding?.InferenceSession;
  const { initOrt } = module ?? {};
  if (typeof initOrt !== 'function' || typeof Session !== 'function') return undefined;
  const prototype = Session.prototype as Partial<Record<string, unknown>> | undefined;
  if (METHODS.some((method) => typeof prototype?.[method] !== 'function')) return undefined;
  // Tens of milliseconds, once in a process: when it starts, and not when a running trader gets its first model.
  initOrt();
  return () => new Session();
}

/** Opens a native session; `undefined` where the installed runtime does not offer it, and its public interface must do. */
export const openNativeSession = sessionOpener(await import('onnxruntime-node/dist/binding.js').catch(() => undefined));
