# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Encoding picture by picture: the caller decides order, type, QP, lambda and references of each one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Self

import numpy as np
import numpy.typing as npt

from inloop import _core
from inloop._core import NalType
from inloop.engine.thread_pool import ThreadPool
from inloop.errors import ConfigError
from inloop.nnlf.picture import CodedPicture, Planes
from inloop.video.frame import Frame
from inloop.video.frame_rate import frame_rate


@dataclass(frozen=True, kw_only=True)
class AnalysedPicture(CodedPicture):
    """A picture whose coding is decided: what `CodedPicture` has, and how its blocks are coded.

    All arrays have one entry a 4x4 cell, ``[h/4, w/4, ...]`` of the coded size.

    Attributes:
        poc: Picture order count.
        cu_depth: uint8, quadtree depth of the coding unit: 0 for 64x64, 3 for 8x8.
        skip: bool, whether the coding unit is skipped.
        intra_mode: uint8, luma intra mode 0..34; 1 (DC) where `pred_type` is not 0.
        mv: int16 ``[..., list, (x, y)]``, motion vectors in quarter samples; 0 where a list is not used.
        ref_idx: int8 ``[..., list]``, index into the list, -1 where it is not used.
    """

    poc: int
    cu_depth: npt.NDArray[np.uint8]
    skip: npt.NDArray[np.bool_]
    intra_mode: npt.NDArray[np.uint8]
    mv: npt.NDArray[np.int16]
    ref_idx: npt.NDArray[np.int8]


@dataclass(frozen=True)
class FinishedPicture:
    """A coded picture.

    Attributes:
        payload: Its slice as an Annex B NAL unit.
        recon: Y, Cb, Cr as a decoder shows them, uint16 views of the shown size.
        ctu_bits: int32 ``[CTU rows, CTU columns]``, bits of each 64x64 CTU in the slice.
    """

    payload: bytes
    recon: Planes
    ctu_bits: npt.NDArray[np.int32]


class PictureEncoder:
    """Codes pictures one by one, in coding order: `analyse`, then `finish`.

    A stream is `parameter_sets()`, then the payloads; the first picture must be an IDR picture. The core works without
    the interpreter's lock. These two take one picture at a time; `plan` and `complete` are for several at once, and are
    what `Encoder` is made of.

    Args:
        width, height: Shown size, even, at least 16.
        fps: Pictures a second.
        bit_depth: 8 or 10, that of the frames.
        max_references: Pictures kept for reference at most, 1 to 15.
        max_num_reorder_pics: Pictures that may precede another in coding and follow it in display order.
        max_sub_layers: Temporal sub-layers, 1 to 7.
        sao, quantization_group, preset, tools: As for `EncoderOptions`.

    Raises:
        ConfigError: An argument is out of range.
    """

    def __init__(
        self,
        width: int,
        height: int,
        fps: float | Fraction = 25,
        *,
        bit_depth: int = 8,
        max_references: int = 4,
        max_num_reorder_pics: int = 0,
        max_sub_layers: int = 1,
        sao: bool = True,
        quantization_group: int = 0,
        preset: str = "medium",
        tools: Mapping[str, float] | None = None,
    ) -> None:
        rate = frame_rate(fps)
        self._start(
            _core.SequenceConfig(
                preset=preset,
                tools=dict(tools or {}),
                width=width,
                height=height,
                bit_depth=bit_depth,
                fps_num=rate.numerator,
                fps_den=rate.denominator,
                max_dec_pic_buffering=max_references + 1,
                max_num_reorder_pics=max_num_reorder_pics,
                max_sub_layers=max_sub_layers,
                list_modification=True,
                sao=sao,
                quantization_group=quantization_group,
            )
        )

    @classmethod
    def of(cls, config: _core.SequenceConfig, pool: ThreadPool | None = None) -> Self:
        """Return an encoder for a sequence that the core's own terms describe.

        Args:
            config: Size, rate, bit depth, limits of the picture buffer, preset and tools.
            pool: Whose threads work on its pictures, several at a time; None: the caller's thread alone.

        Raises:
            ConfigError: A field is out of range.
        """
        encoder = cls.__new__(cls)
        encoder._start(config, pool)
        return encoder

    def _start(self, config: _core.SequenceConfig, pool: ThreadPool | None = None) -> None:
        self._core = _core.SequenceEncoder(config, None if pool is None else pool.core)
        self._format = (config.width, config.height, config.bit_depth)
        self._task: _core.PictureTask | None = None
        self._ends = _core.WorkEnds()

    @property
    def steps_ended(self) -> int:
        """How many steps of tasks (analyses, completions) have ended."""
        return self._ends.count

    def wait_for_step(self, seen: int) -> None:
        """Wait until more steps of tasks have ended than `seen`."""
        self._ends.wait(seen)

    def plan(self, request: _core.PictureRequest) -> _core.PictureTask:
        """Return the task of one picture, the next in coding order, which any thread may work on.

        Several tasks can be in work at once, `feedback_delay` of the configuration: `load` the source into each,
        `analyse` it, once or again with other QPs, and hand it to `complete`, in the order in which they were planned.
        Where tasks run in threads, a picture waits for the rows of its references; else these are complete before.
        A task that is not completed leaves no trace.

        Args:
            request: POC, slice type, NAL unit type, references and reference lists of the picture.

        Raises:
            ConfigError: A reference is missing or a value out of range.
        """
        return self._core.plan(request, self._ends)

    def complete(
        self,
        task: _core.PictureTask,
        planes: Planes | None = None,
        *,
        parameter_sets: bool = False,
        filter_parameters: bytes = b"",
    ) -> bytes:
        """Take an analysed picture into the stream and return its access unit; in coding order.

        Args:
            task: The picture, of this encoder.
            planes: As for `finish`.
            parameter_sets: Put them in front of the picture.
            filter_parameters: Content of the filter's NAL unit, empty for none.

        Raises:
            ConfigError: As for `finish`.
        """
        task.start_completion(planes)
        task.wait()
        return self.write(task, parameter_sets=parameter_sets, filter_parameters=filter_parameters)

    def write(
        self,
        task: _core.PictureTask,
        *,
        parameter_sets: bool = False,
        filter_parameters: bytes = b"",
        shown_md5: bytes = b"",
    ) -> bytes:
        """Take a picture into the stream whose completion has ended, and return its access unit; in coding order.

        Args:
            task: The picture, of this encoder.
            parameter_sets: Put them in front of the picture.
            filter_parameters: Content of the filter's NAL unit, empty for none.
            shown_md5: The MD5 of the three planes that are shown in the place of the picture's, which a message behind
                it tells the decoder; empty for none.

        Raises:
            ConfigError: The picture is not complete, or not the next one.
        """
        return self._core.finish(
            task, parameter_sets=parameter_sets, filter_parameters=filter_parameters, shown_md5=shown_md5
        )

    def parameter_sets(self) -> bytes:
        """Return VPS, SPS and PPS as Annex B NAL units."""
        return self._core.parameter_sets()

    def analyse(
        self,
        frame: Frame,
        *,
        poc: int,
        slice_type: str,
        qp: int,
        lmbda: float | None = None,
        qp_map: npt.NDArray[np.int8] | None = None,
        list0: Sequence[int] = (),
        list1: Sequence[int] = (),
        kept: Sequence[int] = (),
        is_reference: bool = True,
        nal_type: int | None = None,
        temporal_id: int = 0,
    ) -> AnalysedPicture:
        """Decide everything about one picture and reconstruct it up to the deblocking filter.

        Args:
            frame: Source.
            poc: Picture order count; 0 for an IDR picture.
            slice_type: ``"I"``, ``"P"`` or ``"B"``.
            qp: Luma QP of the slice.
            lmbda: Squared error (8-bit scale) that one bit is worth; None: by slice type and QP.
            qp_map: int8 ``[ceil(h/16), ceil(w/16)]``, QPs of 16x16 blocks, where there are quantisation groups;
                None: `qp` everywhere.
            list0: POCs of reference list 0, in order; for P and B pictures.
            list1: POCs of list 1; for B pictures.
            kept: POCs that stay for later pictures, besides those in the lists; all others are forgotten.
            is_reference: Whether later pictures may refer to this one.
            nal_type: NAL unit type; None: IDR_N_LP for an I picture with POC 0, TRAIL_R or TRAIL_N else.
            temporal_id: Temporal sub-layer.

        Raises:
            ConfigError: A wrong frame, a missing reference or an argument out of range.
        """
        if (frame.width, frame.height, frame.bit_depth) != self._format:
            width, height, bit_depth = self._format
            raise ConfigError(f"{frame} does not fit an encoder for {width}x{height}, {bit_depth} bit")
        if nal_type is None:
            nal_type = NalType.TRAIL_R if is_reference else NalType.TRAIL_N
            if slice_type == "I" and poc == 0:
                nal_type = NalType.IDR_N_LP
        self._task = None  # A picture that was analysed and not finished leaves no trace.
        task = self.plan(
            _core.PictureRequest(
                poc=poc,
                slice_type=slice_type,
                nal_type=nal_type,
                temporal_id=temporal_id,
                references=list(dict.fromkeys((*list0, *list1))),
                kept=list(kept),
                lists=(list(list0), list(list1)),
                is_reference=is_reference,
                keep_filter_inputs=True,
            )
        )
        task.load(frame.planes)
        coded = task.analyse(qp, 0.0 if lmbda is None else lmbda, qp_map)
        self._task = task
        return AnalysedPicture.from_core(
            coded,
            poc=coded.poc,
            cu_depth=coded.cu_depth,
            skip=coded.skip,
            intra_mode=coded.intra_mode,
            mv=coded.mv,
            ref_idx=coded.ref_idx,
        )

    def finish(self, planes: Planes | None = None) -> FinishedPicture:
        """Code the picture analysed last.

        Args:
            planes: Filtered Y, Cb, Cr of the coded size that take the place of the deblocked ones, uint8 or uint16,
                rows of any stride; None keeps the deblocked ones.

        Returns:
            The slice, the picture as a decoder shows it, and the bits of its CTUs.

        Raises:
            ConfigError: No picture was analysed, or the planes do not fit.
        """
        if self._task is None:
            raise ConfigError("finish() without analyse()")
        payload = self.complete(self._task, planes)
        finished = FinishedPicture(payload, self._task.reconstruction(), self._task.ctu_bits())
        self._task = None
        return finished
