# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""The folder of a sweep's results."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from inloop.evaluate.sweeps.beside import beside, published_csv
from inloop.evaluate.sweeps.demands import demands
from inloop.evaluate.sweeps.page import render_sweep_page
from inloop.evaluate.sweeps.page_data import page_data
from inloop.evaluate.sweeps.point import Point
from inloop.evaluate.sweeps.spec import SweepSpec
from inloop.evaluate.sweeps.store import PointStore
from inloop.evaluate.sweeps.summary import ClipRow
from inloop.evaluate.sweeps.tables import demands_csv, demands_latex, points_csv, rates_csv, rates_latex
from inloop.io import open_output

POINTS = "points.jsonl"


def write_report(
    folder: Path, spec: SweepSpec, points: Sequence[Point], rows: Sequence[ClipRow], store: PointStore
) -> None:
    """Write the tables and the page of a sweep into its folder.

    Args:
        folder: It is made if it is not there.
        spec: The sweep.
        points: Its points.
        rows: What `summarise` gave.
        store: Where the pictures of the points are.

    Raises:
        OSError: A file cannot be written.
        ModuleNotFoundError: The extra `eval` is missing.
    """
    folder.mkdir(parents=True, exist_ok=True)
    demanded = demands(points)
    texts = {
        "points.csv": points_csv(points),
        "bd_rates.csv": rates_csv(rows),
        "bd_rates.tex": rates_latex(rows, spec.encoders[0].name),
        "complexity.csv": demands_csv(demanded),
        "complexity.tex": demands_latex(demanded, points),
        "report.html": render_sweep_page(page_data(spec, points, rows, store)),
    }
    if spec.published:
        texts["published.csv"] = published_csv(beside(spec.published, points))
    for name, text in texts.items():
        with open_output(folder / name) as stream:
            stream.write(text.encode())
