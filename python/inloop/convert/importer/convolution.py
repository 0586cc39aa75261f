# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Conv, ConvTranspose, BatchNormalization, MatMul and Gemm."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inloop.convert.importer.graph import GraphImporter
from inloop.convert.importer.node import Node
from inloop.convert.importer.products import contracted
from inloop.convert.importer.registry import handles
from inloop.convert.importer.transposed import transposed_convolution
from inloop.convert.importer.values import Value
from inloop.convert.importer.windows import image_of, padded, window_of, windowed_size
from inloop.convert.network import Constant, Layer, Op

Array = NDArray[Any]
MAX_KERNEL = 255  # The compact form has a byte for rows and one for columns.


def _dilated(weights: Array, dilations: tuple[int, ...]) -> Array:
    """A kernel with dilation is a larger one with zeros between its weights."""
    if dilations == (1, 1):
        return weights
    out, channels, height, width = weights.shape
    if max((height - 1) * dilations[0], (width - 1) * dilations[1]) >= MAX_KERNEL:
        raise ValueError(f"dilations {list(dilations)} make a kernel larger than {MAX_KERNEL}")
    spread = np.zeros(
        (out, channels, (height - 1) * dilations[0] + 1, (width - 1) * dilations[1] + 1), weights.dtype
    )
    spread[:, :, :: dilations[0], :: dilations[1]] = weights
    return spread


def kernel_of(g: GraphImporter, node: Node) -> tuple[Array, int]:
    """The weights as they are, and the number of groups."""
    weights = g.constant(node, 1)
    if weights.ndim != 4 or weights.size == 0:
        raise node.unsupported("only two spatial dimensions are supported")
    given = node.integers("kernel_shape", weights.shape[2:])
    if given != weights.shape[2:]:
        raise node.broken(f"kernel_shape {list(given)} disagrees with weights {list(weights.shape)}")
    return weights, node.integer("group", 1)


def bias_of(g: GraphImporter, node: Node, index: int, wanted: int | None) -> tuple[Constant, int] | None:
    """The bias and its quantizer, which is that of the result."""
    bias = g.optional(node, index)
    return None if bias is None else g.numbers(node, node.inputs[index], bias.reshape(-1), wanted)


def add_bias(g: GraphImporter, node: Node, y: Value, bias: tuple[Constant, int]) -> Value:
    """The bias as a layer of its own, after the convolution's shift."""
    numbers, quantizer = bias
    layer = Layer(Op.BIAS_ADD, [y.number], quantizer, constant_quantizer=quantizer, constant=numbers)
    return g.same(node, y, layer, ":bias")


@handles("Conv")
def conv(g: GraphImporter, node: Node) -> None:
    """Weights [out][in / groups][height][width]."""
    x = image_of(g, node, g.value(node, 0))
    weights, groups = kernel_of(g, node)
    if weights.shape[1] * groups != x.channels:
        raise node.broken(f"weights are for {weights.shape[1] * groups} channels, the input has {x.channels}")
    wanted = g.free_quantizer(node, x)
    numbers, quantizer = g.numbers(node, node.inputs[1], weights)
    bias = bias_of(g, node, 2, wanted)
    numbers = _dilated(numbers, node.integers("dilations", (1, 1)))
    window = window_of(node, x, (numbers.shape[2], numbers.shape[3]))
    x, window = padded(g, node, x, window)
    layer = Layer(
        Op.CONV, [x.number], wanted if bias is None else bias[1], channels=weights.shape[0], groups=groups,
        window=window, constant_quantizer=quantizer, constant=numbers.transpose(0, 2, 3, 1),
    )  # fmt: skip
    y = g.image(node, x, layer, weights.shape[0], windowed_size(x, window))
    g.put(node, y if bias is None else add_bias(g, node, y, bias))


@handles("ConvTranspose")
def conv_transpose(g: GraphImporter, node: Node) -> None:
    """Weights [in][out / groups][height][width]."""
    x = image_of(g, node, g.value(node, 0))
    weights, groups = kernel_of(g, node)
    if weights.shape[0] != x.channels or x.channels % groups:
        raise node.broken(f"weights are for {weights.shape[0]} channels, the input has {x.channels}")
    wanted = g.free_quantizer(node, x)
    numbers, quantizer = g.numbers(node, node.inputs[1], weights)
    bias = bias_of(g, node, 2, wanted)
    each = x.channels // groups
    dilations = node.integers("dilations", (1, 1))
    kernels = [
        _dilated(numbers[i * each : (i + 1) * each].transpose(1, 0, 2, 3), dilations) for i in range(groups)
    ]
    layer = Layer(
        Op.CONV, [], wanted if bias is None else bias[1], groups=groups, constant_quantizer=quantizer,
        constant=np.concatenate(kernels),
    )  # fmt: skip
    y = transposed_convolution(g, node, x, layer)
    g.put(node, y if bias is None else add_bias(g, node, y, bias))


def _fold_into(g: GraphImporter, node: Node, x: Value, factor: Array, offset: Array) -> bool:
    """Scale the convolution that made `x`, where nothing else reads it."""
    index = x.number - len(g.network.inputs)
    if index < 0 or not g.is_only_reader(node, x):
        return False
    bias = g.network.layers[index] if g.network.layers[index].op == Op.BIAS_ADD else None
    if bias is not None:
        index = bias.inputs[0] - len(g.network.inputs)
    if index != len(g.network.layers) - (1 if bias is None else 2):
        return False
    layer = g.network.layers[index]
    if layer.op != Op.CONV or layer.constant is None:
        return False
    layer.constant = (layer.constant * factor.reshape(-1, 1, 1, 1)).astype(np.float32)
    if bias is None:
        g.put(node, add_bias(g, node, x, (offset.astype(np.float32), 0)))
        return True
    assert bias.constant is not None
    bias.constant = (bias.constant * factor + offset).astype(np.float32)
    g.put(node, x)
    return True


@handles("BatchNormalization")
def batch_normalization(g: GraphImporter, node: Node) -> None:
    """Folded into the convolution before it, else a factor and an offset a channel."""
    if not g.is_float:
        raise node.unsupported("fold it into the convolution before quantising")
    if node.integer("training_mode", 0):
        raise node.unsupported("training mode is not supported")
    x = image_of(g, node, g.value(node, 0))
    scale, shift, mean, variance = (np.asarray(g.constant(node, i), np.float64) for i in range(1, 5))
    with np.errstate(invalid="ignore", divide="ignore"):  # Numbers that are not finite are refused later.
        factor = scale / np.sqrt(variance + node.number("epsilon", 1e-5))
    offset = shift - mean * factor
    if factor.shape != (x.channels,):
        raise node.broken(f"has {factor.size} factors for {x.channels} channels")
    if _fold_into(g, node, x, factor, offset):
        return
    y = g.same(node, x, Layer(Op.MUL_CONSTANT, [x.number], 0, constant=factor.astype(np.float32)))
    layer = Layer(Op.BIAS_ADD, [y.number], 0, constant=offset.astype(np.float32))
    g.put(node, g.same(node, y, layer, ":shift"))


@handles("MatMul")
def mat_mul(g: GraphImporter, node: Node) -> None:
    """A product with a constant matrix, on either side."""
    index = 1 if g.is_constant(node, 1) else 0
    if not g.is_constant(node, index):
        raise node.unsupported("the product of two computed tensors is not supported")
    x, name = g.value(node, 1 - index), node.inputs[index]
    matrix = g.constants[name]
    while matrix.ndim > 2 and matrix.shape[0] == 1:
        matrix = matrix[0]
    if matrix.ndim > 2 or x.rank < 2:
        raise node.unsupported("only products with one matrix are supported")
    is_vector = matrix.ndim == 1
    # The side that is summed over comes last.
    matrix = matrix.reshape(1, -1) if is_vector else matrix.T if index == 1 else matrix
    dim = x.rank - 1 if index == 1 else x.rank - 2
    if x.shape[dim] != matrix.shape[1]:
        raise node.broken(f"multiplies {x.shape[dim]} by {matrix.shape[1]} numbers")
    numbers, quantizer = g.numbers(node, name, matrix)
    y = contracted(g, node, x, dim, numbers, (quantizer, g.free_quantizer(node, x)))
    if is_vector:
        y = replace(y, dims=(*y.dims[:dim], *y.dims[dim + 1 :]))
    g.put(node, y)


@handles("Gemm")
def gemm(g: GraphImporter, node: Node) -> None:
    """Rows times a constant matrix, plus a constant row."""
    x, matrix = g.value(node, 0), g.constant(node, 1)
    alpha, beta = node.number("alpha", 1), node.number("beta", 1)
    if x.rank != 2 or matrix.ndim != 2:
        raise node.broken("operands must be matrices")
    if node.integer("transA", 0):
        x = replace(x, dims=x.dims[::-1])
    if not g.is_float and (alpha != 1 or beta != 1):
        raise node.unsupported("alpha and beta must be 1 in integer networks")
    matrix = matrix if node.integer("transB", 0) else matrix.T
    if x.shape[1] != matrix.shape[1]:
        raise node.broken(f"multiplies {x.shape[1]} by {matrix.shape[1]} numbers")
    wanted = g.free_quantizer(node, x)
    numbers, quantizer = g.numbers(node, node.inputs[1], matrix * np.float32(alpha) if alpha != 1 else matrix)
    bias = None
    if (given := g.optional(node, 2)) is not None:
        if given.size not in (1, matrix.shape[0]) or given.shape[-1:] not in ((), (1,), (matrix.shape[0],)):
            raise node.unsupported("only one row of offsets is supported")
        flat = given.reshape(-1) * np.float32(beta) if beta != 1 else given.reshape(-1)
        bias = g.numbers(node, node.inputs[2], flat, wanted)
    y = contracted(g, node, x, 1, numbers, (quantizer, wanted if bias is None else bias[1]))
    g.put(node, y if bias is None else add_bias(g, node, y, bias))
