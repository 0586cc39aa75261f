# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Small filtered streams to damage, and their network.

`python tests/fuzz/filtered_seeds.py` writes the streams to corpus_decoder/ and the network beside this file.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np

sys.path.append(str(Path(__file__).resolve().parents[1] / "nn"))

from nn_networks import GraphBuilder

from inloop import Encoder, Frame, _core
from inloop.convert import onnx_to_compact
from inloop.engine.model import Model
from inloop.nnlf import PictureFilter
from inloop.nnlf.picture import CodedPicture, FilterResult, Planes

FOLDER = Path(__file__).parent
CORPUS = FOLDER / "corpus_decoder"
NETWORK = FOLDER / "small_filter.inl"


def small_filter() -> bytes:
    """A filter network of all six inputs in one convolution, in the compact form."""
    rng = np.random.default_rng(7)
    g = GraphBuilder()
    channels = {"rec": 6, "pred": 6, "bs": 3, "qp_base": 1, "qp_block": 1, "ipb": 1}
    x = g.node("Concat", [g.input(name, count) for name, count in channels.items()], axis=1)
    weights = g.constant(rng.integers(-20, 21, (6, 18, 3, 3)), 11)
    return onnx_to_compact(g.build(g.node("Conv", [x, weights], 13, kernel_shape=[3, 3], pads=[1] * 4)))


class VaryingFilter(PictureFilter):
    """Filters pictures with the parameters of a list, whatever it costs; with none beyond its end."""

    def __init__(self, pictures: list[dict[str, Any]]) -> None:
        super().__init__(Model(small_filter()))
        self.pictures = iter(pictures)
        self.track = _core.ParameterTrack()
        self.network = _core.FilterNetwork(self.model.core)

    def filter_picture(self, coded: CodedPicture, original: Planes) -> FilterResult:
        fields = next(self.pictures, None)
        size = coded.width, coded.height
        access = coded.irap, coded.rasl, coded.temporal_id
        payload = b"" if fields is None else self.parameters(fields).serialise(*size)
        planes = self.filtered(coded, self.track.next(payload, *size, *access))
        if planes is None:
            return FilterResult(payload, None)
        if fields and "md5" in fields:
            payload = self.parameters(fields | {"md5": _core.planes_md5(planes, coded.bit_depth)}).serialise(
                *size
            )
        return FilterResult(payload, planes, shown_only=bool(fields and fields.get("post")))

    def parameters(self, fields: dict[str, Any]) -> _core.FilterParameters:
        parameters = _core.FilterParameters()
        for name, value in fields.items():
            setattr(parameters, name, value)
        return parameters

    def filtered(self, coded: CodedPicture, parameters: _core.FilterParameters | None) -> Planes | None:
        if parameters is None:
            return None
        parameters.md5 = None  # It is not known yet.
        return self.network.filter(coded, parameters)


def moving_frames(count: int, width: int, height: int, bit_depth: int) -> list[Frame]:
    """Blocks of noise that move by two samples a picture."""
    rng = np.random.default_rng(3)
    dtype = np.uint8 if bit_depth == 8 else np.uint16
    shapes = [(height, width), (height // 2, width // 2), (height // 2, width // 2)]
    noise = [rng.integers(0, 1 << bit_depth, (h // 32 + 3, w // 32 + 3)) for h, w in shapes]
    large = [np.kron(n, np.ones((32, 32), int)).astype(dtype) for n in noise]

    def planes(t: int) -> list[np.ndarray[Any, Any]]:
        return [
            np.ascontiguousarray(p[2 * t : 2 * t + h, t : t + w])
            for p, (h, w) in zip(large, shapes, strict=True)
        ]

    return [Frame(*planes(t), bit_depth) for t in range(count)]


def stream(
    size: tuple[int, int], pictures: list[dict[str, Any]], more: int = 0, bit_depth: int = 8, **options: Any
) -> bytes:
    """Encode a picture for each set of parameters and some more, in coding order."""
    frames = moving_frames(len(pictures) + more, *size, bit_depth)
    encoder = Encoder(
        *size, 25, qp=44, bit_depth=bit_depth, md5=True, nnlf=VaryingFilter(pictures), **options
    )
    packets = [packet for frame in frames for packet in encoder.encode(frame)] + encoder.flush()
    return b"".join(packet.data for packet in packets)


def streams() -> dict[str, bytes]:
    """Filtered streams by file name: flags and hashes, held parameters, shown only, large blocks at 10 bit."""
    named = {"model": bytes.fromhex(Model(small_filter()).sha256)}
    scale = {"scale_code": [20, 31, 5]}
    flags = {"per_block": True, "block_choice": [1, 0, 2, 1, 0, 1], "candidates": 2, "qp_offset": [-3, 5]}
    hashed = {"md5": bytes(16), **scale, **flags}
    two = {"post": True, "per_block": True, "block_choice": [1, 0], **scale}
    return {
        "filtered_flags.265": stream((136, 264), [named | hashed, hashed], 1, structure="ldp"),
        "filtered_hold.265": stream(
            (40, 264), [named | scale | {"hold": True, "min_edges": 1}], 4, structure="ra", gop=4
        ),
        "filtered_post.265": stream((136, 72), [named | two, {"post": True, **scale}], 1, structure="ldp"),
        "filtered_large.265": stream(
            (72, 264), [named | scale | {"block_size": 256}] * 2, bit_depth=10, structure="ldp"
        ),
    }


if __name__ == "__main__":
    NETWORK.write_bytes(small_filter())
    for file_name, data in streams().items():
        (CORPUS / file_name).write_bytes(data)
