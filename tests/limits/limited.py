# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Streams that ask for much, decoded in a process that may not have much.

`python tests/limits/limited.py` prints what each of them takes.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from inloop import Decoder
from inloop.engine.model import Model
from inloop.errors import InloopError

STARTED = b"\0\0\1"
LARGEST = (Path(__file__).parent / "largest_pictures.265").read_bytes()
"""Three pictures of 8192x4320, grey, by x265: level 6 has no larger ones of this shape."""
FUZZ = Path(__file__).parents[1] / "fuzz"
SMALL = (FUZZ / "corpus_decoder" / "filtered_flags.265").read_bytes()
MB = 1 << 20
VPS, SPS, PPS, SEI, FILTER = 32, 33, 34, 39, 48


@dataclass(frozen=True, slots=True)
class Used:
    """What a stream took.

    Attributes:
        pictures: How many came out.
        error: The error at the end, empty without one.
        grown_mb: Memory beyond that of the process before, at its peak.
        cpu_s: Seconds of CPU.
        stream_mb: Size of the stream.
    """

    pictures: int
    error: str
    grown_mb: float
    cpu_s: float
    stream_mb: float


def unit(kind: int, body: bytes, layer: int = 0) -> bytes:
    """A NAL unit behind its start code."""
    return STARTED + bytes([kind << 1 | layer >> 5, (layer & 31) << 3 | 1]) + body


def units_of(stream: bytes, kind: int) -> list[bytes]:
    """The bodies of a stream's units of one type."""
    return [part[2:].rstrip(b"\0") for part in stream.split(STARTED)[1:] if part[0] >> 1 & 63 == kind]


def largest_pictures() -> Iterator[bytes]:
    """Pictures of the largest size of any level, four groups of three."""
    yield from [LARGEST] * 4


def thousand_sets() -> Iterator[bytes]:
    """A thousand parameter sets of each kind, all different, before the pictures."""
    for number in range(1000):
        for kind in (VPS, SPS, PPS):
            for body in units_of(SMALL, kind):
                yield unit(kind, body + number.to_bytes(2, "big") + b"\x80")
    yield SMALL


def large_sets() -> Iterator[bytes]:
    """Parameter sets with a megabyte of extensions behind them, under every identifier."""
    for first in range(256):
        for kind in (SPS, PPS):
            (body,) = units_of(SMALL, kind)
            yield unit(kind, bytes([body[0], first]) + body[2:] + b"\x55" * MB)


def other_layers() -> Iterator[bytes]:
    """Units of layers 1 to 16 of every type around the pictures, as of a scalable stream."""
    for layer in range(1, 17):
        yield b"".join(unit(kind, b"\x55" * 100, layer) for kind in range(64)) * 60
    yield SMALL


def start_codes() -> Iterator[bytes]:
    """Nothing but start codes, then the shortest units."""
    yield STARTED * (4 * MB // 3)
    yield unit(35, b"\x50") * (4 * MB // 6)
    yield SMALL


def large_messages() -> Iterator[bytes]:
    """Messages of a megabyte before a picture: many SEI units, and units of the filter's type."""
    for kind in (SEI, FILTER):
        for _ in range(100):
            yield unit(kind, b"\x55" * MB)
    yield SMALL


def one_unit() -> Iterator[bytes]:
    """A unit that does not end."""
    yield unit(SEI, b"")
    for _ in range(130):
        yield b"\x55" * MB


def many_sequences() -> Iterator[bytes]:
    """Two thousand sequences, each of which starts anew."""
    yield from [SMALL] * 700


STREAMS: dict[str, Callable[[], Iterator[bytes]]] = {
    make.__name__: make
    for make in (
        largest_pictures,
        thousand_sets,
        large_sets,
        other_layers,
        start_codes,
        large_messages,
        one_unit,
        many_sequences,
    )
}


def peak_kib() -> int:
    """The most memory that this program has held; `getrusage` counts what its parent held when it was started, too."""
    return next(int(line.split()[1]) for line in Path("/proc/self/status").open() if line.startswith("VmHWM"))


def decode_here(name: str, threads: int) -> Used:
    """Decode a stream in this process."""
    before, peak_before = resource.getrusage(resource.RUSAGE_SELF), peak_kib()
    decoder = Decoder([Model((FUZZ / "small_filter.inl").read_bytes())], threads=threads)
    pictures, size, error = 0, 0, ""
    try:
        for part in STREAMS[name]():
            size += len(part)
            pictures += len(decoder.decode(part))
        pictures += len(decoder.flush())
    except InloopError as caught:
        error = f"{type(caught).__name__}: {caught}"
        pictures += len(decoder.remaining())
    after = resource.getrusage(resource.RUSAGE_SELF)
    cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Used(pictures, error, (peak_kib() - peak_before) / 1024, cpu_s, size / MB)


def decode_limited(name: str, threads: int, memory_mb: int, cpu_s: int) -> Used:
    """Decode a stream in a process that has so much memory to address and so much time."""

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (memory_mb * MB, memory_mb * MB))
        resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s))

    done = subprocess.run(
        [sys.executable, __file__, name, str(threads)],
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=limit,
    )
    if done.returncode:
        raise AssertionError(f"{name} with {threads} threads: {done.returncode}, {done.stderr[-500:]}")
    return Used(**json.loads(done.stdout))


def main() -> None:
    """Decode the stream that is named, or print a table of all."""
    if len(sys.argv) == 3:
        used = decode_here(sys.argv[1], int(sys.argv[2]))
        print(json.dumps({name: getattr(used, name) for name in Used.__slots__}))
        return
    for name in STREAMS:
        for threads in (1, 8):
            used = decode_limited(name, threads, 16384, 600)
            print(
                f"{name:18} {threads} threads: {used.stream_mb:7.2f} MB, {used.pictures:5} pictures, "
                f"{used.grown_mb:7.1f} MB more, {used.cpu_s:6.2f} s {used.error}",
                flush=True,
            )


if __name__ == "__main__":
    main()
