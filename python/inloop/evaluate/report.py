# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""A self-contained HTML page of a comparison: rate-distortion curves, table, before/after picture ([eval])."""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping, Sequence
from html import escape
from string import Template
from typing import Any

import numpy as np
import numpy.typing as npt

from inloop.evaluate.bdrate import RatePoint
from inloop.extras import import_extra
from inloop.video.frame import PLANE_NAMES, Frame

Curves = Mapping[str, Sequence[RatePoint]]


def render_page(
    title: str,
    notes: Sequence[str],
    curves: Curves,
    table: Sequence[Sequence[str]],
    pictures: Mapping[str, Frame],
) -> str:
    """Return the HTML page.

    Args:
        title: Heading of the page.
        notes: Paragraphs under the title.
        curves: Points by name of the curve.
        table: Rows of cells, the first row is the head.
        pictures: Two of equal size by caption, shown over each other with a slider.

    Raises:
        ModuleNotFoundError: The extra is missing.
    """
    return _PAGE.substitute(
        title=escape(title),
        notes="\n".join(f"<p>{escape(note)}</p>" for note in notes),
        plot=plot_curves(curves),
        table=_render_table(table),
        comparison=_render_comparison(pictures),
    )


def plot_curves(curves: Curves) -> str:
    """Return an SVG element with one diagram a plane: PSNR in dB over kbit/s."""
    figure_module = import_extra("matplotlib.figure", "eval")
    figure = figure_module.Figure(figsize=(13, 4.2), layout="constrained")
    for plane, axes in enumerate(figure.subplots(1, 3)):
        for name, points in curves.items():
            ordered = sorted(points, key=lambda point: point.bitrate_kbps)
            rates = [point.bitrate_kbps for point in ordered]
            axes.plot(rates, [point.psnr[plane] for point in ordered], marker="o", label=name)
        axes.set(title=PLANE_NAMES[plane].upper(), xlabel="kbit/s", ylabel="PSNR [dB]")
        axes.grid(alpha=0.3)
    figure.axes[0].legend()
    text = io.StringIO()
    figure.savefig(text, format="svg", metadata={"Date": None})
    svg = text.getvalue()
    return svg[svg.index("<svg") :]


def to_rgb(frame: Frame) -> npt.NDArray[np.uint8]:
    """Return the picture as RGB, shape (height, width, 3), by BT.601 in limited range."""
    return frame.to_rgb(matrix="smpte170m", full_range=False)


def to_png(frame: Frame) -> bytes:
    """Return the picture as a PNG file."""
    image: Any = import_extra("matplotlib.image", "eval")
    buffer = io.BytesIO()
    image.imsave(buffer, to_rgb(frame), format="png")
    return buffer.getvalue()


def _render_table(rows: Sequence[Sequence[str]]) -> str:
    head, *body = rows
    cells = "".join(f"<th>{escape(cell)}</th>" for cell in head)
    lines = [f"<tr>{cells}</tr>"]
    lines += ["<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in body]
    return "\n".join(lines)


def _render_comparison(pictures: Mapping[str, Frame]) -> str:
    images = []
    for caption, frame in pictures.items():
        data = base64.b64encode(to_png(frame)).decode("ascii")
        images.append(
            f'<figure><img alt="{escape(caption)}" src="data:image/png;base64,{data}">'
            f"<figcaption>{escape(caption)}</figcaption></figure>"
        )
    return "\n".join(images)


_PAGE = Template("""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>$title</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; max-width: 1100px; margin: 2em auto; padding: 0 1em; color: #222; }
svg { width: 100%; height: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: .25em .8em; border-bottom: 1px solid #ddd; text-align: right; }
#comparison { position: relative; width: 100%; }
#comparison figure { margin: 0; }
#comparison img { width: 100%; display: block; image-rendering: pixelated; }
#comparison figure + figure { position: absolute; inset: 0; clip-path: inset(0 0 0 var(--split, 50%)); }
#comparison figcaption { position: absolute; top: .4em; left: .6em; color: #fff; text-shadow: 0 0 4px #000; }
#comparison figure + figure figcaption { left: auto; right: .6em; }
input[type=range] { width: 100%; }
</style>
</head>
<body>
<h1>$title</h1>
$notes
$plot
<table>
$table
</table>
<h2>Before and after</h2>
<div id="comparison">
$comparison
</div>
<input type="range" min="0" max="100" value="50" aria-label="Border between the two pictures"
  oninput="document.getElementById('comparison').style.setProperty('--split', this.value + '%')">
</body>
</html>
""")
