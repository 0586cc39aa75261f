# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Model cards and the page of a training run, from what the run itself recorded."""

from __future__ import annotations

import platform
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch

from inloop.extras import import_extra
from inloop.train.dataset import MANIFEST
from inloop.train.table_file import read_rows

CURVE_ROWS = 8


def read_log(run: Path) -> list[dict[str, str]]:
    """Return the rows of a run's log."""
    return read_rows(run / "log.csv")


def render_card(
    name: str, facts: Mapping[str, object], run: Path, data: Sequence[Path], state: Mapping[str, Any]
) -> str:
    """Return the model card in Markdown.

    Args:
        name: Name of the model.
        facts: What its export found out: complexity, parameters, hashes, loss by quantisation.
        run: Folder of the run, for its log.
        data: Folders the run trained on, for their manifests.
        state: The checkpoint.
    """
    config = state["config"]
    rows = {
        "network": f"`{state['network']}` with {state['options'] or 'its defaults'}",
        **{key.replace("_", " "): value for key, value in facts.items()},
        "data": _describe_data(data),
        "held out": ", ".join(state["held_out"]),
        "schedule": f"{state['step']} steps of {config['batch']} patches of {config['patch']}x{config['patch']}, "
        f"learning rate {config['lr']}, {float(config['inter_share']):.0%} of the patches from P and B pictures, "
        f"loss Y:Cb:Cr {float(config['luma_weight']):g}:1:1",
        "machine": f"{config['device']} ({platform.machine()}), torch {torch.__version__}",
        "time": f"{state['elapsed_s'] / 60:.0f} minutes",
    }
    lines = [f"# {name}", "", "| | |", "|---|---|", *(f"| {key} | {value} |" for key, value in rows.items())]
    log = read_log(run)
    log = log[: -1 : max(1, len(log) // CURVE_ROWS)] + log[-1:]
    columns = [key for key in log[0] if key not in ("lr", "elapsed_s")]
    lines += [
        "",
        "PSNR gain in dB over the deblocked picture on whole pictures of held-out sources, at the best scale:",
        "",
    ]
    lines += ["| " + " | ".join(columns) + " |", "|---" * len(columns) + "|"]
    lines += ["| " + " | ".join(row[key] for key in columns) + " |" for row in log]
    return "\n".join(lines) + "\n"


def _describe_data(folders: Sequence[Path]) -> str:
    """One phrase a structure: pictures (held-out ones too), sources and QPs."""
    pictures: Counter[str] = Counter()
    sources: dict[str, set[str]] = {}
    qps: dict[str, set[int]] = {}
    for folder in folders:
        for row in read_rows(folder / MANIFEST):
            encoder = row.get("encoder", "inloop")
            coded = row["structure"] if encoder == "inloop" else f"{encoder} {row['structure']}"
            kind = f"{coded}, preset {row['preset']}" + (row["nnlf"] and ", filter in the loop")
            pictures[kind] += int(row["pictures"])
            sources.setdefault(kind, set()).add(row["source"])
            qps.setdefault(kind, set()).add(int(row["qp"]))
    return "; ".join(
        f"{kind}: {count} pictures of {len(sources[kind])} sources at QP {' '.join(map(str, sorted(qps[kind])))}"
        for kind, count in pictures.items()
    )


def render_page(log: Sequence[Mapping[str, str]]) -> str:
    """Return a self-contained HTML page of the learning curves ([eval]).

    Raises ModuleNotFoundError where the extra is missing.
    """
    objects = import_extra("plotly.graph_objects", "eval")
    steps = [int(row["step"]) for row in log]
    figure = objects.Figure()
    for key in log[0]:
        if key.endswith(("_y", "_c")):
            figure.add_trace(objects.Scatter(x=steps, y=[float(row[key]) for row in log], name=key))
    figure.update_layout(title="PSNR gain on held-out pictures", xaxis_title="step", yaxis_title="dB")
    return str(figure.to_html(include_plotlyjs=True, full_html=True))
