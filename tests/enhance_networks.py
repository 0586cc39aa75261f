# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Networks over decoded pictures whose result is known: they add constants, or take a difference away."""

from __future__ import annotations

import numpy as np
from nn_networks import GraphBuilder

Q = 13
STEP = (1 << Q) >> 8
"""One 8-bit sample at the quantizer of the input."""


def constant_residual(
    luma: int,
    cb: int,
    cr: int,
    *,
    form: str = "half",
    crop: bool = False,
    smooth: bool = False,
    **options: object,
) -> bytes:
    """Adds so many 8-bit samples to the planes; `smooth` also takes the horizontal differences of pairs away.

    form: "half" (6 channels at 1/2), "quarter" (24 at 1/4) or "luma" (input y). crop: without the context.
    """
    g = GraphBuilder()
    if form == "luma":
        x, weights, bias = g.input("y", 1), np.zeros((1, 1, 1, 1)), [luma]
    elif form == "half":
        x, weights, bias = g.input("rec", 6), np.zeros((6, 6, 1, 1)), [luma, 0, 0, 0, cb, cr]
        if smooth:
            weights[1, 1] = -1 << 11
    else:
        x, weights = g.input("rec", 6), np.zeros((24, 6, 2, 2))
        bias = [luma] * 4 + [0] * 12 + [cb, 0, 0, 0, cr, 0, 0, 0]
    side = weights.shape[-1]
    values = [g.constant(weights, 11), g.constant(np.array(bias) * STEP, Q)]
    out = g.node("Conv", [x, *values], Q, kernel_shape=[side, side], strides=[side, side])
    if crop:
        margin = {"luma": 8, "half": 4, "quarter": 2}[form]
        cut = [g.raw(np.array(v)) for v in ([margin] * 2, [-margin] * 2, [2, 3])]
        out = g.node("Slice", [out, *cut])
    return g.build(out, **options)
