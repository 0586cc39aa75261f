# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""ONNX -> `Network`. The convention for integer networks is in the docstring of `inloop.convert`."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inloop.convert.network import Constant, Layer, Network, Op, Window, spread, to_integers
from inloop.errors import ModelError, UnsupportedError

_TO_END = 2**31 - 1


@dataclass(frozen=True)
class _Value:
    """A tensor while importing; `order` is how ONNX sees its axes, the engine's order is always NHWC."""

    number: int
    channels: int
    quantizer: int
    order: str
    height: int | None
    width: int | None


def _fixed(dimension: Any) -> int | None:
    return int(dimension.dim_value) if dimension.HasField("dim_value") and dimension.dim_value > 0 else None


class _Importer:
    def __init__(self, model: Any) -> None:
        from onnx import numpy_helper

        self._graph = model.graph
        self._metadata = {entry.key: entry.value for entry in model.metadata_props}
        self._constants: dict[str, NDArray[Any]] = {
            tensor.name: numpy_helper.to_array(tensor) for tensor in self._graph.initializer
        }
        self._aliases: dict[str, str] = {}
        self._values: dict[str, _Value] = {}
        self._is_float = "inloop.quantizers" not in self._metadata
        self._quantizers = self._read_quantizers()
        self._network = Network(is_float=self._is_float)
        self._handlers: dict[str, Callable[[Any], None]] = {
            "Conv": self._conv, "Add": self._add, "Sub": self._sub, "Mul": self._mul, "Div": self._div,
            "PRelu": self._prelu, "LeakyRelu": self._leaky_relu, "Relu": self._relu, "Clip": self._clip,
            "Concat": self._concat, "Slice": self._slice, "Split": self._split, "Pad": self._pad,
            "MaxPool": self._max_pool, "Max": self._max_min, "Min": self._max_min, "DepthToSpace": self._depth_to_space,
            "SpaceToDepth": self._space_to_depth, "Identity": self._identity, "Dropout": self._identity,
            "Transpose": self._transpose, "Constant": self._constant, "BatchNormalization": self._batch_normalization,
        }  # fmt: skip

    # ---- names, quantizers, constants

    def _read_quantizers(self) -> dict[str, int]:
        if self._is_float:
            return {}
        try:
            table = json.loads(self._metadata["inloop.quantizers"])
            quantizers = {str(name): int(q) for name, q in table.items()}
        except (ValueError, TypeError, AttributeError) as error:
            raise ModelError(
                f"metadata 'inloop.quantizers' is not a JSON object of integers: {error}"
            ) from error
        for name, q in quantizers.items():
            if not -8 <= q <= 24:
                raise ModelError(f"quantizer {q} of '{name}' is outside -8..24")
        return quantizers

    def _quantizer(self, name: str) -> int | None:
        while name not in self._quantizers and name in self._aliases:
            name = self._aliases[name]
        return self._quantizers.get(name)

    def _fail(self, node: Any, reason: str) -> UnsupportedError:
        return UnsupportedError(f"node '{node.name or node.output[0]}' ({node.op_type}): {reason}")

    def _attributes(self, node: Any) -> dict[str, Any]:
        from onnx import helper

        return {attribute.name: helper.get_attribute_value(attribute) for attribute in node.attribute}

    def _value(self, node: Any, index: int) -> _Value:
        name = node.input[index]
        if name in self._values:
            return self._values[name]
        if name in self._constants:
            raise self._fail(node, f"operand '{name}' is a constant, which this operation does not take here")
        raise ModelError(f"node '{node.name or node.output[0]}' reads '{name}', which nothing produces")

    def _optional_constant(self, node: Any, index: int) -> NDArray[Any] | None:
        if len(node.input) <= index or not node.input[index]:
            return None
        name = node.input[index]
        if name not in self._constants:
            raise self._fail(node, f"operand '{name}' must be a constant")
        return self._constants[name]

    def _is_constant(self, node: Any, index: int) -> bool:
        return node.input[index] in self._constants

    def _numbers(self, node: Any, name: str, array: NDArray[Any]) -> tuple[Constant, int]:
        """A constant in the network's type, and its quantizer."""
        if self._is_float:
            return array.astype(np.float32), 0
        quantizer = self._quantizer(name)
        if quantizer is None:
            raise ModelError(
                f"node '{node.name or node.output[0]}': 'inloop.quantizers' lacks constant '{name}'"
            )
        return to_integers(name, array, quantizer), quantizer

    def _per_channel(self, node: Any, name: str, array: NDArray[Any], x: _Value) -> tuple[Constant, int]:
        """A constant operand that is one number or one a channel, as a flat array."""
        if array.size != 1:
            axes = [1] * (4 - array.ndim) + list(array.shape)
            expected = [x.channels if axis == "C" else 1 for axis in x.order]
            if array.ndim > 4 or axes != expected:
                raise self._fail(
                    node,
                    f"constant '{name}' of shape {list(array.shape)} is neither one number nor one a channel",
                )
        return self._numbers(node, name, array.reshape(-1))

    # ---- building

    def _emit(self, node: Any, x: _Value, layer: Layer, *, output: int = 0, **changes: Any) -> _Value:
        name = node.output[output]
        layer.name = layer.name or name
        number = self._network.add(layer)
        value = replace(x, number=number, quantizer=layer.quantizer, **changes)
        self._values[name] = value
        return value

    def _check_declared(self, name: str) -> None:
        declared, value = self._quantizers.get(name), self._values.get(name)
        if declared is not None and value is not None and declared != value.quantizer:
            raise ModelError(
                f"quantizer {declared} of '{name}' disagrees with {value.quantizer}, which its operation gives"
            )

    def _free_quantizer(self, node: Any, x: _Value) -> int:
        declared = self._quantizers.get(node.output[0])
        return x.quantizer if declared is None else declared

    def _inputs(self) -> None:
        readers: dict[str, list[Any]] = {}
        for node in self._graph.node:
            for name in node.input:
                readers.setdefault(name, []).append(node)
        for tensor in self._graph.input:
            if tensor.name in self._constants:
                continue
            dimensions = list(tensor.type.tensor_type.shape.dim)
            if len(dimensions) != 4:
                raise UnsupportedError(
                    f"input '{tensor.name}' has {len(dimensions)} dimensions, only 4 are supported"
                )
            is_nhwc = bool(readers.get(tensor.name)) and all(
                node.op_type == "Transpose" and list(self._attributes(node).get("perm", [])) == [0, 3, 1, 2]
                for node in readers[tensor.name]
            )
            order = "NHWC" if is_nhwc else "NCHW"
            size = {axis: _fixed(dimension) for axis, dimension in zip(order, dimensions, strict=True)}
            if size["C"] is None:
                raise UnsupportedError(f"input '{tensor.name}' has no fixed number of channels")
            if size["N"] not in (None, 1):
                raise UnsupportedError(f"input '{tensor.name}' has batch {size['N']}, only 1 is supported")
            quantizer = 0 if self._is_float else self._quantizers.get(tensor.name)
            if quantizer is None:
                raise ModelError(f"'inloop.quantizers' lacks the input '{tensor.name}'")
            number = len(self._network.inputs)
            self._network.inputs.append((tensor.name, size["C"], quantizer))
            self._values[tensor.name] = _Value(number, size["C"], quantizer, order, size["H"], size["W"])

    def run(self) -> Network:
        self._inputs()
        for node in self._graph.node:
            handler = self._handlers.get(node.op_type)
            if handler is None or node.domain not in ("", "ai.onnx"):
                raise self._fail(node, "operation is not supported")
            handler(node)
            for name in node.output:
                self._check_declared(name)
        for tensor in self._graph.output:
            if tensor.name not in self._values:
                raise UnsupportedError(f"output '{tensor.name}' is a constant or is produced by nothing")
            self._network.outputs.append((tensor.name, self._values[tensor.name].number))
        self._network.metadata = {
            key: text for key, text in self._metadata.items() if key.startswith("inloop.")
        }
        self._network.prune()
        return self._network

    # ---- operations

    def _window(self, node: Any, attributes: dict[str, Any], x: _Value, kernel: tuple[int, int]) -> Window:
        strides = spread(attributes.get("strides", (1, 1)))
        pads = spread(attributes.get("pads", (0, 0, 0, 0)))
        if attributes.get("ceil_mode", 0):
            raise self._fail(node, "ceil_mode is not supported")
        mode = attributes.get("auto_pad", b"NOTSET")
        mode = mode.decode() if isinstance(mode, bytes) else mode
        if mode.startswith("SAME"):
            pads = self._same_pads(node, x, kernel, strides, mode == "SAME_UPPER")
        if len(strides) != 2 or len(pads) != 4:
            raise self._fail(node, "only two spatial dimensions are supported")
        if x.order != "NCHW":
            raise self._fail(node, f"input is {x.order}, ONNX defines this operation for NCHW")
        return Window(kernel, strides, (pads[0], pads[1], pads[2], pads[3]))

    def _same_pads(
        self, node: Any, x: _Value, kernel: tuple[int, int], strides: tuple[int, ...], upper: bool
    ) -> tuple[int, ...]:
        begin, end = [], []
        for size, k, stride in zip((x.height, x.width), kernel, strides, strict=True):
            if stride != 1 and size is None:
                raise self._fail(node, "auto_pad with strides needs a fixed spatial size")
            total = (
                k - 1 if size is None or stride == 1 else max((-(-size // stride) - 1) * stride + k - size, 0)
            )
            begin.append(total // 2 if upper else total - total // 2)
            end.append(total - begin[-1])
        return (*begin, *end)

    @staticmethod
    def _windowed(x: _Value, window: Window) -> dict[str, Any]:
        top, left, bottom, right = window.pads

        def output(size: int | None, pad: int, axis: int) -> int | None:
            return None if size is None else (size + pad - window.kernel[axis]) // window.strides[axis] + 1

        return {"height": output(x.height, top + bottom, 0), "width": output(x.width, left + right, 1)}

    @staticmethod
    def _dilate(weights: Constant, dilations: tuple[int, ...]) -> Constant:
        if dilations == (1, 1):
            return weights
        out, channels, height, width = weights.shape
        spread_height, spread_width = (height - 1) * dilations[0] + 1, (width - 1) * dilations[1] + 1
        dilated: Constant = np.zeros((out, channels, spread_height, spread_width), weights.dtype)
        dilated[:, :, :: dilations[0], :: dilations[1]] = weights
        return dilated

    def _conv(self, node: Any) -> None:
        x, attributes = self._value(node, 0), self._attributes(node)
        weights = self._optional_constant(node, 1)
        bias = self._optional_constant(node, 2)
        if weights is None or weights.ndim != 4:
            raise self._fail(node, "only two spatial dimensions are supported")
        groups = int(attributes.get("group", 1))
        if weights.shape[1] * groups != x.channels:
            raise ModelError(
                f"node '{node.name or node.output[0]}': weights are for {weights.shape[1] * groups} channels, "
                f"the input has {x.channels}"
            )
        numbers, quantizer = self._numbers(node, node.input[1], weights)
        numbers = self._dilate(numbers, spread(attributes.get("dilations", (1, 1))))
        window = self._window(node, attributes, x, (numbers.shape[2], numbers.shape[3]))
        layer = Layer(
            Op.CONV, [x.number], self._free_quantizer(node, x), channels=weights.shape[0], groups=groups, window=window,
            constant_quantizer=quantizer, constant=numbers.transpose(0, 2, 3, 1),
        )  # fmt: skip
        if bias is None:
            self._emit(node, x, layer, channels=weights.shape[0], **self._windowed(x, window))
            return
        bias_numbers, bias_quantizer = self._numbers(node, node.input[2], bias)
        layer.quantizer = bias_quantizer
        y = self._emit(node, x, layer, channels=weights.shape[0], **self._windowed(x, window))
        self._emit(
            node, y, Layer(Op.BIAS_ADD, [y.number], bias_quantizer, f"{node.output[0]}:bias",
                           constant_quantizer=bias_quantizer, constant=bias_numbers),
        )  # fmt: skip

    def _operand_and_constant(self, node: Any) -> tuple[_Value, str, NDArray[Any]] | None:
        for index in (0, 1):
            if self._is_constant(node, index) and not self._is_constant(node, 1 - index):
                name = node.input[index]
                return self._value(node, 1 - index), name, self._constants[name]
        return None

    def _bias(self, node: Any, x: _Value, name: str, array: NDArray[Any], sign: int) -> None:
        numbers, quantizer = self._per_channel(node, name, array, x)
        numbers = numbers if sign > 0 else -numbers
        self._emit(
            node, x, Layer(Op.BIAS_ADD, [x.number], quantizer, constant_quantizer=quantizer, constant=numbers)
        )

    def _pair(self, node: Any) -> tuple[_Value, _Value]:
        if len(node.input) != 2:
            raise self._fail(node, "only two operands are supported")
        a, b = self._value(node, 0), self._value(node, 1)
        if a.channels != b.channels or a.order != b.order:
            raise self._fail(node, "broadcasting between tensors is not supported")
        return a, b

    def _add(self, node: Any) -> None:
        if found := self._operand_and_constant(node):
            return self._bias(node, *found, 1)
        a, b = self._pair(node)
        self._emit(node, a, Layer(Op.ADD, [a.number, b.number], min(a.quantizer, b.quantizer)))
        return None

    def _sub(self, node: Any) -> None:
        if not self._is_constant(node, 1):
            raise self._fail(node, "only subtraction of a constant is supported")
        self._bias(node, self._value(node, 0), node.input[1], self._constants[node.input[1]], -1)

    def _scale(self, node: Any, x: _Value, name: str, array: NDArray[Any]) -> None:
        numbers, quantizer = self._per_channel(node, name, array, x)
        layer = Layer(
            Op.MUL_CONSTANT,
            [x.number],
            self._free_quantizer(node, x),
            constant_quantizer=quantizer,
            constant=numbers,
        )
        self._emit(node, x, layer)

    def _mul(self, node: Any) -> None:
        if found := self._operand_and_constant(node):
            return self._scale(node, *found)
        a, b = self._pair(node)
        self._emit(node, a, Layer(Op.MUL, [a.number, b.number], self._free_quantizer(node, a)))
        return None

    def _div(self, node: Any) -> None:
        if not self._is_constant(node, 1) or not self._is_float:
            raise self._fail(node, "only division by a constant in float networks is supported")
        self._scale(node, self._value(node, 0), node.input[1], 1 / self._constants[node.input[1]])

    def _prelu(self, node: Any) -> None:
        x = self._value(node, 0)
        slope = self._optional_constant(node, 1)
        assert slope is not None
        numbers, quantizer = self._per_channel(node, node.input[1], slope, x)
        self._emit(
            node, x, Layer(Op.PRELU, [x.number], x.quantizer, constant_quantizer=quantizer, constant=numbers)
        )

    def _leaky_relu(self, node: Any) -> None:
        x = self._value(node, 0)
        alpha = np.array([self._attributes(node).get("alpha", 0.01)], np.float64)
        numbers, quantizer = self._numbers(node, f"{node.output[0]}:alpha", alpha)
        self._emit(
            node, x, Layer(Op.PRELU, [x.number], x.quantizer, constant_quantizer=quantizer, constant=numbers)
        )

    def _relu(self, node: Any) -> None:
        x = self._value(node, 0)
        self._emit(node, x, Layer(Op.RELU, [x.number], x.quantizer))

    def _clip(self, node: Any) -> None:
        x, attributes = self._value(node, 0), self._attributes(node)
        limits = []
        for index, key in ((1, "min"), (2, "max")):
            given = self._optional_constant(node, index)
            limit = (
                float(given.reshape(-1)[0])
                if given is not None
                else float(attributes.get(key, np.inf * (index * 2 - 3)))
            )
            limits.append(limit)
        if self._is_float:
            finite = np.finfo(np.float32)
            constant: Constant = np.clip(np.array(limits), finite.min, finite.max).astype(np.float32)
        else:
            scaled = np.clip(np.array(limits) * 2.0**x.quantizer, -32767, 32767)
            constant = to_integers(f"{node.output[0]} limits", scaled, 0)
        self._emit(node, x, Layer(Op.CLIP, [x.number], x.quantizer, constant=constant))

    def _concat(self, node: Any) -> None:
        values = [self._value(node, index) for index in range(len(node.input))]
        x = values[0]
        axis = int(self._attributes(node)["axis"]) % 4
        if x.order[axis] != "C" or any(value.order != x.order for value in values):
            raise self._fail(node, "only concatenation of channels is supported")
        quantizer = min(value.quantizer for value in values)
        layer = Layer(Op.CONCAT, [value.number for value in values], quantizer)
        self._emit(node, x, layer, channels=sum(value.channels for value in values))

    def _slice_axes(self, node: Any) -> list[tuple[int, int, int]]:
        """(axis, start, end) of every sliced axis, in any opset."""
        attributes = self._attributes(node)
        if "starts" in attributes:
            starts, ends = spread(attributes["starts"]), spread(attributes["ends"])
            axes = spread(attributes.get("axes", range(len(starts))))
            steps: tuple[int, ...] = (1,) * len(starts)
        else:
            given = [self._optional_constant(node, index) for index in range(1, 5)]
            if given[0] is None or given[1] is None:
                raise self._fail(node, "starts and ends must be constants")
            starts, ends = spread(given[0]), spread(given[1])
            axes = tuple(range(len(starts))) if given[2] is None else spread(given[2])
            steps = (1,) * len(starts) if given[3] is None else spread(given[3])
        if any(step != 1 for step in steps):
            raise self._fail(node, "only steps of 1 are supported")
        return list(zip((axis % 4 for axis in axes), starts, ends, strict=True))

    def _cut(self, node: Any, size: int | None, start: int, end: int) -> tuple[int, int]:
        """Elements cut off at the begin and at the end of an axis."""
        if size is not None:
            begin = min(max(start + size if start < 0 else start, 0), size)
            stop = min(max(end + size if end < 0 else end, 0), size)
            return begin, size - stop
        if start < 0 or (0 <= end < _TO_END):
            raise self._fail(
                node, "start counted from the end, or end from the begin, needs a fixed spatial size"
            )
        return start, 0 if end >= _TO_END else -end

    def _emit_slice(self, node: Any, x: _Value, cuts: dict[str, tuple[int, int]], output: int) -> None:
        begin, end = cuts.get("C", (0, 0))
        (top, bottom), (left, right) = cuts.get("H", (0, 0)), cuts.get("W", (0, 0))
        layer = Layer(
            Op.SLICE, [x.number], x.quantizer, channels=x.channels - begin - end, channel_begin=begin,
            sides=(top, left, bottom, right),
        )  # fmt: skip
        height = None if x.height is None else x.height - top - bottom
        width = None if x.width is None else x.width - left - right
        if layer.channels < 1:
            raise ModelError(f"node '{node.name or node.output[output]}' keeps no channels")
        self._emit(node, x, layer, output=output, channels=layer.channels, height=height, width=width)

    def _axis_size(self, x: _Value, axis: str) -> int | None:
        return {"N": 1, "C": x.channels, "H": x.height, "W": x.width}[axis]

    def _slice(self, node: Any) -> None:
        x = self._value(node, 0)
        cuts = {}
        for axis, start, end in self._slice_axes(node):
            letter = x.order[axis]
            cuts[letter] = self._cut(node, self._axis_size(x, letter), start, end)
        if cuts.pop("N", (0, 0)) != (0, 0):
            raise self._fail(node, "the batch cannot be sliced")
        self._emit_slice(node, x, cuts, 0)

    def _split(self, node: Any) -> None:
        x, attributes = self._value(node, 0), self._attributes(node)
        letter = x.order[int(attributes.get("axis", 0)) % 4]
        size = self._axis_size(x, letter)
        given = self._optional_constant(node, 1)
        if size is None:
            raise self._fail(node, "splitting an axis needs its size")
        if given is not None or "split" in attributes:
            parts = spread(given if given is not None else attributes["split"])
        else:
            each = -(-size // len(node.output))
            parts = (*([each] * (len(node.output) - 1)), size - each * (len(node.output) - 1))
        begin = 0
        for output, part in enumerate(parts):
            self._emit_slice(node, x, {letter: (begin, size - begin - part)}, output)
            begin += part

    def _pad(self, node: Any) -> None:
        x, attributes = self._value(node, 0), self._attributes(node)
        mode = attributes.get("mode", b"constant")
        given = self._optional_constant(node, 1)
        fill = self._optional_constant(node, 2)
        pads = spread(given if given is not None else attributes.get("pads", ()))
        if (
            mode not in (b"constant", "constant")
            or (fill is not None and np.any(fill))
            or attributes.get("value", 0)
        ):
            raise self._fail(node, "only padding with zeros is supported")
        if (len(node.input) > 3 and node.input[3]) or len(pads) != 8 or min(pads) < 0:
            raise self._fail(node, "pads must be 8 numbers that are not negative")
        sides = {letter: (pads[axis], pads[axis + 4]) for axis, letter in enumerate(x.order)}
        if sides["N"] != (0, 0) or sides["C"] != (0, 0):
            raise self._fail(node, "only spatial padding is supported")
        (top, bottom), (left, right) = sides["H"], sides["W"]
        height = None if x.height is None else x.height + top + bottom
        width = None if x.width is None else x.width + left + right
        layer = Layer(Op.PAD, [x.number], x.quantizer, sides=(top, left, bottom, right))
        self._emit(node, x, layer, height=height, width=width)

    def _max_pool(self, node: Any) -> None:
        x, attributes = self._value(node, 0), self._attributes(node)
        if len(node.output) > 1 or spread(attributes.get("dilations", (1, 1))) != (1, 1):
            raise self._fail(node, "indices and dilations are not supported")
        kernel = spread(attributes["kernel_shape"])
        window = self._window(node, attributes, x, (kernel[0], kernel[1]))
        self._emit(
            node, x, Layer(Op.MAX_POOL, [x.number], x.quantizer, window=window), **self._windowed(x, window)
        )

    def _max_min(self, node: Any) -> None:
        a, b = self._pair(node)
        op = Op.MAXIMUM if node.op_type == "Max" else Op.MINIMUM
        self._emit(node, a, Layer(op, [a.number, b.number], max(a.quantizer, b.quantizer)))

    def _depth_to_space(self, node: Any) -> None:
        x, attributes = self._value(node, 0), self._attributes(node)
        block = int(attributes["blocksize"])
        mode = attributes.get("mode", b"DCR") in (b"CRD", "CRD")
        layer = Layer(Op.DEPTH_TO_SPACE, [x.number], x.quantizer, block=block, column_row_depth=mode)
        sizes: dict[str, Any] = {
            key: None if size is None else size * block
            for key, size in (("height", x.height), ("width", x.width))
        }
        self._emit(node, x, layer, channels=x.channels // (block * block), **sizes)

    def _space_to_depth(self, node: Any) -> None:
        x = self._value(node, 0)
        block = int(self._attributes(node)["blocksize"])
        layer = Layer(Op.SPACE_TO_DEPTH, [x.number], x.quantizer, block=block)
        sizes: dict[str, Any] = {
            key: None if size is None else size // block
            for key, size in (("height", x.height), ("width", x.width))
        }
        self._emit(node, x, layer, channels=x.channels * block * block, **sizes)

    def _identity(self, node: Any) -> None:
        source, target = node.input[0], node.output[0]
        self._aliases[target] = source
        if source in self._constants:
            self._constants[target] = self._constants[source]
        else:
            self._values[target] = self._value(node, 0)

    def _transpose(self, node: Any) -> None:
        x = self._value(node, 0)
        permutation = spread(self._attributes(node).get("perm", (3, 2, 1, 0)))
        order = "".join(x.order[axis] for axis in permutation)
        if order not in ("NCHW", "NHWC"):
            raise self._fail(node, f"leads to the order {order}; only NCHW and NHWC are supported")
        self._values[node.output[0]] = _Value(x.number, x.channels, x.quantizer, order, x.height, x.width)

    def _constant(self, node: Any) -> None:
        from onnx import numpy_helper

        attributes = self._attributes(node)
        for key in ("value", "value_float", "value_int", "value_floats", "value_ints"):
            if key in attributes:
                value = attributes[key]
                self._constants[node.output[0]] = (
                    numpy_helper.to_array(value) if key == "value" else np.array(value)
                )
                return
        raise self._fail(node, "this kind of constant is not supported")

    def _batch_normalization(self, node: Any) -> None:
        if not self._is_float:
            raise self._fail(node, "fold it into the convolution before quantising")
        x, epsilon = self._value(node, 0), float(self._attributes(node).get("epsilon", 1e-5))
        scale, shift, mean, variance = (
            np.asarray(self._optional_constant(node, i), np.float64) for i in range(1, 5)
        )
        factor = scale / np.sqrt(variance + epsilon)
        y = self._emit(node, x, Layer(Op.MUL_CONSTANT, [x.number], 0, constant=factor.astype(np.float32)))
        offset = (shift - mean * factor).astype(np.float32)
        self._emit(node, y, Layer(Op.BIAS_ADD, [y.number], 0, f"{node.output[0]}:shift", constant=offset))


def import_onnx(source: str | Path | bytes) -> Network:
    """Import an ONNX file, given by path or content.

    Raises `ModelError` for a damaged file or one that breaks the convention, `UnsupportedError` for an operation
    the engine does not have; `OSError` where the file cannot be read.
    """
    import onnx

    data = source if isinstance(source, bytes) else Path(source).read_bytes()
    try:
        model = onnx.load_model_from_string(data)
    except Exception as error:  # protobuf raises its own classes, which differ between versions
        raise ModelError(f"not a readable ONNX file: {error}") from error
    if not model.graph.node and not model.graph.output:
        raise ModelError("not a readable ONNX file: it holds no graph")
    return _Importer(model).run()
