# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""`inloop decode`: an HEVC or Cool-chic stream in, pictures out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from fractions import Fraction
from itertools import islice
from pathlib import Path
from typing import Annotated, BinaryIO

from cyclopts import Parameter

from inloop.cli.copy_options import CopyingOptions
from inloop.cli.early_end import EarlyEnd
from inloop.cli.exit_codes import VerifyError, naming
from inloop.cli.options import CommonOptions, flag, parse_fps, path_option, thread_count
from inloop.cli.output_options import PictureOutputOptions
from inloop.cli.picture_target import PictureTarget
from inloop.cli.progress import Progress
from inloop.codec import Decoder
from inloop.coolchic import Decoder as CoolchicDecoder
from inloop.coolchic import RgbPicture
from inloop.errors import BitstreamError, ConfigError
from inloop.io.output import refuse_overlap
from inloop.io.stream import Source, open_stream
from inloop.io.video import DEFAULT_FPS, MAX_FPS
from inloop.nnlf import AnyFilter, load_any_filter
from inloop.pipeline import SequenceMd5
from inloop.video.frame import Frame


def decode(
    input_: Annotated[
        str,
        path_option(
            "--input", "-i", help="HEVC stream, bare or in a container, or Cool-chic stream; - is a pipe."
        ),
    ],
    *,
    output: Annotated[
        str | None,
        path_option(
            "--output",
            "-o",
            help="Video to write (.y4m, .yuv, or a container: .mkv, .mp4, .mov, .ts, .avi, .webm, .nut; RGB: .png, "
            ".rgb); - is a pipe.",
        ),
    ] = None,
    form: PictureOutputOptions = PictureOutputOptions(),
    copying: CopyingOptions = CopyingOptions(),
    nnlf_model: Annotated[
        tuple[str, ...], Parameter(help="Model the stream may ask for, beside those of the package.")
    ] = (),
    fps: Annotated[
        str | None, Parameter(help="Pictures a second to write, as 30000/1001; from the stream.")
    ] = None,
    frames: Annotated[
        int | None, Parameter(name=["--frames", "-n"], help="Pictures to decode at most.")
    ] = None,
    keep_going: Annotated[
        bool,
        flag(
            "--keep-going",
            "Leave out pictures that damage reaches, and go on; the exit code is 4 all the same.",
        ),
    ] = False,
    start_anywhere: Annotated[
        bool,
        flag(
            "--start-anywhere",
            "Begin at the first picture, even without a random access or recovery point: gradual refresh makes "
            "pictures right after a while.",
        ),
    ] = False,
    verify: Annotated[
        bool, flag("--verify", "Check the picture hashes in the stream; a mismatch is exit code 4.")
    ] = False,
    md5: Annotated[bool, flag("--md5", "Print the MD5 of all decoded pictures.")] = False,
    threads: Annotated[
        int | None, Parameter(help="Pictures to decode at a time; as many as there are cores.")
    ] = None,
    common: CommonOptions = CommonOptions(),
) -> None:
    """Decode an HEVC stream, applying the neural filter where the stream says so, or a Cool-chic stream.

    Without --output the pictures are decoded, counted and (with --verify, --md5) checked only. Where a stream is
    damaged, the pictures before the damage are kept. Into a container an encoder of FFmpeg's codes the pictures, and
    what lies beside them in another one is copied.

    Example: inloop decode clip.hevc -o clip.y4m --verify

    Example: inloop decode clip.mp4 -o clip.mkv -c:v ffv1
    """
    common.apply()
    if frames is not None and frames < 1:
        raise ConfigError("--frames must be 1 or more")
    form.check(output)
    refuse_overlap([input_, *nnlf_model], {"--output": output})
    given_rate = None if fps is None else parse_fps(fps)
    threads = thread_count(threads)
    models = [_load_model(path) for path in nnlf_model]
    decoder = Decoder(
        models=models,
        verify=verify,
        threads=threads,
        keep_going=keep_going,
        start_anywhere=start_anywhere,
    )
    hash_of_all = SequenceMd5()
    progress = Progress(frames, given_rate or DEFAULT_FPS, quiet=common.quiet, results_on=output)
    end = EarlyEnd()
    with naming(input_), ExitStack() as stack:
        source = stack.enter_context(open_stream(input_))
        pictures: Iterator[Frame | RgbPicture]
        if source.coolchic is not None:
            pictures = _decode_coolchic(source.coolchic, threads, verify, progress)
        else:
            pictures = source.timed(decoder, _counted(source, progress))

        def rate() -> Fraction:
            said = given_rate or decoder.fps or source.fps or DEFAULT_FPS
            return said if said <= MAX_FPS else DEFAULT_FPS

        container = source.container
        if container is not None and given_rate is not None:
            container = replace(container, tick=None)  # its times are not those of the pictures any more
        target = PictureTarget(
            output, form, copying, container, is_cut=lambda: frames is not None or end.is_early
        )
        selected: Iterator[Frame | RgbPicture] = islice(pictures, frames)
        if output is not None and (form.output_format or Path(output).suffix.lower().lstrip(".")) != "yuv":
            selected = _of_one_size(selected)
        selected = end.until(selected)
        with end.keeping_what_is_whole():
            for picture in target.written(selected, rate, decoder):
                progress.fps = rate()
                progress.advance()
                if md5:
                    hash_of_all.add(picture)
        end.require(progress.frames, BitstreamError("no pictures in this stream"))
        progress.finish("decoded")
        if decoder.fps is not None and decoder.fps > MAX_FPS and output is not None and given_rate is None:
            progress.warn(
                f"{input_} says {decoder.fps} pictures a second: written as {DEFAULT_FPS}, --fps gives another rate"
            )
        for note in target.notes():
            progress.warn(f"{input_}: {note}")
        _warn_of_omissions(decoder, progress, input_)
        if md5:
            progress.result(f"MD5 {hash_of_all.hexdigest()}")
        if verify:
            progress.result(f"{decoder.checked_pictures} of {progress.frames} pictures checked")
        end.finish(progress.frames, output)
        _fail_where_lost(decoder, progress.frames, verify)


def _of_one_size(pictures: Iterator[Frame | RgbPicture]) -> Iterator[Frame | RgbPicture]:
    """Pass pictures on while they fit into one y4m. Raises BitstreamError at the first that does not."""
    first = None
    for picture in pictures:
        form = (picture.width, picture.height, picture.bit_depth) if isinstance(picture, Frame) else None
        if first is not None and form != first and isinstance(picture, Frame):
            raise BitstreamError(
                f"from picture {picture.pts} on pictures have {picture.width}x{picture.height} samples of "
                f"{picture.bit_depth} bit and do not fit into the same y4m; a .yuv takes them all"
            )
        first = form
        yield picture


def _warn_of_omissions(decoder: Decoder, progress: Progress, name: str) -> None:
    report = decoder.report()
    for count, what in (
        (report.skipped_units, "NAL units that cannot be any were skipped"),
        (
            report.skipped_pictures,
            "pictures were left out that refer to what precedes a random access or recovery point",
        ),
        (report.foreign_messages, "messages of others than inloop (NAL type 48) were skipped"),
    ):
        if count:
            progress.warn(f"{name}: {count} {what}")


def _fail_where_lost(decoder: Decoder, pictures: int, verify: bool) -> None:
    report = decoder.report()
    if report.lost_pictures:
        raise BitstreamError(
            f"{report.lost_pictures} damaged pictures are left out, {pictures} are kept; the first: {report.first_loss}"
        )
    if verify and not decoder.checked_pictures:
        raise VerifyError(
            "nothing was checked: the stream has no picture hashes (inloop encode --md5 writes them)"
        )


def _load_model(path: str) -> AnyFilter:
    with naming(path):
        return load_any_filter(path)


def _decode_coolchic(
    stream: BinaryIO, threads: int, verify: bool, progress: Progress
) -> Iterator[Frame | RgbPicture]:
    if verify:
        raise ConfigError("--verify: a Cool-chic stream holds no picture hashes")
    data = stream.read()
    progress.bits = 8 * len(data)
    return iter(CoolchicDecoder(data, threads))


def _counted(source: Source, progress: Progress) -> Iterator[bytes]:
    for chunk in source.chunks:
        progress.bits += 8 * len(chunk)
        if source.size:
            progress.share = min(1.0, progress.bits / 8 / source.size)
        yield chunk
