"""Builds ONNX graphs of Whisper's parts in the plain operators that exporters give, for peers that run on them."""
import numpy as np
import onnx
from onnx import helper, numpy_helper

OPSET = 17


class Graph:
    """A graph that grows: every method adds nodes and gives the name of the value."""

    def __init__(self, weights, prefix="", parent=None):
        self.weights, self.prefix = weights, prefix
        self.nodes, self.initializers, self.count = [], {} if parent is None else parent.initializers, 0
        self.inputs, self.outputs = [], []

    def input(self, name, dtype, shape):
        self.inputs.append(helper.make_tensor_value_info(name, dtype, shape))
        return name

    def output(self, name, value, dtype, shape):
        self.nodes.append(helper.make_node("Identity", [value], [name]))
        self.outputs.append(helper.make_tensor_value_info(name, dtype, shape))

    def add(self, op, *inputs, outputs=1, **attributes):
        self.count += 1
        names = [f"{self.prefix}{op}_{self.count}" + (f"_{i}" if outputs > 1 else "") for i in range(outputs)]
        self.nodes.append(helper.make_node(op, list(inputs), names, **attributes))
        return names[0] if outputs == 1 else names

    def constant(self, name, array):
        if name not in self.initializers:
            self.initializers[name] = numpy_helper.from_array(np.asarray(array, order="C"), name)
        return name

    def weight(self, name):
        return self.constant(name, self.weights[name])

    def ints(self, *values):
        return self.constant("ints_" + "_".join(map(str, values)), np.array(values, np.int64))

    def integer(self, value):
        return self.constant(f"int_{value}", np.array(value, np.int64))

    def linear(self, x, name):
        weight = self.constant(f"{name}.weight_t", self.weights[f"{name}.weight"].T)
        y = self.add("MatMul", x, weight)
        return self.add("Add", y, self.weight(f"{name}.bias")) if f"{name}.bias" in self.weights else y

    def layer_norm(self, x, name):
        scale, bias = self.weight(f"{name}.weight"), self.weight(f"{name}.bias")
        return self.add("LayerNormalization", x, scale, bias, axis=-1, epsilon=1e-5)

    def gelu(self, x):
        number = lambda name, value: self.constant(name, np.array(value, np.float32))
        erf = self.add("Erf", self.add("Div", x, number("sqrt_2", 2**0.5)))
        return self.add("Mul", self.add("Mul", x, self.add("Add", erf, number("one", 1))), number("half", 0.5))

    def mlp(self, x, name):
        return self.linear(self.gelu(self.linear(x, f"{name}.mlp.0")), f"{name}.mlp.2")

    def split_heads(self, x, heads, size):
        """(batch, n, heads * size) to (batch, heads, n, size)"""
        return self.add("Transpose", self.add("Reshape", x, self.ints(0, 0, heads, size)), perm=[0, 2, 1, 3])

    def join_heads(self, x, heads, size):
        return self.add("Reshape", self.add("Transpose", x, perm=[0, 2, 1, 3]), self.ints(0, 0, heads * size))

    def attend(self, q, k, v, size, mask=None):
        """Scaled dot products of (batch, heads, n, size)."""
        scale = self.constant("scale", np.array(size**-0.5, np.float32))
        scores = self.add("MatMul", self.add("Mul", q, scale), self.add("Transpose", k, perm=[0, 1, 3, 2]))
        if mask is not None:
            scores = self.add("Add", scores, mask)
        return self.add("MatMul", self.add("Softmax", scores, axis=-1), v)

    def causal_mask(self, length, total):
        """(n, total): position `total - n + row` sees all up to itself."""
        columns = self.add("Range", self.integer(0), total, self.integer(1))
        rows = self.add("Range", self.add("Sub", total, length), total, self.integer(1))
        hidden = self.add("Greater", columns, self.add("Unsqueeze", rows, self.ints(1)))
        low = self.constant("low", np.array(np.finfo(np.float32).min, np.float32))
        return self.add("Where", hidden, low, self.constant("zero", np.array(0, np.float32)))

    def size_of(self, x, axis):
        return self.add("Gather", self.add("Shape", x), self.integer(axis))

    def save(self, path, metadata={}):
        graph = helper.make_graph(
            self.nodes, "whisper", self.inputs, self.outputs, list(self.initializers.values())
        )
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=8)
        helper.set_model_props(model, {key: str(value) for key, value in metadata.items()})
        onnx.save(model, str(path))


def encoder(graph, dims, mel):
    """The encoder's output, (batch, half the frames, n_audio_state)."""
    heads, size = dims.n_audio_head, dims.n_audio_state // dims.n_audio_head
    x = mel
    for name, stride in (("encoder.conv1", 1), ("encoder.conv2", 2)):
        weight, bias = graph.weight(f"{name}.weight"), graph.weight(f"{name}.bias")
        x = graph.gelu(graph.add("Conv", x, weight, bias, kernel_shape=[3], pads=[1, 1], strides=[stride]))
    x = graph.add("Transpose", x, perm=[0, 2, 1])
    # A recording shorter than the window has the first positions only.
    end = graph.add("Unsqueeze", graph.size_of(x, 1), graph.ints(0))
    positions = graph.add("Slice", graph.weight("encoder.positional_embedding"), graph.ints(0), end, graph.ints(0))
    x = graph.add("Add", x, positions)
    for i in range(dims.n_audio_layer):
        name = f"encoder.blocks.{i}"
        y = graph.layer_norm(x, f"{name}.attn_ln")
        q, k, v = (
            graph.split_heads(graph.linear(y, f"{name}.attn.{part}"), heads, size) for part in ("query", "key", "value")
        )
        y = graph.join_heads(graph.attend(q, k, v, size), heads, size)
        x = graph.add("Add", x, graph.linear(y, f"{name}.attn.out"))
        x = graph.add("Add", x, graph.mlp(graph.layer_norm(x, f"{name}.mlp_ln"), name))
    return graph.layer_norm(x, "encoder.ln_post")


def quantise(path, out):
    """Weights in int8 and activations by run, as these peers publish theirs."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    quantize_dynamic(str(path), str(out), op_types_to_quantize=["MatMul"], weight_type=QuantType.QInt8)
