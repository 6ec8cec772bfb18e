/**
 * A minimal writer of ONNX models: the messages of `onnx.proto` that a graph of Whisper needs, in protocol
 * buffers' wire format. Weights are external data: a file, an offset and a length.
 */
import type { Dimension, Graph, TensorSpec } from "../../ffi/graph.ts";
import type { ElementType } from "../../ffi/value.ts";
import { ProtoWriter } from "./proto_writer.ts";

/** Element types of `TensorProto.DataType`. */
export const DATA_TYPES = {
  float32: 1,
  uint8: 2,
  int8: 3,
  int32: 6,
  int64: 7,
  float16: 10,
  float64: 11,
  bfloat16: 16,
} as const;

/** The name of an element type. */
export type DataType = keyof typeof DATA_TYPES;

/** A constant of a graph. */
export interface ConstantSpec {
  readonly type: DataType;
  readonly shape: readonly number[];
}

/** An attribute of a node: a float if it is wrapped, else integers, text or lists of integers. */
export type Attribute = number | { readonly float: number } | string | readonly number[];

/** Where the bytes of a weight are. */
export interface ExternalData {
  /** The file's name inside the folder of external data. */
  readonly location: string;
  /** The first byte. */
  readonly offset: number;
  /** The number of bytes. */
  readonly length: number;
}

function writeAttribute(message: ProtoWriter, name: string, value: Attribute): void {
  const FLOAT = 1, INT = 2, STRING = 3, INTS = 7;
  message.string(1, name);
  if (typeof value === "number") message.int(3, value).int(20, INT);
  else if (typeof value === "string") message.string(4, value).int(20, STRING);
  else if ("float" in value) message.float(2, value.float).int(20, FLOAT);
  else {
    for (const item of value) message.int(8, item);
    message.int(20, INTS);
  }
}

function writeValueInfo(
  message: ProtoWriter,
  { name, type, shape }: TensorSpec,
): void {
  message.string(1, name).message(2, (typeProto) =>
    typeProto.message(1, (tensorType) => {
      tensorType.int(1, DATA_TYPES[type]).message(2, (shapeProto) => {
        for (const size of shape) {
          shapeProto.message(1, (dimension) => {
            if (typeof size === "number") dimension.int(1, size);
            else dimension.string(2, size);
          });
        }
      });
    }));
}

/** Builds one graph. Values are named by strings; every node's first output is returned. */
export class GraphBuilder {
  readonly #graph = new ProtoWriter();
  readonly #inputs = new Map<string, TensorSpec>();
  readonly #outputs = new Map<string, TensorSpec>();
  #nodes = 0;
  #initializers = 0;

  /** Declares an input. */
  input(name: string, type: ElementType, shape: readonly Dimension[]): string {
    const spec = { name, type, shape };
    this.#inputs.set(name, spec);
    this.#graph.message(11, (message) => writeValueInfo(message, spec));
    return name;
  }

  /** Declares that the value `name` is an output. */
  output(name: string, type: ElementType, shape: readonly Dimension[]): string {
    const spec = { name, type, shape };
    this.#outputs.set(name, spec);
    this.#graph.message(12, (message) => writeValueInfo(message, spec));
    return name;
  }

  /**
   * Adds a node.
   *
   * @param operator The operator, with its domain before a colon if it is not ONNX's own.
   * @param outputs Names of the outputs. Default: one made up.
   */
  node(
    operator: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, Attribute>> = {},
    outputs: readonly string[] = [`${operator}_${this.#nodes}`],
  ): string {
    const [name, domain] = operator.split(":").reverse();
    this.#nodes++;
    this.#graph.message(1, (message) => {
      for (const input of inputs) message.string(1, input);
      for (const output of outputs) message.string(2, output);
      message.string(4, name);
      if (domain !== undefined) message.string(7, domain);
      for (const [key, value] of Object.entries(attributes)) {
        message.message(5, (attribute) => writeAttribute(attribute, key, value));
      }
    });
    return outputs[0];
  }

  /** Adds a constant whose bytes are in a file. */
  external(name: string, type: DataType, shape: readonly number[], data: ExternalData): string {
    const EXTERNAL = 1;
    this.#graph.message(5, (tensor) => {
      for (const size of shape) tensor.int(1, size);
      tensor.int(2, DATA_TYPES[type]).string(8, name);
      for (const [key, value] of Object.entries(data)) {
        tensor.message(13, (entry) => entry.string(1, key).string(2, String(value)));
      }
      tensor.int(14, EXTERNAL);
    });
    return name;
  }

  /** The value in another type; the value itself if it has that already. */
  cast(value: string, from: DataType, to: DataType): string {
    return from === to ? value : this.node("Cast", [value], { to: DATA_TYPES[to] });
  }

  /**
   * Adds a node whose value leaves the graph as `name` in the type `to`: cast, if the node's own is another.
   *
   * @returns The value in the node's own type.
   */
  leaving(
    { name, from, to }: { readonly name: string; readonly from: DataType; readonly to: DataType },
    operator: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, Attribute>> = {},
  ): string {
    if (from === to) return this.node(operator, inputs, attributes, [name]);
    const value = this.node(operator, inputs, attributes);
    this.node("Cast", [value], { to: DATA_TYPES[to] }, [name]);
    return value;
  }

  /** Adds a constant whose values are in the model. */
  constant(
    values: Float32Array<ArrayBuffer> | Int32Array<ArrayBuffer> | BigInt64Array<ArrayBuffer>,
    shape: readonly number[] = [values.length],
  ): string {
    const type = values instanceof Float32Array
      ? "float32"
      : values instanceof Int32Array
      ? "int32"
      : "int64";
    const name = `constant_${this.#initializers++}`;
    this.#graph.message(5, (tensor) => {
      for (const size of shape) tensor.int(1, size);
      tensor.int(2, DATA_TYPES[type]).string(8, name);
      tensor.bytes(9, new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
    });
    return name;
  }

  /** Adds a list of `int64`, as shapes are. */
  shape(...sizes: number[]): string {
    return this.constant(BigInt64Array.from(sizes, BigInt));
  }

  /** The graph as sessions take it. */
  finish(name: string): Graph {
    const IR_VERSION = 9;
    const OPSETS = [["", 20], ["com.microsoft", 1]] as const;
    const model = new ProtoWriter().int(1, IR_VERSION).string(2, "sotto");
    for (const [domain, version] of OPSETS) {
      model.message(8, (opset) => opset.string(1, domain).int(2, version));
    }
    const bytes = model.bytes(7, this.#graph.string(2, name).finish()).finish();
    return { bytes, inputs: this.#inputs, outputs: this.#outputs };
  }
}
