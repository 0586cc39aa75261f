# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""`inloop encode`: a video in, an HEVC stream out."""

from __future__ import annotations

from typing import Annotated, Literal

from cyclopts import Parameter

from inloop.cli.exit_codes import naming
from inloop.cli.options import CommonOptions, SourceOptions, flag, parse_tool, path_option
from inloop.cli.progress import Progress
from inloop.cli.statistics import EncodeStatistics
from inloop.codec import Encoder
from inloop.codec.structure import StructureName
from inloop.errors import ConfigError
from inloop.io import open_output
from inloop.nnlf import PictureFilter, load_filter
from inloop.pipeline import encode_frames, select_frames


def encode(
    input_: Annotated[str, path_option("--input", "-i", help="Video to read; - is y4m from a pipe.")],
    *,
    output: Annotated[str, path_option("--output", "-o", help="Stream to write (.hevc); - is a pipe.")],
    qp: Annotated[int, Parameter(name=["--qp", "-q"], help="Quantisation parameter, 0 (best) to 51.")] = 32,
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
        Literal["auto", "on", "off"],
        Parameter(help="Sample adaptive offset; auto is on where the neural filter is off."),
    ] = "auto",
    nnlf: Annotated[str, Parameter(help="Neural filter: off, lop, or the path of a model.")] = "off",
    nnlf_mode: Annotated[
        Literal["loop", "post"], Parameter(help="Filter the reference pictures too, or the shown ones only.")
    ] = "loop",
    psnr: Annotated[bool, flag("--psnr", "Print the PSNR of the decoded pictures.")] = False,
    md5: Annotated[
        bool, flag("--md5", "Print the MD5 of the decoded pictures; put each one's into the stream.")
    ] = False,
    csv_path: Annotated[str | None, path_option("--csv", help="Write a line a picture to this file.")] = None,
    source: SourceOptions = SourceOptions(),
    common: CommonOptions = CommonOptions(),
) -> None:
    """Encode a video as HEVC, with or without the neural filter.

    Reads y4m, raw 4:2:0 (with --input-res) and, with the [video] extra, whatever FFmpeg reads.
    """
    common.apply()
    with naming(nnlf):
        picture_filter = None if nnlf == "off" else PictureFilter(load_filter(nnlf), mode=nnlf_mode, md5=md5)
    statistics = EncodeStatistics(psnr=psnr, md5=md5)
    with naming(input_), source.open(input_) as video, open_output(output) as stream:
        info = video.info
        encoder = Encoder(
            info.width,
            info.height,
            info.fps,
            qp=qp,
            structure=structure,
            gop=gop,
            intra_period=intra_period,
            open_gop=not closed_gop,
            scene_cut=scene_cut,
            bit_depth=info.bit_depth,
            internal_bit_depth=internal_depth,
            nnlf=picture_filter,
            md5=md5,
            sao={"auto": None, "on": True, "off": False}[sao],
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
    progress.finish("encoded")
    for line in statistics.summary():
        progress.say(line)
