# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""The page of a sweep: one HTML file that needs nothing else, drawn by plotly ([eval])."""

from __future__ import annotations

import json
from html import escape
from importlib.resources import files
from string import Template

from inloop.evaluate.sweeps.page_data import Table
from inloop.extras import import_extra


def render_sweep_page(data: Table) -> str:
    """Return the page of what `page_data` gave. Raises ModuleNotFoundError where the extra `eval` is missing."""
    folder = files("inloop.evaluate.sweeps").joinpath("page_files")
    parts = {name: folder.joinpath(name).read_text("utf-8") for name in ("page.html", "page.css", "page.js")}
    # A text in the data could end the script that it stands in.
    numbers = json.dumps(data, separators=(",", ":"), allow_nan=False).replace("</", "<\\/")
    return Template(parts["page.html"]).substitute(
        title=escape(data["title"]),
        style=parts["page.css"],
        plotly=import_extra("plotly.offline", "eval").get_plotlyjs(),
        data=numbers,
        script=parts["page.js"],
    )
