# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""`inloop play`: filtered video in a player that knows nothing of the filter."""

from __future__ import annotations

import shutil
import subprocess
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Annotated, BinaryIO, cast

from cyclopts import Parameter

from inloop.cli.exit_codes import naming
from inloop.cli.options import CommonOptions, SourceOptions, path_option
from inloop.errors import ConfigError, InloopError
from inloop.io.companions import CopyOptions
from inloop.io.orientation import upright
from inloop.io.surroundings import open_surroundings
from inloop.io.video_encoding import VideoEncoding, open_encoded_writer
from inloop.nnlf import load_any_filter
from inloop.pipeline import select_frames

_COMMANDS = {
    "ffplay": ("-loglevel", "error", "-autoexit", "-i", "pipe:0"),
    "mpv": ("--really-quiet", "-"),
}


def play(
    input_: Annotated[
        str, path_option("--input", "-i", help="Video to show: a stream, or what encode reads; - is a pipe.")
    ],
    *,
    player: Annotated[
        str | None, Parameter(help="ffplay or mpv, by name or path; the first that is installed.")
    ] = None,
    nnlf_model: Annotated[
        tuple[str, ...], Parameter(help="Model the stream may ask for, beside those of the package.")
    ] = (),
    source: SourceOptions = SourceOptions(),
    common: CommonOptions = CommonOptions(),
) -> None:
    """Show a video in ffplay or mpv, the neural filter applied.

    Decoding with the filter may be slower than the video: then it plays slower, or stops and goes. The player gets
    bare samples with their times, and the sound.

    Example: inloop play clip.mp4
    """
    common.apply()
    command = _command(player)
    with ExitStack() as stack:
        stack.enter_context(naming(input_))
        models = [load_any_filter(path) for path in nnlf_model]
        video = upright(stack.enter_context(source.open(input_, models)))
        options = CopyOptions(maps=() if video.container is None else ("a?",))
        around = stack.enter_context(
            open_surroundings(
                video.container,
                video.info.fps,
                "nut",
                options,
                skipped=source.skip > 0,
                is_cut=lambda: source.frames is not None,
            )
        )
        process = stack.enter_context(subprocess.Popen(command, stdin=subprocess.PIPE))
        pipe = cast(BinaryIO, process.stdin)
        pictures = 0
        try:
            with open_encoded_writer(pipe, video.info, "nut", VideoEncoding(), around) as writer:
                for frame in around.timeline.recorded(select_frames(video, source.skip, source.frames)):
                    writer.write(frame)
                    pictures += 1
            pipe.close()
        except BrokenPipeError:  # whoever looks at it closed the window
            with suppress(BrokenPipeError):
                pipe.close()
        if process.wait() != 0:
            raise InloopError(f"{command[0]} ended with exit code {process.returncode}")
    common.report(f"played {pictures} pictures")


def _command(player: str | None) -> list[str]:
    names = [player] if player is not None else list(_COMMANDS)
    for name in names:
        options = _COMMANDS.get(Path(name).stem)
        if options is None:
            raise ConfigError(f"--player {name}: ffplay and mpv are known")
        if (path := shutil.which(name)) is not None:
            return [path, *options]
    raise FileNotFoundError(f"{' and '.join(names)} are not installed: a player is needed")
