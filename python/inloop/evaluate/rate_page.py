# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""A self-contained HTML page of what rate control did: bits, QP and buffer over time ([eval])."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from inloop.extras import import_extra


def render_rate_page(rows: Sequence[Mapping[str, object]], fps: float) -> str:
    """Return the page. rows: a dictionary a picture, with the columns of `inloop encode --csv`, in coding order.

    The script library is inside the page, so that it opens without a network. Raises ModuleNotFoundError where the
    extra is missing.
    """
    subplots = import_extra("plotly.subplots", "eval")
    objects = import_extra("plotly.graph_objects", "eval")
    shown = sorted(rows, key=lambda row: int(str(row["picture"])))
    has_buffer = any(row["buffer_bits"] is not None for row in rows)
    titles = ["bits", "QP", *(["buffer in bits, in coding order"] if has_buffer else [])]
    figure = subplots.make_subplots(rows=len(titles), cols=1, shared_xaxes=True, subplot_titles=titles)
    for slice_type in ("I", "P", "B"):
        chosen = [row for row in shown if row["type"] == slice_type]
        if not chosen:
            continue
        time_s = [int(str(row["picture"])) / fps for row in chosen]
        bits = objects.Bar(x=time_s, y=[row["bits"] for row in chosen], name=slice_type)
        figure.add_trace(bits, row=1, col=1)
    qps = [float(str(row["mean_qp"])) for row in shown]
    time_s = [int(str(row["picture"])) / fps for row in shown]
    figure.add_trace(objects.Scatter(x=time_s, y=qps, name="mean QP", mode="lines+markers"), row=2, col=1)
    if has_buffer:
        coded_s = [position / fps for position in range(len(rows))]
        left = [row["buffer_bits"] for row in rows]
        figure.add_trace(objects.Scatter(x=coded_s, y=left, name="buffer"), row=3, col=1)
    figure.update_xaxes(title_text="seconds", row=len(titles), col=1)
    figure.update_layout(height=280 * len(titles), title="Rate control")
    return str(figure.to_html(include_plotlyjs=True, full_html=True))
