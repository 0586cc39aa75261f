# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""One measured point: a clip encoded and decoded with given settings, timed and compared."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from time import perf_counter
from typing import Literal, TypeVar

from inloop.codec import Decoder, Encoder, EncoderOptions
from inloop.errors import ConfigError
from inloop.evaluate.metrics import PsnrMeter
from inloop.nnlf import FilterModel, PictureFilter
from inloop.nnlf.skipping import DEFAULT_STRENGTH
from inloop.pipeline import SequenceMd5, decode_chunks, encode_frames
from inloop.ratecontrol import RateOptions, make_controller
from inloop.structure.by_name import StructureName
from inloop.video.frame import Frame, Psnr

Structure = StructureName
FilterMode = Literal["loop", "post"]
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class TrialSettings:
    """How a trial encodes.

    Attributes:
        qp: Constant QP.
        encoder: Options of the encoder, but for QP, rate control, filter and bit depth, which come from here and
            from the pictures.
        nnlf_mode: Mode of the filter, None for none.
        rate_control: Takes the place of the constant QP.
        nnlf_skip: How readily the filter leaves out blocks, 0 to 3.
    """

    qp: int
    encoder: EncoderOptions = EncoderOptions(structure="ldp")
    nnlf_mode: FilterMode | None = None
    rate_control: RateOptions | None = None
    nnlf_skip: int = DEFAULT_STRENGTH


@dataclass(frozen=True, slots=True)
class Trial:
    """What a trial measured.

    Attributes:
        bits: Size of the stream.
        bitrate_kbps: Rate of the stream at the clip's own picture rate.
        psnr: PSNR of the decoded pictures against the source, from total errors.
        encode_s, decode_s: Seconds inside the codec, reading and metrics excluded.
        encoder_md5, decoder_md5: MD5 of the encoder's reconstruction and of our decoder's pictures.
        picture: The decoded picture that was asked for, if one was.
        stream: The bytes themselves.
        filtered_share: Share of the samples on which the decoder runs the filter's network.
    """

    settings: TrialSettings
    frames: int
    bits: int
    bitrate_kbps: float
    psnr: Psnr
    encode_s: float
    decode_s: float
    encoder_md5: str
    decoder_md5: str
    stream: bytes
    picture: Frame | None = None
    filtered_share: float = 0.0

    @property
    def matches(self) -> bool:
        """Whether our decoder gave exactly the encoder's reconstruction."""
        return self.encoder_md5 == self.decoder_md5

    @property
    def encode_fps(self) -> float:
        """Encoded pictures a second."""
        return self.frames / self.encode_s

    @property
    def decode_fps(self) -> float:
        """Decoded pictures a second."""
        return self.frames / self.decode_s


def run_trial(
    frames: Sequence[Frame],
    fps: Fraction,
    settings: TrialSettings,
    model: FilterModel | None = None,
    *,
    keep_picture: int | None = None,
    on_picture: Callable[[], None] = lambda: None,
    clock: Callable[[], float] = perf_counter,
) -> Trial:
    """Encode and decode pictures (all of one size, `pts` from 0), and measure.

    Args:
        frames: The source.
        fps: Pictures a second.
        settings: How it is encoded.
        model: The filter's network, needed unless `settings.nnlf_mode` is None.
        keep_picture: Index of a decoded picture to return.
        on_picture: Called after each encoded and each decoded picture.
        clock: What gives the seconds, for example `time.process_time` where the machine is shared.

    Raises:
        ConfigError: There are no pictures, or no model where one is needed.
        InloopError: Whatever encoder and decoder raise.
    """
    if not frames:
        raise ConfigError("no pictures to encode")
    nnlf = _picture_filter(settings, model)
    stream, encoder_md5, encode_s = _encode(frames, fps, settings, nnlf, on_picture, clock)
    models = () if model is None else (model,)
    decoded, decode_s = _timed(decode_chunks(Decoder(models=models), [stream]), on_picture, clock)
    meter, decoder_md5 = PsnrMeter(), SequenceMd5()
    for source, picture in zip(frames, decoded, strict=True):
        meter.add(source.to_depth(picture.bit_depth), picture)
        decoder_md5.add(picture)
    return Trial(
        settings=settings,
        frames=len(frames),
        bits=8 * len(stream),
        bitrate_kbps=float(8 * len(stream) * fps / len(frames) / 1000),
        psnr=meter.psnr(),
        encode_s=encode_s,
        decode_s=decode_s,
        encoder_md5=encoder_md5,
        decoder_md5=decoder_md5.hexdigest(),
        stream=stream,
        picture=None if keep_picture is None else decoded[keep_picture],
        filtered_share=0.0 if nnlf is None else nnlf.filtered_share,
    )


def _picture_filter(settings: TrialSettings, model: FilterModel | None) -> PictureFilter | None:
    if settings.nnlf_mode is None:
        return None
    if model is None:
        raise ConfigError("a trial with the filter on needs its model")
    return PictureFilter(model, mode=settings.nnlf_mode, skip=settings.nnlf_skip)


def _encode(
    frames: Sequence[Frame],
    fps: Fraction,
    settings: TrialSettings,
    nnlf: PictureFilter | None,
    on_picture: Callable[[], None],
    clock: Callable[[], float],
) -> tuple[bytes, str, float]:
    """Return the stream, the MD5 of the reconstruction and the seconds it took."""
    first = frames[0]
    rate = settings.rate_control
    options = replace(
        settings.encoder,
        qp=settings.qp if rate is None else None,
        rate_control=None if rate is None else make_controller(rate),
        bit_depth=first.bit_depth,
        nnlf=nnlf,
    )
    encoder = Encoder(first.width, first.height, fps, options)
    packets, elapsed_s = _timed(encode_frames(encoder, frames), on_picture, clock)
    md5 = SequenceMd5()
    for packet in packets:
        md5.add(packet.recon)
    return b"".join(packet.data for packet in packets), md5.hexdigest(), elapsed_s


def _timed(
    items: Iterable[Item], on_item: Callable[[], None], clock: Callable[[], float]
) -> tuple[list[Item], float]:
    """Collect the items and the seconds spent on making them."""
    collected = []
    start = clock()
    for item in items:
        collected.append(item)
        on_item()
    return collected, clock() - start
