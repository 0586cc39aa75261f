# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""docs/bitstream.md: its parser equals the one in C++, and the worked example is what both read."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_payload import parameter_sets, size_of

from inloop import _core

WIDTH, HEIGHT = 416, 240


@pytest.fixture(scope="module")
def page(repo_dir) -> str:
    return (repo_dir / "docs" / "bitstream.md").read_text("utf-8")


def page_code(page: str) -> str:
    code = re.search(r"```python\n(.*?)```", page, re.DOTALL)
    assert code is not None
    return code[1]


@pytest.fixture(scope="module")
def parser(page: str) -> dict[str, Any]:
    names: dict[str, Any] = {}
    exec(page_code(page), names)
    return names


@pytest.fixture(scope="module")
def payloads(page: str) -> dict[int, bytes]:
    found = {
        int(n): bytes.fromhex(text) for n, text in re.findall(r"^payload (\d): ([0-9a-f \n]+)$", page, re.M)
    }
    assert sorted(found) == [1, 3, 5]
    return found


def rows_after(page: str, heading: str, columns: int) -> list[list[str]]:
    """The tables of so many columns below a heading, without their heads."""
    text = page.split(f"### {heading}\n")[1].split("\n### ")[0].split("\n## ")[0]
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line[:1] == "|"
    ]
    return [row for row in rows if len(row) == columns and not row[0].startswith(("-", "bits", "block"))]


@given(data=st.data())
def test_parser_equals_that_in_cpp(parser: dict[str, Any], data: st.DataObject) -> None:
    wanted = data.draw(parameter_sets(blocks=8))
    width, height = size_of(wanted)
    found = parser["parse"](wanted.serialise(width, height), width, height)
    assert found["model"] == (wanted.model or b"").hex()
    assert found["md5"] == (wanted.md5 and wanted.md5.hex())
    assert found["qp_offset"] == wanted.qp_offset[: wanted.candidates]
    assert found["persist"] == wanted.persist
    for name in ("post", "candidates", "scale_code", "min_edges", "block_size"):
        assert found[name] == getattr(wanted, name), name
    assert found.get("block_choice", []) == wanted.block_choice


def test_example_is_what_the_core_reads(parser: dict[str, Any], payloads: dict[int, bytes]) -> None:
    """The five pictures of the example, with what the page says of each."""
    track, before = _core.ParameterTrack(), None
    scales, flags = {}, {}
    for picture, temporal_id in ((1, 0), (2, 0), (3, 1), (4, 2), (5, 2)):
        payload = payloads.get(picture, b"")
        found = track.next(payload, WIDTH, HEIGHT, irap=picture == 1, temporal_id=temporal_id)
        assert found is not None
        assert (found.persist, found.post, found.candidates, found.min_edges) == (True, False, 1, 2)
        assert found.model.hex().startswith("7f1295e0")
        scales[picture] = [_core.filter_scale_of_code(code) for code in found.scale_code]
        flags[picture] = list(found.block_choice) if found.per_block else None
        if payload:
            before = parser["parse"](payload, WIDTH, HEIGHT, before)
            assert before["scale_code"] == found.scale_code
            assert before.get("block_choice") == flags[picture]
    weak = [240, 80, 80]
    assert scales == {1: [260, 230, 180], 2: [260, 230, 180], 3: weak, 4: weak, 5: weak}
    assert flags == {1: None, 2: None, 3: [1, 0, 0, 0, 1, 0, 0, 0], 4: None, 5: [1, 0, 0, 1, 1, 0, 1, 0]}


@pytest.mark.parametrize("picture", [1, 3, 5])
def test_tables_of_bits(page: str, payloads: dict[int, bytes], picture: int) -> None:
    """The bits of a table are those of the payload, and each value is what its bits say."""
    rows = rows_after(page, f"Picture {picture}", 3)
    bits = "".join(f"{byte:08b}" for byte in payloads[picture])
    written = ""
    for text, element, value in rows:
        if "..." in text:  # the model's name
            size = 4 * len(value)
            assert bits[len(written) :][:size] == f"{int(value, 16):0{size}b}"
            assert text == f"{bits[len(written) :][:8]} ... {bits[len(written) :][size - 8 : size]}"
            written += bits[len(written) :][:size]
            continue
        if re.fullmatch(r"-?\d+", value):
            assert int(text, 2) == int(value), element
        written += text
    assert written == bits


@pytest.mark.parametrize("picture", [3, 5])
def test_tables_of_arithmetic_decoding(
    page: str, parser: dict[str, Any], payloads: dict[int, bytes], picture: int
) -> None:
    names, seen = dict(parser), []

    class Traced(names["Arithmetic"]):
        def bin(self, context):
            before = [*context, self.range, self.offset]
            value = super().bin(context)
            seen.append([*before, value, *context])
            return value

    exec(page_code(page), names)
    names["Arithmetic"] = Traced
    settings = {"post": 0, "candidates": 1, "scale_code": [], "min_edges": 0, "qp_offset": [0]}
    names["parse"](payloads[picture], WIDTH, HEIGHT, settings)
    rows = rows_after(page, f"Picture {picture}", 11)
    assert len(rows) == len(seen) == 8
    for row, (state, mps, width, offset, value, next_state, next_mps) in zip(rows, seen, strict=True):
        assert row[4:6] == [f"{state}, {mps}", str(width)]
        assert int(row[6]) + int(row[7]) == width
        assert row[8:] == [str(offset), str(value), f"{next_state}, {next_mps}"]
