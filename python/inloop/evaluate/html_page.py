# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Pages that are one HTML file and need nothing else, drawn by plotly ([eval]); all have one style."""

from __future__ import annotations

import json
from collections.abc import Mapping
from html import escape
from importlib.resources import files
from importlib.resources.abc import Traversable
from string import Template
from typing import Any

from inloop.extras import import_extra


def render_page(folder: Traversable, title: str, data: Mapping[str, Any]) -> str:
    """Return a page.

    Args:
        folder: Holds `page.html`, what stands in the body behind the title, and `page.js`, that draws from the constant
            `data` with functions of `inloop/evaluate/page_files/common.js`.
        title: Of the page.
        data: What JSON can say; numbers are finite.

    Raises:
        ModuleNotFoundError: The extra `eval` is missing.
    """
    shared = files("inloop.evaluate").joinpath("page_files")
    scripts = [shared.joinpath("common.js"), folder.joinpath("page.js")]
    # A text in the data could end the script that it stands in.
    numbers = json.dumps(data, separators=(",", ":"), allow_nan=False).replace("</", "<\\/")
    return Template(shared.joinpath("frame.html").read_text("utf-8")).substitute(
        title=escape(title),
        body=folder.joinpath("page.html").read_text("utf-8"),
        style=shared.joinpath("page.css").read_text("utf-8"),
        plotly=import_extra("plotly.offline", "eval").get_plotlyjs(),
        data=numbers,
        script="".join(script.read_text("utf-8") for script in scripts),
    )
