# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""The public encoder: frames in, Annex B packets out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from time import perf_counter
from typing import Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

from inloop import _core
from inloop.codec.hrd import LARGEST_SEI_BITS, NAL_PREFIX_SEI, HrdMessages
from inloop.errors import ConfigError
from inloop.lookahead.group_length import GroupLength
from inloop.lookahead.scene_cuts import SceneCuts
from inloop.lookahead.thumbnails import SceneCutDetector
from inloop.lookahead.window import AnalysedFrame, Lookahead
from inloop.nnlf.picture import CodedPicture, FilterResult, Planes
from inloop.ratecontrol.block_qp import BlockQpOptions
from inloop.ratecontrol.constant import ConstantQp
from inloop.ratecontrol.interface import MAX_QP, PictureQp, PictureResult, RateController, Replanning
from inloop.structure.by_name import StructureName, make_structure
from inloop.structure.plan import PicturePlan
from inloop.video.frame import Frame
from inloop.video.frame_rate import frame_rate

NAL_AUD = 35
NAL_FILTER_PARAMETERS = 48
QpOffsets: TypeAlias = (
    "npt.NDArray[np.int8] | npt.NDArray[np.int16] | npt.NDArray[np.int32] | npt.NDArray[np.int64]"
)
_USUAL_QP = 32
_RATE_CONTROL_GROUP = 32
"""Luma samples: groups of 16 cost more in deltas than they win, 1.4 % on training clips."""
# What may come on top of a slice as analysed: filter settings and hash, SAO for each CTU of 64x64, parameter sets.
_OVERHEAD_BITS, _OVERHEAD_BITS_PER_CTU, _PARAMETER_SETS_BITS = 400, 24, 1000
_AUD_PAYLOAD = {"I": b"\x10", "P": b"\x30", "B": b"\x50"}  # pic_type, then the stop bit


class PictureFilterLike(Protocol):
    """What the encoder asks of a picture filter; `inloop.nnlf.PictureFilter` is one."""

    def filter_picture(self, coded: CodedPicture, original: Planes) -> FilterResult:
        """Filter one coded picture; `original` is the source, padded to the coded size."""


@dataclass(frozen=True)
class Packet:
    """One coded picture.

    Attributes:
        data: Annex B bytes; the first packet starts with the parameter sets.
        poc: Picture order count.
        slice_type: ``"I"``, ``"P"`` or ``"B"``.
        qp: Luma QP of its slice.
        bits: Size of `data` in bits.
        sse: Sums of squared differences of Y, U and V between source and `recon`.
        recon: What a decoder shows for this picture; its `pts` is that of the source frame, or its index.
        index: Display position in the video, counting from 0; packets come in coding order.
        layer: Temporal sub-layer.
        mean_qp: Mean luma QP that rate control gave the blocks.
        encode_s: Seconds its coding took, analysis of the lookahead excluded.
        cost: SATD of the picture as the lookahead predicts it; None where nothing was analysed.
    """

    data: bytes
    poc: int
    slice_type: str
    qp: int
    bits: int
    sse: tuple[int, int, int]
    recon: Frame
    index: int
    layer: int = 0
    mean_qp: float = 0.0
    encode_s: float = 0.0
    cost: int | None = None

    @property
    def pts(self) -> int:
        """Presentation index, that of the source frame, or `index` where it has none."""
        return self.index if self.recon.pts is None else self.recon.pts


class Encoder:
    """HEVC encoder (Rec. ITU-T H.265, Main and Main 10) with an optional neural filter.

    width, height: size in luma samples, both even and at least 16. fps: pictures a second, a number or Fraction.
    Either qp, 0 to 51 (down to -12 at 10 bit), to which structures add offsets, or rate_control, which chooses the
    QP of every picture (see `inloop.ratecontrol`; a controller serves one encoder). The `vbv` of a controller that has
    one is signalled: HRD parameters, buffering period and picture timing SEI messages.
    structure: "ra" (random access: hierarchical B pictures in groups of `gop`: 1, 2, 4, 8, 16 or 32), "ldb", "ldp"
    (low delay with B or P pictures) or "ai" (all intra). intra_period: pictures from one intra picture to the next,
    -1 for one only; open_gop: pictures before an intra picture of "ra" may refer across it. scene_cut: put an intra
    picture where the scene changes. adaptive_gop: shorter groups of "ra" where prediction across long ones fails (needs
    a rate control that looks ahead).
    bit_depth: 8 or 10, that of the frames; internal_bit_depth: that of the stream and its reconstruction, 10 for
    finer arithmetic on 8-bit frames. quantization_group: luma samples (16, 32, 64) of the blocks that may have a QP
    of their own, 0 for one QP a picture, None for what the rate control needs. chroma_qp_offsets: of Cb and Cr, -12
    to 12. deblocking: False, True, or its offsets (beta, tc) in steps of two QPs, -6 to 6. nnlf: picture filter, or
    None; nnlf_lambda: factor of lambda, 0.25 to 4, where there is one: it takes part of the errors away. md5: put a
    picture hash SEI message behind every picture, except where the filter changes reference pictures ("loop"):
    other decoders would find a mismatch there. aud: start every picture with an access unit delimiter.
    repeat_headers: send the parameter sets again in front of every picture that decoding may start at, for streams
    that are joined half-way (libde265 then loses pictures behind open groups). sao: sample adaptive offset, behind
    the filter. preset: how hard the encoder tries, one of `encoder_presets()`. tools: members of the preset to
    replace, by the names that `encoder_tools()` lists.

    Raises ConfigError where an argument is out of range.
    """

    def __init__(
        self,
        width: int,
        height: int,
        fps: float | Fraction,
        *,
        qp: int | None = None,
        rate_control: RateController | None = None,
        structure: StructureName = "ra",
        gop: int = 16,
        intra_period: int = -1,
        open_gop: bool = True,
        adaptive_gop: bool = False,
        scene_cut: bool = True,
        bit_depth: int = 8,
        internal_bit_depth: int | None = None,
        quantization_group: int | None = None,
        chroma_qp_offsets: tuple[int, int] = (0, 0),
        deblocking: bool | tuple[int, int] = True,
        nnlf: PictureFilterLike | None = None,
        nnlf_lambda: float = 1.0,
        md5: bool = False,
        aud: bool = False,
        repeat_headers: bool = False,
        sao: bool = True,
        preset: str = "medium",
        tools: Mapping[str, float] | None = None,
    ) -> None:
        rate = frame_rate(fps)
        depth = bit_depth if internal_bit_depth is None else internal_bit_depth
        if depth < bit_depth:
            raise ConfigError(f"{bit_depth}-bit frames do not fit an internal depth of {depth} bit")
        self._rate = _controller(qp, rate_control, depth)
        if quantization_group is None:
            quantization_group = _RATE_CONTROL_GROUP if getattr(self._rate, "per_block", False) else 0
        self._structure = make_structure(structure, gop, intra_period, open_gop)
        limits = self._structure.limits
        vbv = getattr(self._rate, "vbv", None)
        self._hrd = None if vbv is None else HrdMessages(vbv, rate, limits.max_num_reorder_pics)
        self._core = _core.PictureEncoder(
            width,
            height,
            bit_depth=depth,
            fps_num=rate.numerator,
            fps_den=rate.denominator,
            max_dec_pic_buffering=limits.max_dec_pic_buffering,
            max_num_reorder_pics=limits.max_num_reorder_pics,
            max_latency_pictures=limits.max_latency_pictures,
            max_sub_layers=limits.max_sub_layers,
            log2_max_poc_lsb=limits.log2_max_poc_lsb,
            init_qp=_USUAL_QP if qp is None else qp,
            default_active_refs=limits.default_active_refs,
            reference_sets=limits.reference_sets,
            sao=sao,
            quantization_group=quantization_group,
            chroma_qp_offsets=chroma_qp_offsets,
            deblocking=deblocking is not False,
            deblocking_offsets=(0, 0) if isinstance(deblocking, bool) else deblocking,
            hrd=(0, 0) if self._hrd is None else self._hrd.rate_and_size,
            preset=preset,
            tools=dict(tools or {}),
        )
        self._size = (width, height)
        self._overhead_bits = _OVERHEAD_BITS + _OVERHEAD_BITS_PER_CTU * -(-width // 64) * -(-height // 64)
        if self._hrd is not None:
            self._overhead_bits += LARGEST_SEI_BITS
        self._source_depth = bit_depth
        self._bit_depth = depth
        self._lowest_qp = -6 * (depth - 8)
        self._nnlf = nnlf
        if not 0.25 <= nnlf_lambda <= 4:
            raise ConfigError(f"factor of lambda {nnlf_lambda:g} is outside 0.25..4")
        self._lambda_factor = 1.0 if nnlf is None else nnlf_lambda
        self._mode = getattr(nnlf, "mode", "loop")
        self._md5 = md5 and not (nnlf is not None and self._mode == "loop")
        self._lookahead = Lookahead(self._rate.lookahead, float(rate))
        self._scene_cut = scene_cut and structure != "ai"
        self._thumbnails, self._cuts = SceneCutDetector(), SceneCuts()
        if adaptive_gop and (structure != "ra" or not self._rate.lookahead):
            raise ConfigError("groups of adaptive length need random access and a lookahead")
        self._groups = GroupLength(gop) if adaptive_gop else None
        self._aud = aud
        self._repeat_headers = repeat_headers
        self._waiting: dict[int, tuple[Frame, QpOffsets | None]] = {}  # by display index
        self._count = 0
        self._finished = False

    def encode(self, frame: Frame, qp_offsets: QpOffsets | None = None) -> list[Packet]:
        """Take one frame in display order; return the packets that are ready, in coding order.

        Frames wait until their group is complete; their planes must not change before their packet is there.
        qp_offsets: integers of shape (ceil(height / 16), ceil(width / 16)), added to the picture's QP in each 16x16
        block (their mean, in larger blocks); needs a `quantization_group`. Raises ConfigError where size or bit
        depth of the frame differ from the encoder's, and after `flush`.
        """
        if self._finished:
            raise ConfigError("the encoder was flushed: its stream is complete")
        if (frame.width, frame.height) != self._size or frame.bit_depth != self._source_depth:
            width, height = self._size
            raise ConfigError(
                f"{frame} does not fit an encoder for {width}x{height}, {self._source_depth} bit"
            )
        self._waiting[self._count] = frame.to_depth(self._bit_depth), qp_offsets
        self._count += 1
        analysed = self._lookahead.push(frame)
        cut = self._is_cut(frame, analysed)
        ends = analysed is not None and self._groups is not None and self._groups.ends(analysed)
        plans = self._structure.push(cut, group_end=ends)
        if plans and analysed is not None and self._groups is not None:
            self._groups.start(analysed)
        self._lookahead.schedule(plans)
        return self._encode_ready()

    def flush(self) -> list[Packet]:
        """Return the packets still to come after the last frame: the stream is complete."""
        self._finished = True
        self._lookahead.schedule(self._structure.finish())
        self._lookahead.finish()
        return self._encode_ready()

    def _is_cut(self, frame: Frame, analysed: AnalysedFrame | None) -> bool:
        """Whether a scene starts here: by the costs of the lookahead, by thumbnails without one."""
        if not self._scene_cut:
            return False
        return self._thumbnails.push(frame) if analysed is None else self._cuts.push(analysed)

    def _encode_ready(self) -> list[Packet]:
        packets = []
        while self._lookahead.ready:
            packets.append(self._encode_picture(self._lookahead.upcoming[0]))
            self._lookahead.finish_picture()
        return packets

    def _analyse(
        self, frame: Frame, plan: PicturePlan, offsets: QpOffsets | None
    ) -> tuple[_core.CodedPicture, PictureQp]:
        """Decide everything about a picture, again and coarser while it is larger than rate control allows."""
        qp = self._rate.plan(plan, self._lookahead)
        while True:
            coded = self._analyse_at(frame, plan, qp, offsets)
            if qp.max_bits is None or not isinstance(self._rate, Replanning):
                return coded, qp
            bits = self._core.coded_bits() + self._overhead_bits + plan.is_irap * _PARAMETER_SETS_BITS
            if bits <= qp.max_bits:
                return coded, qp
            qp = self._rate.replan(plan, self._lookahead, bits)

    def _analyse_at(
        self, frame: Frame, plan: PicturePlan, qp: PictureQp, offsets: QpOffsets | None
    ) -> _core.CodedPicture:
        return self._core.analyse(
            frame.planes,
            poc=plan.poc,
            slice_type=plan.slice_type,
            qp=qp.qp,
            lmbda=self._lambda_factor * qp.lmbda,
            nal_type=plan.nal_type,
            temporal_id=plan.temporal_id,
            references=list(plan.references),
            kept=list(plan.kept),
            active=plan.active,
            is_reference=plan.is_reference,
            keep_filter_inputs=self._nnlf is not None,
            qp_map=qp.qp_map if offsets is None else self._offset_map(qp, offsets),
        )

    def _offset_map(self, qp: PictureQp, offsets: QpOffsets) -> npt.NDArray[np.int8]:
        base = qp.qp if qp.qp_map is None else qp.qp_map
        return np.clip(base + offsets, self._lowest_qp, MAX_QP).astype(np.int8)

    def _encode_picture(self, plan: PicturePlan) -> Packet:
        start_s = perf_counter()
        frame, offsets = self._waiting.pop(plan.index)
        coded, qp = self._analyse(frame, plan, offsets)
        parts = (
            [_core.nal_unit(NAL_AUD, _AUD_PAYLOAD[plan.slice_type], plan.temporal_id)] if self._aud else []
        )
        if plan.index == 0 or (plan.is_irap and self._repeat_headers):
            parts.append(self._core.parameter_sets())
        if self._hrd is not None:
            parts.append(_core.nal_unit(NAL_PREFIX_SEI, self._hrd.payload(plan), plan.temporal_id))
        filtered = self._filter(coded, frame)
        if filtered.payload:
            parts.append(_core.nal_unit(NAL_FILTER_PARAMETERS, filtered.payload, plan.temporal_id))
        in_loop = self._mode == "loop" and not filtered.shown_only
        slice_unit = self._core.finish(filtered.planes if in_loop else None)
        # Only the first NAL unit of an access unit needs a start code of four bytes (B.2.2).
        parts.append(slice_unit[1:] if filtered.payload else slice_unit)
        if self._md5:
            parts.append(self._core.picture_hash())
        decoded = self._core.reconstruction()
        shown = decoded if in_loop else filtered.shown_planes(decoded)
        recon = self._shown_frame(shown, plan.index if frame.pts is None else frame.pts)
        data = b"".join(parts)
        if self._hrd is not None:
            self._hrd.remove(8 * len(data))
        sse = frame.sse(recon)
        encode_s = perf_counter() - start_s
        self._rate.update(PictureResult(plan, qp, 8 * len(data), sse, encode_s))
        return Packet(
            data=data,
            poc=plan.poc,
            slice_type=plan.slice_type,
            qp=qp.qp,
            bits=8 * len(data),
            sse=sse,
            recon=recon,
            index=plan.index,
            layer=plan.temporal_id,
            mean_qp=qp.mean_qp,
            encode_s=encode_s,
            cost=self._lookahead.prediction(plan).cost if self._lookahead.depth else None,
        )

    def _filter(self, coded: _core.CodedPicture, frame: Frame) -> FilterResult:
        if self._nnlf is None:
            return FilterResult(b"", None)
        # Counting bits takes writing the slice: only for those who weigh them.
        bits = 0 if getattr(self._nnlf, "reference", None) is None else self._core.coded_bits()
        picture = CodedPicture.from_core(coded, bits=bits)
        return self._nnlf.filter_picture(picture, _padded_planes(frame, picture))

    def _shown_frame(self, planes: Planes, pts: int) -> Frame:
        width, height = self._size
        shapes = ((height, width), (height // 2, width // 2), (height // 2, width // 2))
        shown = (plane[:rows, :columns] for plane, (rows, columns) in zip(planes, shapes, strict=True))
        y, u, v = (plane.astype(np.uint8) if self._bit_depth == 8 else plane.copy() for plane in shown)
        return Frame(y, u, v, self._bit_depth, pts)


def encoder_presets() -> list[str]:
    """Return the names of the presets, the fastest first."""
    return _core.encoder_presets()


def encoder_tools(preset: str) -> dict[str, float]:
    """Return the tools of a preset by name; switches are 0 or 1. Raises ConfigError for an unknown preset."""
    return _core.encoder_tools(preset)


def _controller(qp: int | None, rate_control: RateController | None, depth: int) -> RateController:
    """Return the controller; that of a constant QP where there is none. Raises ConfigError."""
    if (qp is None) == (rate_control is None):
        raise ConfigError("an encoder needs either a QP or a rate control")
    if rate_control is not None:
        return rate_control
    assert qp is not None
    return ConstantQp(qp, BlockQpOptions(cutree=False, lowest_qp=-6 * (depth - 8)))


def _padded_planes(frame: Frame, coded: CodedPicture) -> Planes:
    """Return the source as uint16 planes of the coded size, its border repeated."""

    def pad(
        plane: npt.NDArray[np.uint8] | npt.NDArray[np.uint16], like: npt.NDArray[np.uint16]
    ) -> npt.NDArray[np.uint16]:
        rows, columns = like.shape[0] - plane.shape[0], like.shape[1] - plane.shape[1]
        return np.pad(plane, ((0, rows), (0, columns)), mode="edge").astype(np.uint16)

    y, u, v = (pad(plane, like) for plane, like in zip(frame.planes, coded.rec, strict=True))
    return y, u, v
