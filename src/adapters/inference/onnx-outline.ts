import { AresError } from '../../core/ares-error.ts';
import { protobufFields } from './protobuf-fields.ts';

/** Field numbers of onnx.proto (IR version 3 and later). */
const MODEL = { graph: 7, metadata: 14 } as const;
const GRAPH = { node: 1, initializer: 5, input: 11, output: 12 } as const;
const NODE_OPERATOR = 4;
const INITIALIZER = { name: 8, location: 14 } as const;
/** The place of a tensor's values that is another file. */
const EXTERNAL = 1;
const FLOAT = 1;

/** An input or output of a graph. */
export interface GraphValue {
  readonly name: string;
  readonly isFloat: boolean;
  /** `undefined` where the graph leaves a dimension open; the whole when it states no shape. */
  readonly shape: readonly (number | undefined)[] | undefined;
}

/** What can be known of a model without loading it. */
export interface OnnxOutline {
  /** Without those the file itself gives a value. */
  readonly inputs: readonly GraphValue[];
  readonly outputs: readonly GraphValue[];
  readonly metadata: ReadonlyMap<string, string>;
  /** Whether values of the graph lie in another file than this one. */
  readonly hasExternalData: boolean;
  /** What the graph's nodes compute, by ONNX's names; those of graphs within a node are not among them. */
  readonly operators: ReadonlySet<string>;
}

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

function only(bytes: Uint8Array, number: number): Uint8Array | undefined {
  for (const field of protobufFields(bytes)) if (field.number === number) return field.content;
  return undefined;
}

/**
 * Reads names, shapes and metadata of an ONNX file.
 *
 * @throws AresError `MODEL_INVALID` when it is none, or not whole
 */
export function readOutline(bytes: Uint8Array): OnnxOutline {
  let graph: Uint8Array | undefined;
  const metadata = new Map<string, string>();
  for (const field of protobufFields(bytes)) {
    if (field.number === MODEL.graph) graph = field.content;
    else if (field.number === MODEL.metadata) metadata.set(...readEntry(field.content));
  }
  if (!graph) {
    throw new AresError(
      'MODEL_INVALID',
      `a model must be an ONNX file with a graph, was ${bytes.length} bytes without one`,
    );
  }
  const inputs: GraphValue[] = [];
  const outputs: GraphValue[] = [];
  const initialized = new Set<string>();
  const operators = new Set<string>();
  let hasExternalData = false;
  for (const field of protobufFields(graph)) {
    if (field.number === GRAPH.input) inputs.push(readValue(field.content));
    else if (field.number === GRAPH.output) outputs.push(readValue(field.content));
    else if (field.number === GRAPH.node) operators.add(text(only(field.content, NODE_OPERATOR) ?? new Uint8Array()));
    else if (field.number === GRAPH.initializer) {
      for (const { number, value, content } of protobufFields(field.content)) {
        if (number === INITIALIZER.name) initialized.add(text(content));
        else if (number === INITIALIZER.location && value === EXTERNAL) hasExternalData = true;
      }
    }
  }
  return { inputs: inputs.filter(({ name }) => !initialized.has(name)), outputs, metadata, operators, hasExternalData };
}

/** A `StringStringEntryProto`: key 1, value 2. */
export function readEntry(bytes: Uint8Array): [string, string] {
  let key = '';
  let value = '';
  for (const field of protobufFields(bytes)) {
    if (field.number === 1) key = text(field.content);
    else if (field.number === 2) value = text(field.content);
  }
  return [key, value];
}

/** A `ValueInfoProto`: name 1, type 2, of which tensor type 1. */
function readValue(bytes: Uint8Array): GraphValue {
  const name = text(only(bytes, 1) ?? new Uint8Array());
  const tensor = only(only(bytes, 2) ?? new Uint8Array(), 1) ?? new Uint8Array();
  let isFloat = false;
  let shape: (number | undefined)[] | undefined;
  for (const field of protobufFields(tensor)) {
    if (field.number === 1) isFloat = field.value === FLOAT;
    else if (field.number === 2)
      shape = Array.from(protobufFields(field.content), ({ content }) => readDimension(content));
  }
  return { name, isFloat, shape };
}

function readDimension(bytes: Uint8Array): number | undefined {
  for (const field of protobufFields(bytes)) if (field.number === 1) return field.value;
  return undefined;
}
