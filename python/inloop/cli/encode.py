# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""`inloop encode`: a video in, an HEVC stream out."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Annotated, Literal

from cyclopts import Parameter

from inloop.cli.exit_codes import naming
from inloop.cli.filter_options import FilterOptions
from inloop.cli.options import (
    CommonOptions,
    SourceOptions,
    flag,
    parse_tool,
    path_option,
    usable_cores,
)
from inloop.cli.progress import Progress
from inloop.cli.rate_options import RateControlOptions
from inloop.cli.statistics import EncodeStatistics
from inloop.codec import Encoder
from inloop.errors import ConfigError
from inloop.evaluate.rate_page import render_rate_page
from inloop.extras import import_extra
from inloop.io import open_output
from inloop.pipeline import encode_frames, select_frames
from inloop.ratecontrol.vbv import Buffer
from inloop.structure.by_name import StructureName


def encode(
    input_: Annotated[str, path_option("--input", "-i", help="Video to read; - is y4m from a pipe.")],
    *,
    output: Annotated[str, path_option("--output", "-o", help="Stream to write (.hevc); - is a pipe.")],
    rate: RateControlOptions = RateControlOptions(),
    structure: Annotated[
        StructureName,
        Parameter(help="All intra, low delay with P or B pictures, or random access."),
    ] = "ra",
    gop: Annotated[int, Parameter(help="Pictures in a group of random access: 1, 2, 4, 8, 16 or 32.")] = 16,
    intra_period: Annotated[
        int, Parameter(help="Pictures from one intra picture to the next; -1 for one intra picture only.")
    ] = -1,
    closed_gop: Annotated[
        bool, flag("--closed-gop", "Let no picture of random access refer across an intra picture.")
    ] = False,
    adaptive_gop: Annotated[
        bool, flag("--adaptive-gop", "Shorter groups where prediction across long ones fails.")
    ] = False,
    scene_cut: Annotated[
        bool, Parameter(negative="--no-scene-cut", help="Put an intra picture where the scene changes.")
    ] = True,
    preset: Annotated[
        Literal["faster", "fast", "medium", "slow", "slower"],
        Parameter(name=["--preset", "-p"], help="How hard the encoder tries."),
    ] = "medium",
    internal_depth: Annotated[
        Literal[8, 10] | None,
        Parameter(help="Bits a sample of the stream: 10 for 8-bit input too, or that of the input."),
    ] = None,
    tool: Annotated[
        list[str] | None,
        Parameter(negative=(), help="Replace a tool of the preset, as merge_checks=3; may be repeated."),
    ] = None,
    sao: Annotated[
        Literal["on", "off"], Parameter(help="Sample adaptive offset, behind the neural filter.")
    ] = "on",
    nnlf: FilterOptions = FilterOptions(),
    nnlf_lambda: Annotated[
        float, Parameter(help="Factor of lambda in mode decisions where the neural filter runs.")
    ] = 1.0,
    threads: Annotated[
        int | None, Parameter(help="Threads that share the filter's blocks; as many as there are cores.")
    ] = None,
    psnr: Annotated[bool, flag("--psnr", "Print the PSNR of the decoded pictures.")] = False,
    md5: Annotated[
        bool, flag("--md5", "Print the MD5 of the decoded pictures; put each one's into the stream.")
    ] = False,
    aud: Annotated[bool, flag("--aud", "Start every picture with an access unit delimiter.")] = False,
    repeat_headers: Annotated[
        bool,
        flag("--repeat-headers", "Send the parameter sets before every intra picture, for joining half-way."),
    ] = False,
    csv_path: Annotated[str | None, path_option("--csv", help="Write a line a picture to this file.")] = None,
    rc_plot: Annotated[
        str | None,
        path_option("--rc-plot", help="Write a page with bits, QP and buffer over time to this .html file."),
    ] = None,
    source: SourceOptions = SourceOptions(),
    common: CommonOptions = CommonOptions(),
) -> None:
    """Encode a video as HEVC, with or without the neural filter.

    Reads y4m, raw 4:2:0 (with --input-res) and, with the [video] extra, whatever FFmpeg reads.
    """
    common.apply()
    picture_filter = nnlf.make(md5=md5, threads=usable_cores() if threads is None else threads)
    vbv = rate.vbv()
    if rc_plot is not None:
        import_extra("plotly", "eval")  # before the work, not behind it
    with ExitStack() as stack:
        stack.enter_context(naming(input_))
        video = stack.enter_context(source.open(input_))
        info = video.info
        depth = internal_depth or info.bit_depth
        settings = {
            "size": f"{info.width}x{info.height}",
            "fps": info.fps,
            "depth": depth,
            "structure": structure,
        }
        settings |= {
            "gop": gop,
            "intra_period": intra_period,
            "closed_gop": closed_gop,
            "scene_cut": scene_cut,
            "adaptive_gop": adaptive_gop,
        }
        controller = stack.enter_context(rate.controller(depth, settings))
        stream = stack.enter_context(open_output(output))
        buffer = None if vbv is None else Buffer(vbv, float(info.fps))
        statistics = EncodeStatistics(psnr=psnr, md5=md5, buffer=buffer)
        encoder = Encoder(
            info.width,
            info.height,
            info.fps,
            rate_control=controller,
            structure=structure,
            gop=gop,
            intra_period=intra_period,
            open_gop=not closed_gop,
            adaptive_gop=adaptive_gop,
            scene_cut=scene_cut,
            bit_depth=info.bit_depth,
            internal_bit_depth=internal_depth,
            nnlf=picture_filter,
            nnlf_lambda=nnlf_lambda,
            md5=md5,
            aud=aud,
            repeat_headers=repeat_headers,
            sao=sao == "on",
            preset=preset,
            tools=dict(map(parse_tool, tool or ())),
        )
        progress = Progress(source.count(info.frames), info.fps, quiet=common.quiet)
        for packet in encode_frames(encoder, select_frames(video, source.skip, source.frames)):
            stream.write(packet.data)
            statistics.add(packet)
            progress.advance(8 * len(packet.data))
        if not progress.frames:
            raise ConfigError("no pictures to encode")
    if csv_path is not None:
        statistics.write_table(csv_path)
    if rc_plot is not None:
        with open_output(rc_plot) as page:
            page.write(render_rate_page(statistics.rows(), float(info.fps)).encode())
    progress.finish("encoded")
    for line in statistics.summary():
        progress.say(line)
