# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""The public decoder: Annex B bytes in, frames in display order out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from types import TracebackType
from typing import Self

from inloop import _core
from inloop.errors import InloopError
from inloop.nnlf.function import AnyFilter
from inloop.nnlf.registry import filter_stage
from inloop.video.frame import Frame
from inloop.video.signal import SignalDescription


class Decoder:
    """HEVC decoder (Rec. ITU-T H.265, Main and Main 10) with the neural filter where the stream asks for it.

    A stream may be cut out of a longer one: pictures before the first random access point are left out, as are the
    leading (RASL) pictures that refer to them. At a recovery point decoding begins too, and pictures are left out until
    they are right. A missing reference picture is an error as soon as a block needs it.

    Errors end decoding: every later call raises the same one, and `remaining` has the pictures before it. With
    `keep_going` damage costs the pictures that it reaches only; `report` counts what was left out.

    Args:
        models: Filter networks that the stream may name besides those inside the package, and functions for streams
            that are experiments.
        verify: Compare every picture with the picture hash of the stream (SEI), where it has one.
        keep_going: Leave out pictures that are damaged, or need some that are, and go on.
        start_anywhere: Begin at the first picture whose parameter sets are there, with grey pictures in the place of
            those that it refers to, and show all of them: for streams with gradual refresh that have neither random
            access nor recovery points. Hashes are compared from the next random access point on.
        threads: How many pictures are decoded at a time, 1 to 64; pictures and errors do not depend on it, but
            with more than one, pictures come some calls later.

    Raises:
        BitstreamError: Damaged or non-conforming data, with picture (POC) and position; a hash mismatch.
        UnsupportedError: A feature beyond Main and Main 10 (other chroma formats, more than 10 bits, range
            extensions), by name.
        ConfigError: The number of threads, when it is created.
        ModelError: The stream was filtered with a model that is neither given nor in the package; the message has
            its SHA-256.
    """

    def __init__(
        self,
        models: Iterable[AnyFilter] = (),
        verify: bool = False,
        threads: int = 1,
        *,
        keep_going: bool = False,
        start_anywhere: bool = False,
    ) -> None:
        pool = _core.decoder_pool(threads)  # for the pictures and for the blocks of their filters
        self._core = _core.Decoder(filter_stage(models, pool), verify, keep_going, pool, start_anywhere)
        self._count = 0
        self._hashed = 0
        self._fps: Fraction | None = None
        self._signal = SignalDescription()

    @property
    def fps(self) -> Fraction | None:
        """Pictures a second from the timing information of the stream; None where (so far) there is none."""
        return self._fps

    @property
    def signal(self) -> SignalDescription:
        """What the stream says of its samples, at the picture that came out last."""
        return self._signal

    @property
    def checked_pictures(self) -> int:
        """How many pictures that came out had a hash in the stream which was compared; 0 unless `verify`."""
        return self._hashed

    def report(self) -> _core.DecodingReport:
        """Return counts of what was left out so far: units, messages of others, skipped and lost pictures."""
        return self._core.report()

    def decode(self, data: bytes | bytearray | memoryview) -> list[Frame]:
        """Take the next bytes of the stream, any number of them, and return the pictures that are complete.

        Pictures come in display order, cropped to the conformance window, `pts` counting from 0. Planes are
        uint8 at 8 bit and uint16 above; they are views that keep their picture alive and must not be written. Raises
        TypeError for anything but bytes.
        """
        if not isinstance(data, bytes | bytearray | memoryview):
            raise TypeError(f"decode() takes bytes of the stream, not {type(data).__name__}")
        return self._frames(self._core.decode(data))

    def flush(self) -> list[Frame]:
        """Return the remaining pictures: the stream is complete. Another stream may follow."""
        return self._frames(self._core.flush())

    def remaining(self) -> list[Frame]:
        """Return the pictures that were complete when an error ended decoding; empty without an error."""
        return self._frames(self._core.take())

    def pictures(self, chunks: Iterable[bytes]) -> Iterator[Frame]:
        """Yield the pictures of a stream that comes in pieces of any size.

        Raises what ended it, if it was damaged, behind the pictures before.
        """
        try:
            for chunk in chunks:
                yield from self.decode(chunk)
            yield from self.flush()
        except InloopError:
            yield from self.remaining()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let go of the pictures that are waiting."""
        if kind is None:
            self.remaining()

    def _frames(self, pictures: list[_core.DecodedPicture]) -> list[Frame]:
        frames = []
        for picture in pictures:
            self._hashed += picture.hash_ok
            frames.append(Frame(*picture.planes, picture.bit_depth, self._count))
            self._count += 1
        if pictures:
            self._signal = SignalDescription.from_core(pictures[-1].signal)
        rates = (picture.fps for picture in reversed(pictures) if picture.fps is not None)
        if (rate := next(rates, None)) is not None:
            self._fps = Fraction(*rate)
        return frames
