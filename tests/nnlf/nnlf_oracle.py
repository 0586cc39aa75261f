# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Random coded pictures, and the filter's arithmetic written in NumPy from its definition."""

import numpy as np

from inloop.nnlf import CodedPicture, features
from inloop.nnlf.decision import Evidence


def random_picture(rng, height, width, bit_depth=8, mode="random"):
    peak = (1 << bit_depth) - 1

    def planes():
        sizes = [(height, width), (height // 2, width // 2), (height // 2, width // 2)]
        if mode == "low":
            return tuple(rng.integers(0, 3, s).astype(np.uint16) for s in sizes)
        if mode == "high":
            return tuple(rng.integers(peak - 2, peak + 1, s).astype(np.uint16) for s in sizes)
        return tuple(rng.integers(0, peak + 1, s).astype(np.uint16) for s in sizes)

    units = (height // 4, width // 4)
    bs_ver = rng.integers(0, 3, units).astype(np.uint8)
    bs_hor = rng.integers(0, 3, units).astype(np.uint8)
    bs_ver[:, 1::2] = 0
    bs_hor[1::2, :] = 0
    return CodedPicture(
        rec=planes(),
        dbf=planes(),
        pred=planes(),
        bs_ver=bs_ver,
        bs_hor=bs_hor,
        qp=rng.integers(-6 * (bit_depth - 8), 52, units).astype(np.int8),
        pred_type=rng.integers(0, 3, units).astype(np.uint8),
        slice_qp=int(rng.integers(0, 52)),
        slice_type="P",
        bit_depth=bit_depth,
    )


def evidence(sums, lmbda, **more):
    """What a decision rests on, with payloads of some 90 bits, 30 less for reused settings, and a bit a flag."""

    def bits(decision):
        return 90 - 30 * decision.reuse + (0 if decision.block_choice is None else len(decision.block_choice))

    return Evidence(sums, lmbda, bits, **more)


def grid(height, width, size=128):
    return [
        (x, y, min(size, width - x), min(size, height - y))
        for y in range(0, height, size)
        for x in range(0, width, size)
    ]


def picture_features(coded, qp_base, q):
    """Every feature of the whole picture, with 4 half-resolution samples of zeros around."""

    def half(units):
        return np.repeat(np.repeat(units, 2, 0), 2, 1)

    maps = {
        "rec": features.pack_planes(*coded.rec, coded.bit_depth, q),
        "pred": features.pack_planes(*coded.pred, coded.bit_depth, q),
        "bs": features.pack_boundary(features.boundary_planes(coded.bs_ver, coded.bs_hor), q),
        "qp_block": features.pack_qp(half(coded.qp), q),
        "ipb": features.pack_prediction_type(half(coded.pred_type), q),
    }
    padded = {name: np.pad(m, ((4, 4), (4, 4), (0, 0))) for name, m in maps.items()}
    padded["qp_base"] = np.full((*padded["rec"].shape[:2], 1), qp_base << (q - 6))
    return padded


def block_features(padded, block):
    x, y, width, height = block
    window = np.s_[y // 2 : (y + height) // 2 + 8, x // 2 : (x + width) // 2 + 8]
    return {name: m[window] for name, m in padded.items()}


def signal_of(coded, block, output, margin, q):
    """14-bit signal of a block from the network's output."""
    x, y, width, height = block
    inner = output[margin : margin + height // 4, margin : margin + width // 4]
    result = []
    for c, residual in enumerate(features.unpack_coefficients(inner)):
        s = 1 if c else 0
        rec = coded.rec[c][y >> s : (y + height) >> s, x >> s : (x + width) >> s].astype(np.int64)
        r = residual.astype(np.int64)
        r = (r + (1 << (q - 15))) >> (q - 14) if q > 14 else r << (14 - q)
        result.append(np.clip((rec << (14 - coded.bit_depth)) + r, 0, (1 << 14) - 1))
    return result


def blend(dbf, signal, scale, bit_depth):
    s = 14 - bit_depth
    base = dbf.astype(np.int64) << s
    value = ((base << 8) + (signal.astype(np.int64) - base) * scale + (1 << (s + 7))) >> (s + 8)
    return np.clip(value, 0, (1 << bit_depth) - 1)
