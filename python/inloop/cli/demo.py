# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""`inloop demo`: the filter on and off on the sample clip, with a table and a page."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from typing import Annotated

from cyclopts import Parameter

from inloop.cli.exit_codes import VerifyError
from inloop.cli.options import CommonOptions, path_option
from inloop.cli.progress import Progress
from inloop.data import SAMPLE_CLIP_CREDIT, sample_clip
from inloop.evaluate.comparison import COMMON_QPS, TABLE_HEAD, Comparison, compare_filter, table_row
from inloop.evaluate.peer import ffmpeg_md5
from inloop.evaluate.report import render_page
from inloop.evaluate.trial import Trial
from inloop.extras import import_extra
from inloop.io import open_output, open_video
from inloop.nnlf import load_filter
from inloop.nnlf.filter_model import FilterModel
from inloop.pipeline import select_frames
from inloop.text_table import format_table


def demo(
    *,
    output: Annotated[str, path_option("--output", "-o", help="Page to write.")] = "inloop-demo.html",
    frames: Annotated[
        int | None, Parameter(name=["--frames", "-n"], help="Pictures to code at most.")
    ] = None,
    common: CommonOptions = CommonOptions(),
) -> None:
    """Show what the filter does: encode and decode the sample clip at four QPs without and with it.

    Checks the MD5 of every decoded picture, prints a table and the BD-rate, and writes an HTML page with the
    curves and a picture before and after. Needs the [eval] extra; with [video], FFmpeg decodes the plain streams too.
    """
    common.apply()
    for module in ("bjontegaard", "matplotlib"):
        import_extra(module, "eval")
    model = load_filter("lop")
    with open_video(sample_clip()) as video, open_output(output) as page:
        fps = video.info.fps
        pictures = list(select_frames(video, 0, frames))
        progress = Progress(4 * len(COMMON_QPS) * len(pictures), fps, quiet=common.quiet)
        comparison = compare_filter(
            pictures, fps, model, keep_picture=len(pictures) - 1, on_picture=progress.advance
        )
        progress.clear()
        rows = [TABLE_HEAD, *(table_row(trial, _md5_verdict(trial)) for trial in comparison.trials)]
        print(format_table(rows))
        page.write(_render(comparison, model, rows).encode())
    if not all(trial.matches for trial in comparison.trials):
        raise VerifyError("decoded pictures differ from the encoder's")
    progress.say(f"page written to {output}")
    print(f"BD-rate Y: {comparison.bd_rates.y:.2f} %")


def _md5_verdict(trial: Trial) -> str:
    """Who decodes the stream to the encoder's reconstruction; FFmpeg is asked for plain HEVC only."""
    if not trial.matches:
        return "MISMATCH"
    if trial.settings.nnlf_mode is not None or find_spec("av") is None:
        return "equal"
    return "equal, FFmpeg too" if ffmpeg_md5(trial.stream) == trial.encoder_md5 else "FFmpeg DIFFERS"


def _render(comparison: Comparison, model: FilterModel, rows: Sequence[Sequence[str]]) -> str:
    rates = comparison.bd_rates
    last = (
        max(comparison.off, key=lambda trial: trial.settings.qp),
        max(comparison.on, key=lambda trial: trial.settings.qp),
    )
    notes = [
        f"BD-rate of the filter in the loop, Y {rates.y:.2f} %, U {rates.u:.2f} %, V {rates.v:.2f} %: so many fewer "
        f"bits for the same PSNR. {model.kmac_per_px:.1f} kMAC per pixel, low-delay P, {last[0].frames} pictures.",
        f"Sample clip: {SAMPLE_CLIP_CREDIT}.",
    ]
    captions = {
        f"QP {trial.settings.qp}, filter {trial.settings.nnlf_mode or 'off'}, {trial.bits} bits": trial.picture
        for trial in last
    }
    pictures = {caption: picture for caption, picture in captions.items() if picture is not None}
    curves = {"filter off": comparison.off, "filter in the loop": comparison.on}
    return render_page("A neural filter inside the prediction loop", notes, curves, rows, pictures)
