# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""One measured point: a clip encoded and decoded with given settings, timed and compared."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal, TypeVar

from inloop.codec import Decoder, Encoder, EncoderOptions
from inloop.errors import ConfigError
from inloop.evaluate.cost import Cost, measured
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


@dataclass(frozen=True, slots=True)
class CodedPictures:
    """Pictures that went through our encoder and our decoder.

    Attributes:
        stream: The bytes.
        picture_bits, picture_types: Bits and slice type (one letter) of each picture, in display order.
        decoded: What the decoder shows.
        encode, decode: What that took inside the codec.
        encoder_md5, decoder_md5: MD5 of the reconstruction and of the decoded pictures.
        filtered_share: Share of the samples on which the decoder runs the filter's network.
    """

    stream: bytes
    picture_bits: tuple[int, ...]
    picture_types: str
    decoded: list[Frame]
    encode: Cost
    decode: Cost
    encoder_md5: str
    decoder_md5: str
    filtered_share: float


def code_pictures(
    frames: Sequence[Frame],
    fps: Fraction,
    settings: TrialSettings,
    model: FilterModel | None = None,
    on_picture: Callable[[], None] = lambda: None,
) -> CodedPictures:
    """Encode and decode pictures (all of one size, `pts` from 0).

    Args:
        frames: The source.
        fps: Pictures a second.
        settings: How it is encoded.
        model: The filter's network, needed unless `settings.nnlf_mode` is None.
        on_picture: Called after each encoded and each decoded picture.

    Raises:
        ConfigError: There are no pictures, or no model where one is needed.
        InloopError: Whatever encoder and decoder raise.
    """
    if not frames:
        raise ConfigError("no pictures to encode")
    nnlf = _picture_filter(settings, model)
    with measured() as encode:
        encoder = _encoder(frames[0], fps, settings, nnlf)
        packets = _collected(encode_frames(encoder, frames), on_picture)
    stream = b"".join(packet.data for packet in packets)
    with measured() as decode:
        decoder = Decoder(models=() if model is None else (model,))
        decoded = _collected(decode_chunks(decoder, [stream]), on_picture)
    shown = sorted(packets, key=lambda packet: packet.index)
    return CodedPictures(
        stream=stream,
        picture_bits=tuple(packet.bits for packet in shown),
        picture_types="".join(packet.slice_type for packet in shown),
        decoded=decoded,
        encode=encode(),
        decode=decode(),
        encoder_md5=_md5(packet.recon for packet in packets),
        decoder_md5=_md5(decoded),
        filtered_share=0.0 if nnlf is None else nnlf.filtered_share,
    )


def run_trial(
    frames: Sequence[Frame],
    fps: Fraction,
    settings: TrialSettings,
    model: FilterModel | None = None,
    *,
    keep_picture: int | None = None,
    on_picture: Callable[[], None] = lambda: None,
) -> Trial:
    """Encode and decode pictures, and measure PSNR and elapsed time.

    Args:
        frames: The source.
        fps: Pictures a second.
        settings: How it is encoded.
        model: The filter's network, needed unless `settings.nnlf_mode` is None.
        keep_picture: Index of a decoded picture to return.
        on_picture: Called after each encoded and each decoded picture.

    Raises:
        InloopError: As for `code_pictures`.
    """
    coded = code_pictures(frames, fps, settings, model, on_picture)
    meter = PsnrMeter()
    for source, picture in zip(frames, coded.decoded, strict=True):
        meter.add(source.to_depth(picture.bit_depth), picture)
    bits = 8 * len(coded.stream)
    return Trial(
        settings=settings,
        frames=len(frames),
        bits=bits,
        bitrate_kbps=float(bits * fps / len(frames) / 1000),
        psnr=meter.psnr(),
        encode_s=coded.encode.wall_s,
        decode_s=coded.decode.wall_s,
        encoder_md5=coded.encoder_md5,
        decoder_md5=coded.decoder_md5,
        stream=coded.stream,
        picture=None if keep_picture is None else coded.decoded[keep_picture],
        filtered_share=coded.filtered_share,
    )


def _picture_filter(settings: TrialSettings, model: FilterModel | None) -> PictureFilter | None:
    if settings.nnlf_mode is None:
        return None
    if model is None:
        raise ConfigError("a trial with the filter on needs its model")
    return PictureFilter(model, mode=settings.nnlf_mode, skip=settings.nnlf_skip)


def _encoder(first: Frame, fps: Fraction, settings: TrialSettings, nnlf: PictureFilter | None) -> Encoder:
    rate = settings.rate_control
    options = replace(
        settings.encoder,
        qp=settings.qp if rate is None else None,
        rate_control=None if rate is None else make_controller(rate),
        bit_depth=first.bit_depth,
        nnlf=nnlf,
    )
    return Encoder(first.width, first.height, fps, options)


def _collected(items: Iterable[Item], on_item: Callable[[], None]) -> list[Item]:
    collected = []
    for item in items:
        collected.append(item)
        on_item()
    return collected


def _md5(frames: Iterable[Frame]) -> str:
    md5 = SequenceMd5()
    for frame in frames:
        md5.add(frame)
    return md5.hexdigest()
