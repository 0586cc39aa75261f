# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Our decoder against FFmpeg's on streams whose slice data are random syntax behind the entropy coder.

To the arithmetic decoder any bytes are bins, hence any bytes are syntax: random ones in the place of slice data give
each element any value that it may have, in any order. All that they lack is an end, since a slice ends with a bin that
is seldom 1. A build with `INLOOP_TESTING` tells what to change in the bytes for such a bin to be 1. So whole streams
are made, with the headers of real ones, which both decoders have to accept and to agree on. PCM blocks and substreams
(tiles, wavefronts) are ended likewise.

`python tests/fuzz/random_syntax.py SECONDS [SEED] [FOLDER]` makes streams from those of the tests, or from all in
FOLDER, for a time, and prints what came of them.
"""

from __future__ import annotations

import random
import re
import sys
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import av
from against_ffmpeg import DATA, changed_header, compare, report

from inloop import Decoder, _core
from inloop.errors import InloopError

SEEDS = (
    "cros_64x64-I-P-B-P.265",
    "g2b_10bit_128x128.265",
    "g2b_constrained_intra_128x128.265",
    "g2b_culossless_176x144.265",
    "g2b_dep_slices.265",
    "g2b_multi_slice.265",
    "g2b_pcm_hm_64x64.265",
    "g2b_scaling_list.265",
    "g2b_tiles.265",
    "g2b_tskip_128x128.265",
    "g2b_tu_inter4x4_motion.265",
)
SEED_PATHS = [DATA / name for name in SEEDS]
MOST_SLICES, MOST_SEED_BYTES = 5, 60_000  # and the rest of the picture that the last slice lies in
LOSSLESS = re.compile("lossless|bypass")
"""Names of streams with lossless blocks. FFmpeg filters the chroma of most of them by SAO, where 8.7.3.2 leaves it as
it is: it takes the size of a CTB in chroma for that in luma. Of these streams luma alone is compared.
"""
PCM_SHARE, HEADER_SHARE = 0.1, 0.4
MOST_TRIES = 300
BACK_BYTES = (2, 4, 8, 16)
"""How far in front of what is wrong other bytes may begin; the decoder has read two bytes of its last bins."""
BEHIND_PICTURE = "slice data continues after the last CTU"
"""What we say where the bin behind the last CTU of a picture is 0, so that it is known which one that is."""
_START = b"\0\0\1"
_SLICES = range(22)


@dataclass(frozen=True, slots=True)
class TerminatingBin:
    """A bin that ends a slice segment, a substream or the arithmetic coding before PCM samples, if it is 1.

    Attributes:
        kind: `slice_end`, `subset_end`, `pcm`, or `not_allowed` where an element has a value that it must not have.
        segment: Number of the slice segment in the stream.
        ctb: Address of its CTU, in coding order.
        data_size: Bytes of the slice segment's data.
        substream: The byte of them where the arithmetic decoder was started last.
        bits: How many bits it has read since.
        addend: What is to be added to these bits for the bin to be 1.
    """

    kind: str
    segment: int
    ctb: int
    data_size: int
    substream: int
    bits: int
    addend: int

    @property
    def position(self) -> int:
        """The bit of the data up to which the decoder has read."""
        return 8 * self.substream + self.bits


def read_bins(stream: bytes) -> tuple[list[TerminatingBin], str]:
    """Decode a stream, and return its terminating bins up to where it is damaged, and what we say of that."""
    _core.record_terminating_bins()
    decoder = Decoder(threads=1)
    refusal = ""
    try:
        decoder.decode(stream)
        decoder.flush()
    except InloopError as error:
        refusal = str(error)
        decoder.remaining()
    return [TerminatingBin(*fields) for fields in _core.take_terminating_bins()], refusal


def bins_of(stream: bytes) -> list[TerminatingBin]:
    """Return the terminating bins of a stream up to where it is damaged."""
    return read_bins(stream)[0]


def units_of(stream: bytes) -> list[bytes]:
    """Split a stream in front of its start codes."""
    starts = [match.start() for match in re.finditer(_START, stream)]
    return [stream[begin:end] for begin, end in zip(starts, [*starts[1:], len(stream)], strict=True)]


def is_slice(unit: bytes) -> bool:
    """Whether a unit with its start code is a slice segment."""
    return unit[3] >> 1 & 63 in _SLICES


def begins_picture(unit: bytes) -> bool:
    """Whether a slice segment is the first of its picture."""
    return unit[5] >> 7 == 1


def escaped(rbsp: bytes) -> bytes:
    """Put in emulation prevention bytes."""
    return re.sub(rb"\x00\x00(?=[\x00-\x03])", b"\x00\x00\x03", rbsp)


def unescaped(unit: bytes) -> bytes:
    """Take out emulation prevention bytes."""
    return re.sub(rb"\x00\x00\x03(?=[\x00-\x03]|$)", b"\x00\x00", unit, flags=re.DOTALL)


def random_bytes(count: int, old: bytes, chosen: random.Random) -> bytes:
    """Bytes of which most are even noise; runs make unlikely bins and long codes, old data likely ones."""
    data = bytearray()
    while len(data) < count:
        length = min(1 + int(chosen.expovariate(0.02)), count - len(data))
        kind = chosen.random()
        if kind < 0.75:
            data += chosen.randbytes(length)
        elif kind < 0.85:
            data += bytes([chosen.choice((0, 0xFF, 0x55, chosen.randrange(256)))]) * min(length, 12)
        elif old:
            start = chosen.randrange(len(old))
            data += old[start : start + length]
    return bytes(data)


def end_at(data: bytearray, place: TerminatingBin) -> int:
    """Change data so that a terminating bin is 1; return the byte behind it."""
    size = (place.bits + 7) // 8
    spare = 8 * size - place.bits
    end = place.substream + size
    number = int.from_bytes(data[place.substream : end], "big") >> spare
    number = (number + place.addend | 1) << spare
    data[place.substream : end] = number.to_bytes(size, "big")
    return end


class Filler:
    """Gives slice segments random data, one after the other."""

    def __init__(self, stream: bytes, chosen: random.Random) -> None:
        self.chosen = chosen
        self.units = units_of(stream)
        self.original = bins_of(stream)
        self.stream = b""

    def run(self) -> bytes | None:
        """Return the stream with random slice data, or None where its headers do not let it."""
        sizes, starts = {}, {}
        for place in self.original:
            sizes[place.segment] = place.data_size
            if place.kind == "slice_end":
                starts.setdefault(place.segment, place.ctb)
        slices = [unit for unit in self.units if is_slice(unit)]
        if len(starts) != len(slices):
            return None
        segment = 0
        for unit in self.units:
            if not is_slice(unit):
                self.stream += unit
                continue
            ends_picture = segment + 1 == len(slices) or begins_picture(slices[segment + 1])
            last = None if ends_picture else starts[segment + 1] - 1
            if not self._fill(unit, sizes[segment], segment, last):
                return None
            segment += 1
            if ends_picture and segment >= MOST_SLICES:
                break
        return self.stream

    def _fill(self, unit: bytes, size: int, segment: int, last: int | None) -> bool:
        """Append a slice segment with other data that ends behind the CTU `last`, None being that of the picture."""
        body = unescaped(unit[len(_START) :].rstrip(b"\0"))  # zeros there belong to the next start code
        header, old = body[: len(body) - size], body[len(body) - size :]
        data = bytearray(random_bytes(4 * len(old) + 6000, old, self.chosen))
        settled = 0  # bins in front, which are as they have to be
        for _ in range(MOST_TRIES):
            places, refusal = read_bins(self.stream + _START + escaped(header + data))
            places = [place for place in places if place.segment == segment]
            if not places:
                return False  # what the header says cannot be decoded
            end_ctb = places[-1].ctb if last is None and BEHIND_PICTURE in refusal else last
            begun = next((place.substream for place in places if data[place.substream] == 0xFF), None)
            if begun is not None:
                data[begun] = (
                    0x7F  # nine bits that begin with eight ones may be more than there can be (9.3.2.5)
                )
                continue
            ended = next((place for place in places[settled:] if self._is_special(place, end_ctb)), None)
            if ended and ended.kind != "not_allowed":
                settled = places.index(ended) + 1
                end = end_at(data, ended)
                if ended.kind == "slice_end":
                    self.stream += _START + escaped(header + data[:end])
                    return True
                continue
            # The slice has ended too early, or an element has a value that is not allowed.
            place = ended or places[-1]
            cut = max(place.position // 8 - self.chosen.choice(BACK_BYTES), place.substream)
            data[cut:] = random_bytes(len(data) - cut, old, self.chosen)
            settled = sum(place.position <= 8 * cut for place in places)
        return False

    def _is_special(self, place: TerminatingBin, end_ctb: int | None) -> bool:
        if place.kind == "pcm":
            return self.chosen.random() < PCM_SHARE
        return place.kind != "slice_end" or place.ctb == end_ctb


def is_seed(path: Path) -> bool:
    """Whether a stream is small, and its slices take other data."""
    if path.suffix not in (".265", ".hevc") or path.stat().st_size > MOST_SEED_BYTES:
        return False
    stream = path.read_bytes()
    return Filler(stream, random.Random(0)).run() is not None


def make(seed: bytes, chosen: random.Random) -> bytes | None:
    """Make a stream from a real one: perhaps with one bit of its headers changed, and with random slice data."""
    stream = changed_header(seed, chosen) if chosen.random() < HEADER_SHARE else seed
    return Filler(stream, chosen).run()


def run(
    seeds: dict[str, bytes], seed: int, seconds: float = float("inf"), count: int = sys.maxsize
) -> tuple[Counter[tuple[str, str]], list[bytes]]:
    """Make and decode streams; return what came of them, and those whose pictures differ."""
    av.logging.set_level(av.logging.PANIC)
    chosen = random.Random(seed)
    outcomes: Counter[tuple[str, str]] = Counter()
    wrong = []
    until = time.monotonic() + seconds
    while time.monotonic() < until and outcomes.total() < count:
        name = chosen.choice(list(seeds))
        stream = make(seeds[name], chosen)
        if stream is None:
            outcomes["not made", ""] += 1
            continue
        word, message = compare(stream)
        if word == "chroma differs" and LOSSLESS.search(name):
            word = "same luma"
        outcomes[word, message] += 1
        if word in ("differ", "chroma differs"):
            wrong.append(stream)
    return outcomes, wrong


def main() -> None:
    """Print what came of the streams, and keep those that the two do not agree on."""
    if not hasattr(_core, "record_terminating_bins"):
        sys.exit("random_syntax.py needs a build with -DINLOOP_TESTING=ON")
    seconds, seed = float(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0
    folder = Path(sys.argv[3]) if len(sys.argv) > 3 else None
    paths = [path for path in sorted(folder.iterdir()) if is_seed(path)] if folder else SEED_PATHS
    outcomes, wrong = run({path.name: path.read_bytes() for path in paths}, seed, seconds)
    report(outcomes, wrong, seed)


if __name__ == "__main__":
    main()
