# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""What an encode can be told, in one object: for `Encoder`, the command line, sweeps and training."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from inloop.codec.filtering import PictureFilterLike
from inloop.engine.thread_pool import ThreadPool
from inloop.errors import ConfigError
from inloop.ratecontrol.interface import RateController
from inloop.structure.by_name import StructureName
from inloop.video.signal import SignalDescription


@dataclass(frozen=True, kw_only=True)
class EncoderOptions:
    """Everything about an encode but the size and the rate of its video.

    An encoder needs either `qp` or `rate_control`. Values that only fit some videos are checked by `Encoder`.

    Attributes:
        qp: Constant QP, 0 to 51 (down to -12 at 10 bit), to which structures add offsets.
        rate_control: Chooses the QP of every picture (see `inloop.ratecontrol`; a controller serves one encoder). The
            buffer of a controller that keeps to one is signalled: HRD parameters, buffering period and picture timing
            SEI messages.
        structure: "ra" (random access: hierarchical B pictures in groups of `gop`), "ldb", "ldp" (low delay with B or
            P pictures) or "ai" (all intra).
        gop: Pictures in a group of "ra": 1, 2, 4, 8, 16 or 32.
        intra_period: Pictures from one intra picture to the next, -1 for one only.
        open_gop: Pictures before an intra picture of "ra" may refer across it.
        adaptive_gop: Shorter groups of "ra" where prediction across long ones fails (needs a rate control that looks
            ahead).
        scene_cut: Put an intra picture where the scene changes.
        bit_depth: 8 or 10, that of the frames.
        internal_bit_depth: That of the stream and its reconstruction, 10 for finer arithmetic on 8-bit frames; None:
            that of the frames.
        quantization_group: Luma samples (16, 32, 64) of the blocks that may have a QP of their own, 0 for one QP a
            picture, None for what the rate control needs.
        chroma_qp_offsets: Of Cb and Cr, -12 to 12.
        deblocking: False, True, or its offsets (beta, tc) in steps of two QPs, -6 to 6.
        nnlf: Picture filter, or None.
        nnlf_lambda: Factor of lambda, 0.25 to 4, where there is a filter: it takes part of the errors away.
        md5: Put a picture hash SEI message behind every picture. Where the filter changes reference pictures ("loop"),
            other decoders would find a mismatch: the hash then is in a message of user data, for ours.
        aud: Start every picture with an access unit delimiter.
        repeat_headers: Send the parameter sets again in front of every picture that decoding may start at, for
            streams that are joined half-way (libde265 then loses pictures behind open groups).
        signal: What the stream says of its samples: colours, range, aspect, mastering display.
        wpp: Write the wavefront syntax: decoders can parse the rows of CTUs of a picture beside each other.
        level_kbps: Average rate that the stream's level is to allow, kilobits a second; 0: the level follows from size,
            rate of pictures and buffer alone.
        sao: Sample adaptive offset, behind the filter.
        preset: How hard the encoder tries, one of `encoder_presets()`.
        threads: Those that code pictures, several at a time, 1 to 64, or a pool of them (`ThreadPool.for_pictures`)
            that the filter shares; the stream is the same for any number. With 1 the caller's thread does everything.
        feedback_delay: Pictures that may be in work at a time, 1 to 64. Rate control and the choice of context tables
            use the results of pictures that come so many places before in coding order, or more: another delay is
            another stream. None: 5, and 33 where rate control uses no results (constant QP, rate factor without a
            buffer).
        tools: Members of the preset to replace, by the names that `encoder_tools()` lists.

    Raises:
        ConfigError: The depths or `nnlf_lambda` are out of range.
    """

    qp: int | None = None
    rate_control: RateController | None = None
    structure: StructureName = "ra"
    gop: int = 16
    intra_period: int = -1
    open_gop: bool = True
    adaptive_gop: bool = False
    scene_cut: bool = True
    bit_depth: int = 8
    internal_bit_depth: int | None = None
    quantization_group: int | None = None
    chroma_qp_offsets: tuple[int, int] = (0, 0)
    deblocking: bool | tuple[int, int] = True
    nnlf: PictureFilterLike | None = None
    nnlf_lambda: float = 1.0
    md5: bool = False
    aud: bool = False
    repeat_headers: bool = False
    wpp: bool = False
    signal: SignalDescription = SignalDescription()
    level_kbps: float = 0.0
    sao: bool = True
    preset: str = "medium"
    threads: int | ThreadPool = 1
    feedback_delay: int | None = None
    tools: Mapping[str, float] | None = None

    def __post_init__(self) -> None:
        """Check what can be checked without a video."""
        if self.coded_bit_depth < self.bit_depth:
            raise ConfigError(
                f"{self.bit_depth}-bit frames do not fit an internal depth of {self.coded_bit_depth} bit"
            )
        if not 0.25 <= self.nnlf_lambda <= 4:
            raise ConfigError(f"factor of lambda {self.nnlf_lambda:g} is outside 0.25..4")

    @property
    def coded_bit_depth(self) -> int:
        """Bits a sample of the stream."""
        return self.bit_depth if self.internal_bit_depth is None else self.internal_bit_depth

    @property
    def lowest_qp(self) -> int:
        """The lowest QP at the stream's depth."""
        return -6 * (self.coded_bit_depth - 8)
