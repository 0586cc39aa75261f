# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""The public decoder: Annex B bytes in, frames in display order out."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from inloop import _core
from inloop.engine.model import Model
from inloop.nnlf.registry import filter_stage
from inloop.video.frame import Frame


class Decoder:
    """HEVC decoder (Rec. ITU-T H.265, Main and Main 10) with the neural filter where the stream asks for it.

    A stream may be cut out of a longer one: pictures before the first random access point are left out, as are the
    leading (RASL) pictures that refer to them. A missing reference picture is an error as soon as a block needs it.

    Errors end decoding: every later call raises the same one, and `remaining` has the pictures before it.

    Args:
        models: Filter networks that the stream may name besides those inside the package.
        verify: Compare every picture with the picture hash of the stream (SEI), where it has one.
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

    def __init__(self, models: Iterable[Model] = (), verify: bool = False, threads: int = 1) -> None:
        # One pool serves the pictures and the blocks of their filters.
        pool = _core.decoder_pool(threads)
        self._core = _core.Decoder(filter_stage(models, pool), verify, pool)
        self._count = 0
        self._fps: Fraction | None = None

    @property
    def fps(self) -> Fraction | None:
        """Pictures a second from the timing information of the stream; None where (so far) there is none."""
        return self._fps

    def decode(self, data: bytes | bytearray | memoryview) -> list[Frame]:
        """Take the next bytes of the stream, any number of them, and return the pictures that are complete.

        Pictures come in display order, cropped to the conformance window, `pts` counting from 0. Planes are
        uint8 at 8 bit and uint16 above; they are views that keep their picture alive and must not be written.
        """
        return self._frames(self._core.decode(data))

    def flush(self) -> list[Frame]:
        """Return the remaining pictures: the stream is complete. Another stream may follow."""
        return self._frames(self._core.flush())

    def remaining(self) -> list[Frame]:
        """Return the pictures that were complete when an error ended decoding; empty without an error."""
        return self._frames(self._core.take())

    def _frames(self, pictures: list[_core.DecodedPicture]) -> list[Frame]:
        frames = []
        for picture in pictures:
            if picture.fps is not None:
                self._fps = Fraction(*picture.fps)
            frames.append(Frame(*picture.planes, picture.bit_depth, self._count))
            self._count += 1
        return frames
