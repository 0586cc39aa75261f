# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""What the guard encodes and runs, through the public interface only, so that the tree behind it may change."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from io import StringIO
from itertools import islice, product
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import inloop
from inloop import Decoder, Encoder, Frame, PictureFilter, load_enhancer, load_filter
from inloop.data import sample_clip
from inloop.io import open_video
from inloop.nnlf.filter_model import network_for
from inloop.pipeline import SequenceMd5, decode_chunks, encode_frames
from inloop.ratecontrol import make_controller
from inloop.ratecontrol.options import RateOptions

HASHES = Path(__file__).with_name("hashes.json")
SIZES = {"small": (98, 70), "wide": (210, 140)}
"""Neither is a multiple of 8; the wide one has more than one filter block and several CTUs."""
MODELS = ("lop", "vlop")


def _plain(size: str, structure: str, frames: int, **options: Any) -> dict[str, Any]:
    return {"size": size, "frames": frames, "structure": structure, "qp": 32, **options}


def _rate(size: str, frames: int, control: Mapping[str, Any], **options: Any) -> dict[str, Any]:
    return {"size": size, "frames": frames, "rate": dict(control), "preset": "faster", "gop": 4, **options}


def _cases() -> dict[str, dict[str, Any]]:
    cases: dict[str, dict[str, Any]] = {}
    for preset in ("faster", "fast", "medium", "slow", "slower"):
        cases[f"preset-{preset}"] = _plain("small", "ra", 5, preset=preset, gop=4)
    for structure in ("ai", "ldp", "ldb", "ra"):
        cases[f"structure-{structure}"] = _plain("wide", structure, 4, preset="faster")
        cases[f"structure-{structure}-10bit"] = _plain("small", structure, 3, bit_depth=10)
        cases[f"filter-lop-{structure}"] = _plain("wide", structure, 3, nnlf="lop", preset="faster")
    for mode in ("loop", "post"):
        cases[f"filter-vlop-{mode}-md5"] = _plain("wide", "ra", 4, nnlf="vlop", mode=mode, filter_md5=True)
        cases[f"filter-vlop-{mode}-skip3"] = _plain("wide", "ldp", 4, nnlf="vlop", mode=mode, skip=3)
        cases[f"filter-vlop-{mode}-10bit"] = _plain("small", "ra", 3, nnlf="vlop", mode=mode, bit_depth=10)
    cases["filter-vlop-blocks-256"] = _plain("wide", "ai", 2, nnlf="vlop", block_size=256, skip=0)
    cases["filter-vlop-lambda"] = _plain("small", "ldb", 3, nnlf="vlop", nnlf_lambda=0.9)
    cases["filter-vlop-crf"] = _rate("small", 6, {"crf": 30, "lookahead": 4}, nnlf="vlop")
    cases["gop-8-open-intra"] = _plain("small", "ra", 12, preset="faster", gop=4, intra_period=8)
    cases["gop-8-closed-intra"] = _plain(
        "small",
        "ra",
        12,
        preset="faster",
        gop=4,
        intra_period=8,
        open_gop=False,
        repeat_headers=True,
        aud=True,
    )
    cases["no-sao-no-deblocking"] = _plain("small", "ldp", 3, sao=False, deblocking=False)
    cases["offsets-md5"] = _plain(
        "small", "ra", 3, deblocking=(2, -1), chroma_qp_offsets=(2, -3), md5=True, quantization_group=16
    )
    cases["internal-10"] = _plain("small", "ra", 3, internal_bit_depth=10)
    cases["tools"] = _plain("small", "ldb", 3, tools={"merge_checks": 3, "all_references": 1})
    for qp in (10, 45):
        cases[f"qp-{qp}"] = _plain("small", "ra", 3, qp=qp)
    for name, control in {
        "crf": {"crf": 28},
        "crf-scene": {"crf": 28, "scene": True},
        "abr": {"bitrate_kbps": 150.0},
        "aq": {"crf": 30, "aq": True},
        "vbv": {"crf": 18, "vbv_maxrate_kbps": 120.0, "vbv_bufsize_kbit": 40.0},
        "vbv-abr-10bit": {"bitrate_kbps": 120.0, "vbv_maxrate_kbps": 120.0, "vbv_bufsize_kbit": 60.0},
        "first-pass": {"crf": 28, "pass_number": 1},
    }.items():
        depth = 10 if "10bit" in name else 8
        cases[f"rate-{name}"] = _rate("small", 10, control, bit_depth=depth)
    cases["rate-adaptive-gop"] = _rate("small", 10, {"crf": 28}, adaptive_gop=True)
    return cases


CASES = _cases()


def source_frames(size: str, count: int, bit_depth: int) -> list[Frame]:
    """Pictures of the sample clip, cropped along a path; 10-bit ones with low bits of their own."""
    width, height = SIZES[size]
    with open_video(sample_clip()) as video:
        whole = list(islice(video, count))
    rng = np.random.default_rng(7)
    frames = []
    for index, frame in enumerate(whole):
        x, y = 40 + 6 * index, 60
        planes: list[NDArray[Any]] = [
            plane[y // step : (y + height) // step, x // step : (x + width) // step]
            for plane, step in zip(frame.planes, (1, 2, 2), strict=True)
        ]
        if bit_depth == 10:
            planes = [(p.astype(np.uint16) << 2) + rng.integers(0, 4, p.shape, np.uint16) for p in planes]
        frames.append(Frame(*planes, bit_depth, index))
    return frames


@contextmanager
def forced(isa: str) -> Iterator[None]:
    """Run at one instruction set."""
    before = inloop.get_isa()
    inloop.set_isa(isa)
    try:
        yield
    finally:
        inloop.set_isa(before)


def _controller(control: Mapping[str, Any], bit_depth: int) -> Any:
    target = "crf" if "crf" in control else "bitrate"
    options = RateOptions.of(
        target,
        control.get("crf", control.get("bitrate_kbps")),
        rc_complexity="scene" if control.get("scene") else "classic",
        aq_mode="variance" if control.get("aq") else "off",
        vbv_maxrate=control.get("vbv_maxrate_kbps"),
        vbv_bufsize=control.get("vbv_bufsize_kbit"),
        pass_number=control.get("pass_number"),
        lookahead=control.get("lookahead", 6),
        bit_depth=bit_depth,
    )
    return make_controller(options, stats=StringIO()) if options.pass_number else make_controller(options)


def encode_case(name: str, threads: int) -> dict[str, str]:
    """Encode one case and decode it again; hashes of the stream, the reconstruction and the decoded pictures."""
    case = dict(CASES[name])
    size, count, rate = case.pop("size"), case.pop("frames"), case.pop("rate", None)
    depth = case.setdefault("bit_depth", 8)
    filter_name, mode = case.pop("nnlf", None), case.pop("mode", "loop")
    filter_options = {key: case.pop(key) for key in ("skip", "block_size") if key in case}
    filter_md5 = case.pop("filter_md5", False)
    if rate is not None:
        case["rate_control"] = _controller(rate, depth)
    if filter_name is not None:
        case["nnlf"] = PictureFilter(
            load_filter(filter_name), mode, md5=filter_md5, threads=threads, **filter_options
        )
    encoder = Encoder(*SIZES[size], 25, threads=threads, **case)
    packets = list(encode_frames(encoder, source_frames(size, count, depth)))
    stream = b"".join(packet.data for packet in packets)
    recon, decoded = SequenceMd5(), SequenceMd5()
    for packet in packets:
        recon.add(packet.recon)
    for frame in decode_chunks(Decoder(verify=True, threads=threads), [stream]):
        decoded.add(frame)
    return {
        "stream": hashlib.md5(stream, usedforsecurity=False).hexdigest(),
        "recon": recon.hexdigest(),
        "decoded": decoded.hexdigest(),
        "sse": str([sum(packet.sse[c] for packet in packets) for c in range(3)]),
    }


def network_outputs(name: str) -> str:
    """Hash of what shipped networks give for loud random input, one block and one picture of odd size."""
    if name == "enhance":
        networks = [load_enhancer(name)]
    else:
        networks = list({(net := network_for(load_filter(name), kind)).sha256: net for kind in "IB"}.values())
    digest = hashlib.md5(usedforsecurity=False)
    for model, (height, width) in product(networks, ((36, 40), (50, 62))):
        rng = np.random.default_rng(height)
        inputs = {
            info.name: rng.integers(-12000, 12001, (height, width, info.channels), np.int16)
            for info in model.inputs
        }
        for output in model.session(height, width).run(inputs):
            digest.update(np.ascontiguousarray(output).tobytes())
    return digest.hexdigest()


def identities() -> dict[str, str]:
    """SHA-256 of the shipped models."""
    models = {name: load_filter(name).sha256 for name in MODELS}
    return models | {"enhance": load_enhancer("enhance").sha256}


def stored_hashes() -> dict[str, Any]:
    """What was recorded."""
    hashes: dict[str, Any] = json.loads(HASHES.read_text())
    return hashes
