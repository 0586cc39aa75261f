# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""The page of a sweep: one HTML file that needs nothing else ([eval])."""

from __future__ import annotations

from importlib.resources import files

from inloop.evaluate.html_page import render_page
from inloop.evaluate.sweeps.page_data import Table


def render_sweep_page(data: Table) -> str:
    """Return the page of what `page_data` gave. Raises ModuleNotFoundError where the extra `eval` is missing."""
    return render_page(files("inloop.evaluate.sweeps").joinpath("page_files"), data["title"], data)
