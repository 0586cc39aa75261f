# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""`inloop enhance`: a decoded video in, the same filtered out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import tee
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from inloop.cli.copy_options import CopyingOptions
from inloop.cli.early_end import EarlyEnd
from inloop.cli.exit_codes import naming
from inloop.cli.options import CommonOptions, SourceOptions, path_option, thread_count
from inloop.cli.output_options import PictureOutputOptions
from inloop.cli.progress import Progress
from inloop.enhance import Enhancer, helps, load_enhancer
from inloop.errors import ConfigError
from inloop.evaluate.metrics import PsnrMeter
from inloop.io import VideoReader, open_output, open_video, open_video_writer
from inloop.io.output import check_writable, refuse_overlap
from inloop.pipeline import select_frames
from inloop.video.frame import Frame

DEFAULT_MODEL = "enhance"


def enhance(
    input_: Annotated[str, path_option("--input", "-i", help="Decoded video to read; - is y4m from a pipe.")],
    *,
    output: Annotated[
        str,
        path_option(
            "--output",
            "-o",
            help="Video to write (.y4m, .yuv, or a container: .mkv, .mp4, .mov, .ts, .avi, .webm, .nut); - is a pipe.",
        ),
    ],
    form: PictureOutputOptions = PictureOutputOptions(),
    copying: CopyingOptions = CopyingOptions(),
    strength: Annotated[
        float,
        Parameter(
            help="How much of the network's correction is added, 0 to 2; 1 is what it was trained for."
        ),
    ] = 1.0,
    model: Annotated[
        str, path_option("--model", help="Network: a name of the package or the path of a model.")
    ] = DEFAULT_MODEL,
    reference: Annotated[
        str | None,
        path_option("--reference", help="The original: filter the pictures that come nearer to it only."),
    ] = None,
    flags: Annotated[
        str | None,
        path_option(
            "--flags", help="File of one 0 or 1 a picture: written with --reference, followed without."
        ),
    ] = None,
    threads: Annotated[
        int | None, Parameter(help="Pictures to filter at a time; as many as there are cores.")
    ] = None,
    source: SourceOptions = SourceOptions(),
    common: CommonOptions = CommonOptions(),
) -> None:
    """Filter a decoded video out of any loop, picture by picture.

    Reads y4m, raw 4:2:0 (with --input-res), HEVC and, with the [video] extra, whatever FFmpeg reads. Into a container
    an encoder of FFmpeg's codes the pictures; sound, subtitles, chapters and words of another one are copied.

    Example: inloop enhance decoded.mp4 -o better.mp4 -c:v libx264 --crf 16
    """
    common.apply()
    written = flags if reference is not None else None
    refuse_overlap(
        [input_, reference, model if Path(model).is_file() else None, None if written else flags],
        {"--output": output, "--flags": written},
    )
    check_writable([output, written])
    with naming(model):
        enhancer = Enhancer(load_enhancer(model), thread_count(threads), strength)
    end = EarlyEnd()
    given = None if flags is None or reference is not None else read_flags(flags)
    with ExitStack() as stack:
        stack.enter_context(naming(input_))
        video = copying.turned(stack.enter_context(source.open(input_)))
        original = (
            None if reference is None else stack.enter_context(_open_reference(reference, source, video))
        )
        container = form.container(output)
        surroundings = stack.enter_context(copying.surroundings(video, container, source, end))
        writer = stack.enter_context(
            open_video_writer(
                output,
                video.info,
                form.output_format,
                encoding=form.encoding(),
                surroundings=surroundings,
            )
        )
        progress = Progress(
            source.count(video.info.frames), video.info.fps, quiet=common.quiet, results_on=output
        )
        choice = _Choice(given, original if original is None else _selected(original, source))
        pictures = end.until(surroundings.timeline.recorded(_selected(video, source)))
        shown, filtered = tee(pictures)  # apart by a picture a thread at most
        with end.keeping_what_is_whole():
            for enhanced, frame in zip(enhancer.enhance_frames(filtered), shown, strict=False):
                writer.write(choice.choose(frame, enhanced))
                progress.advance()
        end.require(progress.frames, ConfigError("no pictures to filter"))
    if flags is not None and reference is not None:
        with open_output(flags) as file:
            file.write("".join(f"{used:d}\n" for used in choice.used).encode())
    progress.finish("filtered")
    for note in surroundings.notes():
        progress.warn(f"{input_}: {note}")
    for line in choice.summary():
        progress.say(line)
    with naming(input_):
        end.finish(progress.frames, output)


class _Choice:
    """Takes the filtered picture or leaves it: by flags, by the original, or always."""

    def __init__(self, flags: list[bool] | None, originals: Iterator[Frame] | None) -> None:
        self._flags, self._originals = flags, originals
        self._before, self._after = PsnrMeter(), PsnrMeter()
        self.used: list[bool] = []

    def choose(self, frame: Frame, enhanced: Frame) -> Frame:
        """Return the picture to show. Raises ConfigError where flags or originals have run out."""
        if self._originals is not None:
            original = next(self._originals, None)
            if original is None:
                raise ConfigError("the reference has fewer pictures than the input")
            used = helps(original, frame, enhanced)
            self._before.add(original, frame)
            self._after.add(original, enhanced if used else frame)
        elif self._flags is not None:
            if len(self.used) == len(self._flags):
                raise ConfigError(f"{len(self._flags)} flags for more pictures")
            used = self._flags[len(self.used)]
        else:
            used = True
        self.used.append(used)
        return enhanced if used else frame

    def summary(self) -> Iterator[str]:
        """Yield the lines to print at the end."""
        yield f"{sum(self.used)} of {len(self.used)} pictures filtered"
        if self._originals is not None:
            for name, meter in (("before", self._before), ("after", self._after)):
                psnr = meter.psnr()
                yield f"PSNR {name} Y {psnr.y:.3f}  U {psnr.u:.3f}  V {psnr.v:.3f} dB"


def read_flags(path: str) -> list[bool]:
    """Read a file of one 0 or 1 a picture. Raises ConfigError, OSError."""
    words = Path(path).read_text("utf-8", "replace").split()
    if not words or set(words) - {"0", "1"}:
        raise ConfigError(f"{path}: not a file of one 0 or 1 a picture")
    return [word == "1" for word in words]


def _selected(video: VideoReader, source: SourceOptions) -> Iterator[Frame]:
    return select_frames(video, source.skip, source.frames)


@contextmanager
def _open_reference(path: str, source: SourceOptions, video: VideoReader) -> Iterator[VideoReader]:
    """Open the original, which must have the size and depth of the video. Raises ConfigError."""
    with naming(path), open_video(path, source.raw_info()) as original:
        ours, wanted = (f"{i.width}x{i.height}, {i.bit_depth} bit" for i in (original.info, video.info))
        if ours != wanted:
            raise ConfigError(f"{path}: {ours}, the input has {wanted}")
        yield original
