import { setImmediate as nextTurn } from 'node:timers/promises';
import ort from 'onnxruntime-node';
import { AresError, messageOf } from '../../core/ares-error.ts';
import { type NativeSession, type OutputData, openNativeSession } from './onnx-binding.ts';

/** One thread: a row is too little work to share, and waking other threads is what makes the slowest predictions slow. */
const OPTIONS = {
  executionProviders: ['cpu'],
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  executionMode: 'sequential',
  logSeverityLevel: 4,
} as const satisfies ort.InferenceSession.SessionOptions;

/** A model in native memory, of which one input and one output are used. */
export interface OnnxSession {
  /** Whether `run` returns at once, having read its rows; otherwise they are read a turn of the event loop later. */
  readonly immediate: boolean;
  /**
   * Runs rows.
   *
   * @param rows float32 [rows, features]
   * @returns the output's values, whatever the model made them; throws or rejects with what the runtime says
   */
  run(rows: ort.Tensor): OutputData | undefined | Promise<OutputData | undefined>;
  /** Frees the native memory; no run may be under way. */
  release(): Promise<void>;
}

export interface TensorNames {
  readonly input: string;
  readonly output: string;
}

export interface SessionChoices {
  /** Whether to run at once, without the runtime's public interface, where that can be. */
  readonly native?: boolean;
  /** Whether the runtime looks for a quicker graph, which takes nearly a third of the time that loading blocks; pointless where one operator does all the work. */
  readonly optimize?: boolean;
}

/**
 * Loads a model, in one call that blocks for milliseconds: in a turn of the event loop of its own.
 *
 * @throws AresError `MODEL_INVALID` when ONNX Runtime does not take the model
 */
export async function createSession(
  bytes: Uint8Array,
  names: TensorNames,
  { native = true, optimize = true }: SessionChoices = {},
): Promise<OnnxSession> {
  const options = { ...OPTIONS, graphOptimizationLevel: optimize ? 'all' : 'disabled' } as const;
  await nextTurn();
  try {
    if (!native || !openNativeSession) return publicSession(await ort.InferenceSession.create(bytes, options), names);
    const session = openNativeSession();
    session.loadModel(bytes.buffer, bytes.byteOffset, bytes.byteLength, options);
    return immediateSession(session, names);
  } catch (cause) {
    throw new AresError('MODEL_INVALID', `a model must be one ONNX Runtime can load: ${messageOf(cause)}`, {}, cause);
  }
}

function immediateSession(session: NativeSession, { input, output }: TensorNames): OnnxSession {
  const fetches = { [output]: null };
  const options = {};
  return {
    immediate: true,
    run: (rows) => session.run({ [input]: rows }, fetches, options)[output]?.data,
    release: async () => session.dispose(),
  };
}

function publicSession(session: ort.InferenceSession, { input, output }: TensorNames): OnnxSession {
  return {
    immediate: false,
    run: async (rows) => (await session.run({ [input]: rows }, [output]))[output]?.data,
    release: () => session.release(),
  };
}
