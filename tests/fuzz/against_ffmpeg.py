# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Our decoder against FFmpeg's on streams whose slice data or headers were changed.

Slice data are the bytes behind the entropy coder, so that each change makes other syntax elements of what follows it.
Where both accept a stream, their pictures must be the same; where they are not, libde265 decides, if it is installed.
FFmpeg accepts more: it does not look whether a slice ends where its data do, and paints CTUs that are missing.
`python tests/fuzz/against_ffmpeg.py COUNT [SEED]` changes COUNT streams and prints what came of them.
"""

from __future__ import annotations

import hashlib
import random
import re
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np

from inloop import Decoder, Frame
from inloop.errors import BitstreamError, InloopError
from inloop.evaluate.peer import de265_md5

DATA = Path(__file__).parents[1] / "conformance" / "data"
SEEDS = (
    "cros_64x64-I-P-B-P.265",
    "g2b_10bit_128x128.265",
    "g2b_multi_slice.265",
    "g2b_tiles.265",
    "g2b_tskip_128x128.265",
    "g2b_tu_inter4x4_motion.265",
    "oxide_r429-lf-bgop-qp33.265",
)
HEADER_BYTES = 12
"""Bytes in front of a slice that are left alone: its header, more or less."""
HEADER_SHARE = 0.4
_SPS, _PPS = 33, 34
_UNIT = re.compile(rb"\x00\x00\x01")


@dataclass(frozen=True, slots=True)
class Decoded:
    """What a decoder made of a stream: hashes of its pictures in output order, and why it refused, if it did.

    Attributes:
        pictures: Hashes of all three components.
        luma: Hashes of the first one.
        whole: One hash of all samples.
        refusal: Why it refused, or nothing.
    """

    pictures: tuple[str, ...]
    luma: tuple[str, ...]
    whole: str
    refusal: str

    @property
    def accepted(self) -> bool:
        """Whether all of it was decoded."""
        return not self.refusal


def ours(stream: bytes) -> Decoded:
    """Decode by inloop."""
    decoder = Decoder()
    frames: list[Frame] = []
    refusal = ""
    try:
        frames += decoder.decode(stream)
        frames += decoder.flush()
    except InloopError as error:
        refusal = str(error)
        frames += decoder.remaining()
    return _decoded([[frame.y, frame.u, frame.v] for frame in frames], refusal)


def ffmpegs(stream: bytes) -> Decoded:
    """Decode by FFmpeg, which is told to refuse what is wrong; pictures that it repaired are refusals, too."""
    context = av.CodecContext.create("hevc", "r")
    context.options = {"err_detect": "explode"}
    context.thread_count = 1
    frames: list[av.VideoFrame] = []
    refusal = ""
    try:
        for packet in [*context.parse(stream), *context.parse(b""), None]:
            frames += context.decode(packet)
    except av.FFmpegError as error:
        refusal = str(error)
    if not refusal and any(frame.is_corrupt for frame in frames):
        refusal = "a picture was repaired"
    return _decoded([_planes(frame) for frame in frames], refusal)


def _planes(frame: av.VideoFrame) -> list[np.ndarray]:
    dtype = np.uint8 if frame.format.components[0].bits == 8 else np.dtype("<u2")
    planes = []
    for plane in frame.planes:
        rows = np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)[: plane.height]
        planes.append(np.ascontiguousarray(rows).view(dtype)[:, : plane.width])
    return planes


def _decoded(pictures: list[list[np.ndarray]], refusal: str) -> Decoded:
    return Decoded(
        pictures=tuple(_hash(planes) for planes in pictures),
        luma=tuple(_hash(planes[:1]) for planes in pictures),
        whole=_hash([plane for planes in pictures for plane in planes]),
        refusal=refusal,
    )


def libde265_agrees(stream: bytes, mine: Decoded) -> bool:
    """Whether libde265 is there and shows the pictures that we do."""
    try:
        return de265_md5(stream) == mine.whole
    except BitstreamError:
        return False


def _hash(planes: Sequence[np.ndarray]) -> str:
    digest = hashlib.md5()
    for plane in planes:
        digest.update(np.ascontiguousarray(plane).tobytes())
    return digest.hexdigest()


def places_of(stream: bytes, *, headers: bool) -> list[tuple[int, int]]:
    """Return where slice data begin and end, or the headers: parameter sets and the first bytes of slices."""
    starts = [match.end() for match in _UNIT.finditer(stream)]
    ends = [start - 3 for start in starts[1:]] + [len(stream)]
    places = []
    for start, end in zip(starts, ends, strict=True):
        kind = stream[start] >> 1 & 63
        if kind < 32:
            split = min(start + HEADER_BYTES, end)
            places.append((start + 2, split) if headers else (split, end))
        elif headers and kind in (_SPS, _PPS):
            places.append((start + 2, end))
    return [(begin, end) for begin, end in places if end > begin]


def changed(stream: bytes, chosen: random.Random) -> bytes:
    """Change one to three bytes of slice data, or one bit of the headers, without making start codes."""
    if chosen.random() < HEADER_SHARE:
        return changed_header(stream, chosen)
    data = bytearray(stream)
    for _ in range(chosen.randint(1, 3)):
        begin, end = chosen.choice(places_of(stream, headers=False))
        at = chosen.randrange(begin, end)
        flipped = data[at] ^ 1 << chosen.randrange(8)
        data[at] = max(chosen.choice((flipped, chosen.randrange(256))), 4)
    return bytes(data)


def changed_header(stream: bytes, chosen: random.Random) -> bytes:
    """Change one bit of the headers."""
    data = bytearray(stream)
    begin, end = chosen.choice(places_of(stream, headers=True))
    data[chosen.randrange(begin, end)] ^= 1 << chosen.randrange(8)
    return bytes(data)


def kind_of(message: str) -> str:
    """A refusal without the numbers in it."""
    return re.sub(r"\d+", "N", message.split(": ")[-1]).split("] ")[-1]


def compare(stream: bytes) -> tuple[str, str]:
    """Return how the two agree on a stream, and what we said of it.

    The word is "same", "FFmpeg alone differs", "differ", "chroma differs", "both refuse", "we refuse" or "FFmpeg
    refuses".
    """
    mine, other = ours(stream), ffmpegs(stream)
    if mine.accepted and other.accepted:
        if mine.pictures == other.pictures:
            return "same", ""
        if libde265_agrees(stream, mine):
            return "FFmpeg alone differs", "" if mine.luma != other.luma else "in chroma"
        return ("chroma differs" if mine.luma == other.luma else "differ"), ""
    if mine.accepted or other.accepted:
        return (
            ("FFmpeg refuses", kind_of(other.refusal))
            if mine.accepted
            else ("we refuse", kind_of(mine.refusal))
        )
    return "both refuse", ""


def run(count: int, seed: int) -> tuple[Counter[tuple[str, str]], list[bytes]]:
    """Change and decode streams; return what came of them, and those on which the two do not agree."""
    av.logging.set_level(av.logging.PANIC)
    chosen = random.Random(seed)
    streams = [(DATA / name).read_bytes() for name in SEEDS]
    outcomes: Counter[tuple[str, str]] = Counter()
    wrong = []
    for _ in range(count):
        stream = changed(chosen.choice(streams), chosen)
        outcome = compare(stream)
        outcomes[outcome] += 1
        if outcome[0] in ("differ", "chroma differs"):
            wrong.append(stream)
    return outcomes, wrong


def report(outcomes: Counter[tuple[str, str]], wrong: list[bytes], seed: int) -> None:
    """Print how often each outcome came, and write the streams that decoders do not agree on."""
    for (word, message), number in outcomes.most_common():
        print(f"{number:8} {word}{': ' if message else ''}{message}")
    for number, stream in enumerate(wrong):
        Path(f"differs_{seed}_{number}.265").write_bytes(stream)


def main() -> None:
    """Print what came of changed streams, and keep those that the two do not agree on."""
    count, seed = int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0
    outcomes, wrong = run(count, seed)
    report(outcomes, wrong, seed)


if __name__ == "__main__":
    main()
