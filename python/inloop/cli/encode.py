# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""`inloop encode`: a video in, an HEVC stream out."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from typing import Annotated

from cyclopts import Parameter

from inloop.chunks import ChunkSettings
from inloop.cli.chunk_options import ChunkOptions, check_passes, chunk_packets
from inloop.cli.coding_options import CodingOptions, StreamOptions
from inloop.cli.copy_options import CopyingOptions
from inloop.cli.early_end import EarlyEnd
from inloop.cli.exit_codes import naming
from inloop.cli.filter_options import FilterOptions
from inloop.cli.options import (
    CommonOptions,
    SourceOptions,
    flag,
    path_option,
    thread_count,
)
from inloop.cli.progress import Progress
from inloop.cli.rate_options import RateControlOptions
from inloop.cli.signal_options import SignalOptions
from inloop.cli.statistics import EncodeStatistics
from inloop.cli.where_options import WhereOptions
from inloop.codec import Encoder
from inloop.errors import ConfigError
from inloop.evaluate.rate_page import render_rate_page
from inloop.extras import import_extra
from inloop.io import open_output
from inloop.io.coded import check_stream_name, container_of, open_stream_writer, seek_period
from inloop.io.output import check_writable, refuse_overlap
from inloop.pipeline import encode_frames, select_frames
from inloop.ratecontrol.vbv import Buffer
from inloop.video.signal import SignalDescription


def encode(
    input_: Annotated[str, path_option("--input", "-i", help="Video to read; - is y4m from a pipe.")],
    *,
    output: Annotated[
        str,
        path_option("--output", "-o", help="Stream to write (.hevc, .265, .mp4, .mkv, .ts); - is a pipe."),
    ],
    rate: RateControlOptions = RateControlOptions(),
    coding: CodingOptions = CodingOptions(),
    nnlf: FilterOptions = FilterOptions(),
    signal: SignalOptions = SignalOptions(),
    copying: CopyingOptions = CopyingOptions(),
    threads: Annotated[
        int | None,
        Parameter(
            ("--threads", "--frame-threads"),
            help="Threads that code pictures and run the filter; as many as there are cores. Any number gives the same "
            "stream.",
        ),
    ] = None,
    psnr: Annotated[bool, flag("--psnr", "Print the PSNR of the decoded pictures.")] = False,
    stream_options: StreamOptions = StreamOptions(),
    csv_path: Annotated[str | None, path_option("--csv", help="Write a line a picture to this file.")] = None,
    rc_plot: Annotated[
        str | None,
        path_option("--rc-plot", help="Write a page with bits, QP and buffer over time to this .html file."),
    ] = None,
    source: SourceOptions = SourceOptions(),
    chunking: ChunkOptions = ChunkOptions(),
    where: WhereOptions = WhereOptions(),
    common: CommonOptions = CommonOptions(),
) -> None:
    """Encode a video as HEVC, with or without the neural filter.

    Reads y4m, raw 4:2:0 (with --input-res), HEVC and, with the [video] extra, whatever FFmpeg reads. From one
    container into another go sound, subtitles, chapters and words, too; what the output cannot hold is said. Ctrl-C
    ends the stream at the pictures that were read, a second one abandons it.

    Example: inloop encode clip.y4m -o clip.hevc --crf 28 --nnlf lop
    """
    common.apply()
    stats_in, stats_out = (rate.stats, None) if rate.pass_number == 2 else (None, rate.stats)
    outputs = {"--output": output, "--csv": csv_path, "--rc-plot": rc_plot, "--stats": stats_out}
    refuse_overlap([input_, stats_in, nnlf.path()], outputs)
    check_stream_name(output)
    check_writable(outputs.values())
    if rc_plot is not None:
        import_extra("plotly", "eval")  # before the work, not behind it
    count = thread_count(threads)
    where.check(common)
    if (rule := chunking.rule(where)) is not None:
        check_passes(rate)
    picture_filter = nnlf.make(md5=stream_options.md5)
    vbv = rate.vbv()
    end = EarlyEnd()
    with ExitStack() as stack:
        stack.enter_context(naming(input_))
        opened = stack.enter_context(source.open(input_, interlaced=signal.field_order is not None))
        video = copying.turned(opened, signal.applied(opened.info.signal))
        info = video.info
        description = signal.applied(info.signal)
        options = coding.encoder_options(info.bit_depth, seek_period(output, info.fps))
        depth = options.coded_bit_depth
        surroundings = stack.enter_context(copying.surroundings(video, container_of(output), source, end))
        writer = stack.enter_context(open_stream_writer(output, description, surroundings))
        buffer = None if vbv is None else Buffer(vbv, float(info.fps))
        # Pictures that were coded elsewhere stay there.
        statistics = EncodeStatistics(psnr=psnr, md5=stream_options.md5 and rule is None, buffer=buffer)
        options = replace(
            options,
            nnlf_lambda=nnlf.lambda_factor,
            signal=description,
            level_kbps=rate.target_kbps,
            md5=stream_options.md5,
            aud=stream_options.aud,
            repeat_headers=stream_options.repeat_headers,
            wpp=stream_options.wpp,
        )
        progress = Progress(source.count(info.frames), info.fps, quiet=common.quiet, results_on=output)
        nnlf.warn_of_drift(progress, options.structure, options.intra_period)
        selected = select_frames(video, source.skip, source.frames)
        pictures = end.until(surroundings.timeline.recorded(selected))
        if rule is not None and vbv is not None and description.field_order is not None:
            raise ConfigError("chunks with a decoder's buffer are not coded of interlaced pictures")
        if rule is None:
            video_settings = {"size": f"{info.width}x{info.height}", "fps": info.fps, "depth": depth}
            controller = stack.enter_context(rate.controller(depth, {**video_settings, **coding.settings()}))
            options = replace(options, rate_control=controller, threads=count, nnlf=picture_filter)
            packets = encode_frames(Encoder(info.width, info.height, info.fps, options), pictures)
        else:
            coded_info = replace(info, frames=None, signal=SignalDescription())
            chunk_nnlf = None if picture_filter is None else nnlf
            settings = ChunkSettings(coded_info, options, rate.rate_options(depth), chunk_nnlf, threads)
            outcome = None if picture_filter is None else picture_filter.outcome
            packets = chunk_packets(pictures, settings, rule, where, common, progress, outcome)
        with end.keeping_what_is_whole():
            for packet in packets:
                writer.write(packet)
                statistics.add(packet)
                progress.advance(8 * len(packet.data))
        end.require(progress.frames, ConfigError("no pictures to encode"))
    if csv_path is not None:
        statistics.write_table(csv_path)
    if rc_plot is not None:
        with open_output(rc_plot) as page:
            page.write(render_rate_page(statistics.rows(), float(info.fps)).encode())
    progress.finish("encoded")
    for note in surroundings.notes():
        progress.warn(f"{input_}: {note}")
    if picture_filter is not None:
        progress.say(picture_filter.outcome.summary())
    for line in statistics.details():
        progress.say(line)
    if rule is not None and stream_options.md5:
        progress.say("every picture's MD5 is in the stream; inloop decode --md5 prints that of them all")
    for line in statistics.results():
        progress.result(line)
    rate.warn_of_miss(progress)
    with naming(input_):
        end.finish(progress.frames, output)
