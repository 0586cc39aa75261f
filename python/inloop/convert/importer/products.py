# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Products with a constant matrix along one dimension."""

from __future__ import annotations

from inloop.convert.fields import Window
from inloop.convert.importer.layout import arranged, stored_by
from inloop.convert.importer.node import Node
from inloop.convert.importer.sink import Sink
from inloop.convert.importer.values import CHANNELS, HEIGHT, WIDTH, Stored, Value, axes_of
from inloop.convert.network import Constant, Layer, Op


def contracted(
    g: Sink, node: Node, x: Value, dim: int, weights: Constant, quantizers: tuple[int, int]
) -> Value:
    """Products over one dimension with weights [out][in]: a convolution of 1x1; quantizers of weights and result."""
    if x.stored[CHANNELS] != x.dims[dim]:
        others = [i for i, axes in enumerate(x.dims) if axes and i != dim]
        roles: list[int | None] = [None] * x.rank
        for i in others[:-1]:
            roles[i] = HEIGHT
        for i in others[-1:]:
            roles[i] = WIDTH
        roles[dim] = CHANNELS
        x = arranged(g, node.outputs[0], x, stored_by(x, roles))
    out = axes_of(weights.shape[0])
    layer = Layer(
        Op.CONV, [x.number], quantizers[1], node.outputs[0], channels=weights.shape[0], window=Window(),
        constant_quantizer=quantizers[0], constant=weights[:, None, None, :],
    )  # fmt: skip
    stored: Stored = (x.stored[HEIGHT], x.stored[WIDTH], out)
    return g.emit(layer, (*x.dims[:dim], out, *x.dims[dim + 1 :]), stored)
