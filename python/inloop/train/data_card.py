# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""The card of training data: how it was coded, and from which sources under which licences."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from inloop.errors import ConfigError
from inloop.train.dataset import MANIFEST
from inloop.train.table_file import read_rows

SOURCES_TABLE = "SOURCES.tsv"
"""Tables in the folder of the sources and below it: columns ``file``, ``sha256``, ``licence``, ``origin_repo``."""


def render_data_card(folders: Sequence[Path], sources: Path, held_out: Sequence[str] = ()) -> str:
    """Return the card in Markdown.

    Args:
        folders: Folders made by the data step.
        sources: Folder of the sources, whose tables name origin and licence.
        held_out: Beginnings of names of sources that are kept out of training.

    Raises:
        ConfigError: No folder has a manifest.
    """
    rows = [(folder, row) for folder in folders for row in read_rows(folder / MANIFEST)]
    if not rows:
        raise ConfigError(
            "no data in " + ", ".join(map(str, folders)) + ": the data step writes manifests there"
        )
    known = {row["sha256"]: row for table in sorted(sources.rglob(SOURCES_TABLE)) for row in _read_tsv(table)}
    lines = ["# Training data", "", *_coded_table(rows), "", "Sources, by licence:", ""]
    lines += ["| source | origin | licence | pictures | sha256 |", "|---|---|---|---|---|"]
    pictures: Counter[tuple[str, str]] = Counter()
    for _, row in rows:
        pictures[row["source"], row["source_sha256"]] += int(row["pictures"])
    entries = []
    for (name, sha256), count in pictures.items():
        facts = known.get(sha256, {})
        use = f"{count}, held out" if held_out and name.startswith(tuple(held_out)) else str(count)
        entries.append(
            (facts.get("licence", "unknown"), name, facts.get("origin_repo", "unknown"), use, sha256)
        )
    lines += [
        f"| {n} | {origin} | {licence} | {use} | {sha} |" for licence, n, origin, use, sha in sorted(entries)
    ]
    return "\n".join(lines) + "\n"


def _coded_table(rows: Sequence[tuple[Path, dict[str, str]]]) -> list[str]:
    """One line a folder and way of coding."""
    lines = [
        "| folder | coded | filter in the loop | QPs | sources | pictures |",
        "|---|---|---|---|---|---|",
    ]
    kinds: dict[tuple[str, str, str], list[dict[str, str]]] = {}
    for folder, row in rows:
        coded = f"{row['encoder']} {row['structure']}, preset {row['preset']}"
        kinds.setdefault((folder.name, coded, row["nnlf"] or "none"), []).append(row)
    for (folder_name, coded, nnlf), members in kinds.items():
        qps = sorted({int(row["qp"]) for row in members})
        count = sum(int(row["pictures"]) for row in members)
        lines.append(
            f"| {folder_name} | {coded} | {nnlf} | {qps[0]} to {qps[-1]} | {len({r['source'] for r in members})} "
            f"| {count} |"
        )
    return lines


def _read_tsv(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter="\t"))
