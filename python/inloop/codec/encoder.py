# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""The public encoder: frames in, Annex B packets out."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

from inloop import _core
from inloop.codec.coding_line import CodingLine, pictures_in_work
from inloop.codec.core_input import sequence_config
from inloop.codec.filtering import FilterStep
from inloop.codec.options import EncoderOptions
from inloop.codec.packets import Packet
from inloop.codec.picture_encoder import PictureEncoder
from inloop.codec.quality import QpOffsets, QualityStep, controller_of
from inloop.codec.schedule import Schedule
from inloop.engine.thread_pool import ThreadPool
from inloop.errors import ConfigError
from inloop.ratecontrol.interface import buffer_of, gives_qp_maps, usual_delay
from inloop.video.frame import Frame
from inloop.video.frame_rate import frame_rate

_RATE_CONTROL_GROUP = 32
"""Luma samples: groups of 16 cost more in deltas than they win, 1.4 % on training clips."""


class Encoder:
    """HEVC encoder (Rec. ITU-T H.265, Main and Main 10) with an optional neural filter.

    With several threads, pictures are coded at the same time and packets come some calls later; the bytes of the stream
    are the same for any number of them. `rate_control`, a skip policy and the filter are called in the caller's thread,
    in coding order.

    An error in `encode` or `flush` other than for a wrong argument ends encoding: every later call raises a ConfigError
    that says so, and `remaining` has the packets that were complete.

    Args:
        width, height: Size in luma samples, both even and at least 16.
        fps: Pictures a second, a number or Fraction.
        options: Everything else; either a QP or a rate control is needed.
        keywords: Fields of `EncoderOptions` by name, which take the place of those of `options`.

    Raises:
        ConfigError: An argument is out of range.
        TypeError: A keyword is no field of `EncoderOptions`.
    """

    def __init__(
        self,
        width: int,
        height: int,
        fps: float | Fraction,
        options: EncoderOptions | None = None,
        **keywords: Any,
    ) -> None:
        rate = frame_rate(fps)
        options = replace(options or EncoderOptions(), **keywords)
        controller = controller_of(options)
        self._schedule = Schedule(options, controller.lookahead, rate)
        group = options.quantization_group
        if group is None:
            group = _RATE_CONTROL_GROUP if gives_qp_maps(controller) else 0
        self._quality = QualityStep(controller, self._schedule.lookahead, options, group)
        delay = usual_delay(controller) if options.feedback_delay is None else options.feedback_delay
        picture_filter = FilterStep(options.nnlf)
        config = sequence_config(
            width,
            height,
            rate,
            options,
            self._schedule.limits,
            feedback_delay=delay,
            quantization_group=group,
            picture_hashes=options.md5 and not picture_filter.changes_references,
            filtered_hashes=options.md5 and picture_filter.changes_references,
            shown_hashes=options.md5 and picture_filter.runs,
            vbv=buffer_of(controller),
        )
        pool = options.threads
        if not isinstance(pool, ThreadPool):
            pool = ThreadPool.for_pictures(pool, pictures_in_work(pool, delay))
        picture_filter.take_pool(pool)
        pictures = PictureEncoder.of(config, pool)
        self._line = CodingLine(pictures, self._quality, picture_filter, options, delay, pool.threads)
        self._size = (width, height)
        self._options = options
        self._waiting: dict[int, tuple[Frame, QpOffsets | None]] = {}  # by display index
        self._count = 0
        self._finished = False
        self._failure: str | None = None

    def encode(self, frame: Frame, qp_offsets: QpOffsets | None = None) -> list[Packet]:
        """Take one frame in display order; return the packets that are ready, in coding order.

        Frames wait until their group is complete; their planes must not change before their packet is there.

        Args:
            frame: The picture.
            qp_offsets: Integers of shape (ceil(height / 16), ceil(width / 16)), added to the picture's QP in each
                16x16 block (their mean, in larger blocks); needs a `quantization_group`.

        Raises:
            ConfigError: Size or bit depth of the frame differ from the encoder's, the offsets do not fit, or the
                stream was flushed or has failed.
        """
        self._check_state()
        if self._finished:
            raise ConfigError("the encoder was flushed: its stream is complete")
        if not isinstance(frame, Frame):
            raise TypeError(
                f"encode() takes an inloop.Frame, not {type(frame).__name__}: Frame.from_bytes makes one"
            )
        if (frame.width, frame.height) != self._size or frame.bit_depth != self._options.bit_depth:
            width, height = self._size
            raise ConfigError(
                f"{frame} does not fit an encoder for {width}x{height}, {self._options.bit_depth} bit"
            )
        if qp_offsets is not None:
            self._quality.check_offsets(qp_offsets, *self._size)
        self._waiting[self._count] = frame, qp_offsets
        self._count += 1
        return self._advance(frame)

    def flush(self) -> list[Packet]:
        """Return the packets still to come after the last frame, in coding order: the stream is complete.

        Raises:
            ConfigError: Encoding has failed before, or the statistics of a first pass are of a longer clip.
        """
        self._check_state()
        self._finished = True
        return self._advance(None)

    def remaining(self) -> list[Packet]:
        """Return the packets that were complete when an error ended encoding; empty without an error."""
        return [] if self._failure is None else self._line.take()

    def _check_state(self) -> None:
        if self._failure is not None:
            raise ConfigError(f"the encoder failed before: {self._failure}")

    def _advance(self, frame: Frame | None) -> list[Packet]:
        """Code what can be coded once a frame has come, or none will come any more."""
        try:
            if frame is None:
                self._schedule.finish()
            else:
                self._schedule.push(frame)
            for plan in self._schedule.ready():
                source, offsets = self._waiting.pop(plan.index)
                self._line.start(plan, source, offsets, self._schedule.cost(plan))
            if frame is None:
                self._line.finish()
            return self._line.take()
        except BaseException as error:
            self._failure = f"{type(error).__name__}: {error}"
            if isinstance(error, Exception):
                self._line.finish_before_failure()
            else:  # Nobody waits for pictures after an interrupt.
                self._line.drop()
            raise


def encoder_presets() -> list[str]:
    """Return the names of the presets, the fastest first."""
    return _core.encoder_presets()


def encoder_tools(preset: str) -> dict[str, float]:
    """Return the tools of a preset by name.

    Args:
        preset: One of `encoder_presets`.

    Returns:
        The value of each tool; switches are 0 or 1.

    Raises:
        ConfigError: The preset is unknown.
    """
    return _core.encoder_tools(preset)
