# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""`inloop coolchic encode`: an image or a short clip in, a Cool-chic stream out."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import App, Parameter

from inloop.cli.exit_codes import naming
from inloop.cli.options import CommonOptions, SourceOptions, flag, path_option, thread_count
from inloop.cli.progress import Progress
from inloop.coolchic.encoder.options import Ablation, CoolchicStructure, EncoderOptions
from inloop.extras import import_extra
from inloop.io import open_output
from inloop.io.output import check_writable, refuse_overlap
from inloop.io.rgb_reader import RGB_SUFFIXES, read_rgb
from inloop.io.video import DEFAULT_FPS
from inloop.pipeline import select_frames
from inloop.video.frame import psnr_db

if TYPE_CHECKING:
    from inloop.coolchic.encoder.encode import Encoder
    from inloop.coolchic.encoder.picture import Format, Planes

coolchic_commands = App(
    name="coolchic",
    help="Encode Cool-chic streams; inloop decode and inloop info read them. Needs the [train] extra.",
    help_format="plaintext",
)


@Parameter(name="*", group="Research")
@dataclass(frozen=True, kw_only=True)
class AblationOptions:
    """What is kept constant, to learn what it is worth."""

    fixed_alpha: Annotated[
        bool, flag("--fixed-alpha", "Never code a part of a picture without its prediction.")
    ] = False
    fixed_beta: Annotated[
        bool, flag("--fixed-beta", "Let both references of a B picture count the same.")
    ] = False


@coolchic_commands.command
def encode(
    input_: Annotated[
        str, path_option("--input", "-i", help="Image (.png, .ppm) or video to read; - is y4m from a pipe.")
    ],
    *,
    output: Annotated[str, path_option("--output", "-o", help="Stream to write; - is a pipe.")],
    lmbda: Annotated[
        float, Parameter(help="Weight of the rate, usually 0.0001 (high quality) to 0.004.")
    ] = 1e-3,
    effort: Annotated[
        str,
        Parameter(
            help="Time a picture is worked on: draft (seconds), fast, medium (minutes), slow, published."
        ),
    ] = "fast",
    structure: Annotated[
        CoolchicStructure, Parameter(help="Clips: ra, with B pictures, or ldp, each picture from the last.")
    ] = "ra",
    gop: Annotated[
        int | None,
        Parameter(help="Distance of P pictures in ra, a power of two; the largest up to 32 that fits."),
    ] = None,
    networks: Annotated[str, Parameter(help="Networks of an image: small, medium or large.")] = "small",
    seed: Annotated[int, Parameter(help="Seed of all that is random.")] = 0,
    ablation: AblationOptions = AblationOptions(),
    psnr: Annotated[bool, flag("--psnr", "Print the PSNR of every plane over all pictures.")] = False,
    threads: Annotated[
        int | None,
        Parameter(
            ("--threads", "--jobs"),
            help="Pictures fitted at a time, each in a process; as many as there are cores. Any number gives the same "
            "stream.",
        ),
    ] = None,
    source: SourceOptions = SourceOptions(),
    common: CommonOptions = CommonOptions(),
) -> None:
    """Encode an image or a short clip as Cool-chic, by over-fitting networks to each picture.

    A stream is one group of pictures: 1, or for ra 1 more than a multiple of the gop, 256 at most. Finished pictures
    are kept in the folder OUTPUT.parts until all are; the same command goes on from there after an interruption.

    Example: inloop coolchic encode clip.y4m -o clip.bin --frames 17 --lmbda 0.001 --effort fast
    """
    common.apply()
    kept_constant = Ablation(ablation.fixed_alpha, ablation.fixed_beta)
    options = EncoderOptions(lmbda, effort, structure, gop, networks, kept_constant, seed)
    refuse_overlap([input_], {"--output": output})
    check_writable([output])
    import_extra("torch", "train")
    from inloop.coolchic.encoder.encode import Encoder

    with naming(input_):
        pictures, format_, fps = _read(input_, source)
        encoder = Encoder(pictures, format_, options, parts_folder(output))
    progress = Progress(len(pictures), fps, quiet=common.quiet, results_on=output)
    errors = _fit(encoder, pictures, thread_count(threads), progress, output)
    with open_output(output) as file:
        file.write(encoder.stream())
    encoder.forget()
    progress.finish("encoded")
    if psnr:
        for name, plane, error in zip("RGB" if format_.rgb else "YUV", pictures[0], errors, strict=True):
            value = psnr_db(error, plane.size * len(pictures), format_.bit_depth)
            progress.result(f"PSNR {name} {value:.3f} dB")


def parts_folder(output: str) -> Path | None:
    """Return where finished pictures of an encode are kept; None for an output that is no regular file."""
    path = Path(output)
    if output == "-" or (path.exists() and not path.is_file()):
        return None
    return path.with_name(path.name + ".parts")


def _read(input_: str, source: SourceOptions) -> tuple[list[Planes], Format, Fraction]:
    from inloop.coolchic.encoder.sources import planes_of_frames, planes_of_rgb

    if Path(input_).suffix.lower() in RGB_SUFFIXES:
        picture, format_ = planes_of_rgb(read_rgb(input_))
        return [picture], format_, DEFAULT_FPS
    with source.open(input_) as video:
        frames = list(select_frames(video, source.skip, source.frames))
        pictures, format_ = planes_of_frames(frames)
        return pictures, format_, video.info.fps


def _fit(
    encoder: Encoder, pictures: list[Planes], threads: int, progress: Progress, output: str
) -> list[int]:
    """Fit all pictures; return the squared errors of the planes over all of them."""
    from inloop.coolchic.encoder.picture import squared_errors

    errors = [0, 0, 0]
    found = 0
    try:
        for done in encoder.run(threads):
            found += done.kept
            own = squared_errors(pictures[done.display_index], done.planes)
            errors = [total + error for total, error in zip(errors, own, strict=True)]
            progress.advance(8 * len(done.data))
    except KeyboardInterrupt as interrupt:
        if type(interrupt) is not KeyboardInterrupt or parts_folder(output) is None:
            raise
        kept = f"{progress.frames} of {len(pictures)} pictures are kept in {parts_folder(output)}"
        raise KeyboardInterrupt(f"interrupted; {kept}: the same command goes on from there") from None
    if found:
        progress.say(f"{found} of {len(pictures)} pictures were there from an earlier run")
    return errors
