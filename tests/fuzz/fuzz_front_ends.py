# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Fuzz targets of what Python reads: networks (ONNX, SADL) and videos (y4m, streams, containers).

`python tests/fuzz/fuzz_front_ends.py TARGET SECONDS [SEED]` damages the seeds of a target for a time, and prints how
many inputs there were. `guided_front_ends.py` lets coverage guide the damage.

An input is read, or refused with an error of the family or one of the system; everything else is a finding, which is
written to `finding_TARGET_SEED.bin`.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.append(str(Path(__file__).resolve().parents[1] / "nn"))

from filtered_seeds import moving_frames
from model_seeds import filter_like, other_operations

from inloop import Encoder
from inloop.codec.stream_info import describe_stream
from inloop.convert import export_sadl, import_onnx, import_sadl, onnx_to_compact
from inloop.engine.model import Model
from inloop.errors import InloopError
from inloop.io import VideoInfo, open_video, open_video_writer
from inloop.io.coded import container_of, open_stream_writer
from inloop.io.surroundings import Surroundings
from inloop.io.timeline import Timeline
from inloop.video.signal import SignalDescription

MOST_PICTURES = 4
ALLOWED = (InloopError, OSError)


@cache
def _folder() -> TemporaryDirectory[str]:
    return TemporaryDirectory()


def _path(name: str) -> Path:
    return Path(_folder().name) / name


def _read_video(suffix: str, data: bytes) -> None:
    path = _path(f"input{suffix}")
    path.write_bytes(data)
    with open_video(path) as video:
        for _ in islice(video, MOST_PICTURES):
            pass


def read_onnx(data: bytes) -> None:
    """A network in ONNX."""
    Model(onnx_to_compact(data))


def read_sadl(data: bytes) -> None:
    """A network of SADL."""
    Model(import_sadl(data).to_bytes())


def read_y4m(data: bytes) -> None:
    """A y4m file."""
    _read_video(".y4m", data)


def read_stream(data: bytes) -> None:
    """A bare stream, which is also described."""
    with suppress(*ALLOWED):
        describe_stream(data)
    _read_video(".265", data)


def read_container(data: bytes) -> None:
    """An mp4, Matroska or transport stream, which FFmpeg tells apart by its bytes."""
    _read_video(".mp4", data)


def network_seeds() -> list[bytes]:
    """Networks in ONNX."""
    return [filter_like(), other_operations(), other_operations(quantised=False)]


def sadl_seeds() -> list[bytes]:
    """A network of SADL."""
    return [export_sadl(import_onnx(filter_like()), 12, 12)]


def y4m_seeds() -> list[bytes]:
    """Small videos of 8 and 10 bit."""
    seeds = []
    for bits in (8, 10):
        path = _path(f"seed{bits}.y4m")
        with open_video_writer(path, VideoInfo(16, 16, Fraction(25), bits)) as writer:
            for frame in moving_frames(2, 16, 16, bits):
                writer.write(frame)
        seeds.append(path.read_bytes())
    return seeds


def container_seeds() -> list[bytes]:
    """A video in each of two containers."""
    seeds = []
    for suffix in (".mp4", ".mkv"):
        path = _path(f"seed{suffix}")
        encoder = Encoder(64, 64, 25, qp=45, structure="ldp")
        surroundings = Surroundings(Timeline(Fraction(25)), container_of(path))
        frames = surroundings.timeline.recorded(moving_frames(2, 64, 64, 8))
        packets = [packet for frame in frames for packet in encoder.encode(frame)]
        with open_stream_writer(path, SignalDescription(), surroundings) as writer:
            for packet in packets + encoder.flush():
                writer.write(packet)
        seeds.append(path.read_bytes())
    return seeds


def stream_seeds() -> list[bytes]:
    """The corpus of the decoder."""
    return [path.read_bytes() for path in sorted((Path(__file__).parent / "corpus_decoder").iterdir())]


@dataclass(frozen=True, slots=True)
class Target:
    """What reads an input, and inputs that it reads well."""

    read: Callable[[bytes], None]
    seeds: Callable[[], list[bytes]]


TARGETS = {
    "onnx": Target(read_onnx, network_seeds),
    "sadl": Target(read_sadl, sadl_seeds),
    "y4m": Target(read_y4m, y4m_seeds),
    "stream": Target(read_stream, stream_seeds),
    "container": Target(read_container, container_seeds),
}


def damaged(data: bytes, chosen: random.Random) -> bytes:
    """Flip bits, set bytes, remove or repeat ranges; more of it near the start, where headers are."""
    result = bytearray(data)
    for _ in range(chosen.randint(1, 5)):
        if not result:
            break
        at = int(chosen.random() ** chosen.choice((1, 3)) * len(result))
        size = chosen.randint(1, 16)
        match chosen.randrange(4):
            case 0:
                result[at] ^= 1 << chosen.randrange(8)
            case 1:
                result[at] = chosen.choice((0, 127, 128, 255, chosen.randrange(256)))
            case 2:
                del result[at : at + size]
            case _:
                result[at:at] = result[at : at + size]
    return bytes(result)


def try_input(target: Target, data: bytes) -> bool:
    """Read an input; return whether it was accepted. Raises what is a finding."""
    try:
        target.read(data)
    except ALLOWED:
        return False
    return True


def run(name: str, most_s: float, seed: int, most: int = 1 << 40) -> tuple[int, int]:
    """Read damaged seeds for a time, or a number of them; return how many, and how many were accepted."""
    target, chosen = TARGETS[name], random.Random(seed)
    seeds = target.seeds()
    assert all(try_input(target, data) or name == "stream" for data in seeds)
    end = time.process_time() + most_s
    count = accepted = 0
    while count < most and time.process_time() < end:
        data = damaged(chosen.choice(seeds), chosen)
        count += 1
        try:
            accepted += try_input(target, data)
        except BaseException:
            Path(f"finding_{name}_{seed}.bin").write_bytes(data)
            raise
    return count, accepted


def main() -> None:
    """Run one target."""
    name = sys.argv[1]
    seconds, seed = float(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 0
    count, accepted = run(name, seconds, seed)
    print(f"{name}: {count} inputs in {seconds:g} s of CPU, {accepted} accepted, seed {seed}")


if __name__ == "__main__":
    main()
