/**
 * A model whose graph says nothing of shapes. ONNX Runtime plans memory as it creates a session: for every value it looks
 * through all buffers that are free by then for one of the same shape, and reads the names of two types each time. That
 * takes half of the time that the creation of base's sessions does (processor time, Zen 3: encoder 95 ms, decoder 182; 37
 * and 89 without); with no shape it does not look. What the plan would save, the arena gives at a run: time and memory of
 * a run are the same. Whoever binds tensors knows their shapes.
 */
import { mapField } from "./message_fields.ts";

/** Fields of `ModelProto`, `GraphProto`, `ValueInfoProto`, `TypeProto` and `TypeProto.Tensor`. */
const GRAPH = 7, INPUT = 11, OUTPUT = 12, VALUE_INFO = 13, TYPE = 2, TENSOR_TYPE = 1, SHAPE = 2;

/**
 * Leaves the shapes of inputs, outputs and values between out of a serialised model.
 *
 * @throws {RangeError} when the model is cut off.
 */
export function withoutShapes(model: Uint8Array): Uint8Array<ArrayBuffer> {
  const shapeless = (value: Uint8Array) =>
    mapField(
      value,
      TYPE,
      (type) => mapField(type, TENSOR_TYPE, (tensor) => mapField(tensor, SHAPE, () => undefined)),
    );
  return mapField(model, GRAPH, (graph) => {
    const bare = mapField(graph, VALUE_INFO, () => undefined);
    return mapField(mapField(bare, INPUT, shapeless), OUTPUT, shapeless);
  });
}
