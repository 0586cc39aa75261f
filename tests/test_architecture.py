# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""The house: rooms of C++ and packages of Python depend one way only.

A room is a folder of `csrc/` that holds sources (kernels on all ISAs are one room). What a room may use is written
down once, in `csrc/CMakeLists.txt`; this test compares it with the includes.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest

Arrows = dict[str, set[str]]

# Sources without a header of their own are parts of what another header declares.
WITHOUT_HEADER = {
    "hevc/decoder/slice_coding_quadtree.cpp": "hevc/decoder/slice_decoder.h",
    "hevc/decoder/slice_prediction_unit.cpp": "hevc/decoder/slice_decoder.h",
    "hevc/decoder/slice_residual.cpp": "hevc/decoder/slice_decoder.h",
    "hevc/decoder/slice_transform.cpp": "hevc/decoder/slice_decoder.h",
    "hevc/encoder/search/intra_chroma.cpp": "hevc/encoder/search/intra_search.h",
    "hevc/encoder/search/publish.cpp": "hevc/encoder/search/search_state.h",
    "hevc/syntax/pps_parser.cpp": "hevc/syntax/parameter_sets_parser.h",
    "hevc/syntax/scaling_list_parser.cpp": "hevc/syntax/parameter_sets_parser.h",
    "hevc/syntax/short_term_rps_parser.cpp": "hevc/syntax/parameter_sets_parser.h",
    "hevc/syntax/sps_parser.cpp": "hevc/syntax/parameter_sets_parser.h",
    "hevc/syntax/vui_parser.cpp": "hevc/syntax/parameter_sets_parser.h",
    "nn/cpu/plan/layout.cpp": "nn/cpu/plan/plan.h",
    "nn/cpu/plan/schedule.cpp": "nn/cpu/plan/plan.h",
    "nn/cpu/plan/share_rows.cpp": "nn/cpu/plan/plan.h",
    "nn/cpu/plan/stripes.cpp": "nn/cpu/plan/plan.h",
    "nn/cpu/weights/pack.cpp": "nn/cpu/weights/packing.h",
    "nn/cpu/weights/pack_f32.cpp": "nn/cpu/weights/packing.h",
    "nn/cpu/weights/pack_winograd.cpp": "nn/cpu/weights/packing.h",
    "nn/graph/check.cpp": "nn/graph/graph.h",
    "nn/graph/shapes.cpp": "nn/graph/graph.h",
    "nn/cpu/run/row_elements.cpp": "nn/cpu/run/row_ops.h",
}
FACADE = "inloop"  # the root loads nothing but names everything, lazily


def circle(arrows: Mapping[str, Iterable[str]]) -> list[str]:
    """Return one circle of the arrows, or nothing."""
    done: set[str] = set()
    path: list[str] = []

    def visit(node: str) -> list[str]:
        if node in path:
            return [*path[path.index(node) :], node]
        if node in done:
            return []
        path.append(node)
        for target in sorted(arrows.get(node, ())):
            if found := visit(target):
                return found
        done.add(path.pop())
        return []

    for start in sorted(arrows):
        if found := visit(start):
            return found
    return []


def room_of(name: str) -> str:
    """Return the room of a source named from `csrc/`."""
    folders = name.split("/")[:-1]
    if "kernels" in folders:
        folders = folders[: folders.index("kernels") + 1]
    return "/".join(folders)


@pytest.fixture(scope="module")
def sources(repo_dir: Path) -> dict[str, str]:
    """The text of every C++ source and header, by its name from `csrc/`."""
    root = repo_dir / "csrc"
    files = [path for path in sorted(root.rglob("*")) if path.suffix in (".cpp", ".h")]
    return {str(path.relative_to(root)): path.read_text() for path in files}


@pytest.fixture(scope="module")
def rooms(sources: dict[str, str]) -> Arrows:
    """Which rooms each room includes headers of."""
    arrows: Arrows = {room_of(name): set() for name in sources}
    for name, text in sources.items():
        for included in re.findall(r'#include "([^"]+)"', text):
            target = room_of(included)
            assert target in arrows, f"{name} includes {included}: name headers from csrc/"
            if target != room_of(name):
                arrows[room_of(name)].add(target)
    return arrows


@pytest.fixture(scope="module")
def declared(repo_dir: Path) -> Arrows:
    """What `csrc/CMakeLists.txt` says that each room may use."""
    text = (repo_dir / "csrc" / "CMakeLists.txt").read_text()
    arrows: Arrows = {}
    for room, body in re.findall(r"^inloop_room\((\S+)(.*?)\)$", text, re.MULTILINE | re.DOTALL):
        uses = re.search(r"USES(.*?)SOURCES", body, re.DOTALL)
        arrows[room] = set(uses.group(1).split()) if uses else set()
    assert arrows
    return arrows


def reachable(arrows: Arrows, start: str) -> set[str]:
    found: set[str] = set()
    waiting = [start]
    while waiting:
        for target in arrows.get(waiting.pop(), set()) - found:
            found.add(target)
            waiting.append(target)
    return found


def test_rooms_have_no_circle(rooms: Arrows) -> None:
    assert not circle(rooms)


def test_rooms_use_what_they_declare(rooms: Arrows, declared: Arrows) -> None:
    assert not circle(declared)
    assert set(rooms) - set(declared) == {"bindings", "capi", "testing"}, "rooms without an entry"
    undeclared = {
        room: sorted(rooms[room] - reachable(declared, room))
        for room in declared
        if rooms[room] - reachable(declared, room)
    }
    assert not undeclared, "includes run against csrc/CMakeLists.txt"


def test_the_codec_knows_no_network(rooms: Arrows) -> None:
    for room in rooms:
        below = {target.split("/")[0] for target in reachable(rooms, room)}
        if room.startswith("hevc"):
            assert not below & {"nn", "nnlf", "hybrid"}, room
        if room.split("/")[0] in ("nn", "nnlf", "lookahead"):
            assert not below & {"hevc", "hybrid"}, room
        assert not below & {"bindings", "capi", "testing"} or room in ("bindings", "testing"), room


def test_sources_have_a_header_of_their_stem(sources: dict[str, str]) -> None:
    bare = {
        name
        for name in sources
        if name.endswith(".cpp")
        and f"{name[:-4]}.h" not in sources
        and "/kernels/" not in f"/{name}"
        and room_of(name) not in ("bindings", "testing", "capi")
    }
    assert bare == set(WITHOUT_HEADER)
    for name, header in WITHOUT_HEADER.items():
        assert f'#include "{header}"' in sources[name], f"{name} is no part of {header}"


def imports_of(path: Path, module: str) -> set[str]:
    """Return every module of inloop that a module imports, anywhere in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names if alias.name.split(".")[0] == "inloop"}
        elif isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "inloop":
            assert node.level == 0, f"{module}: relative import"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


@pytest.fixture(scope="module")
def modules(repo_dir: Path) -> Arrows:
    """Which modules each module imports, at the top, for types only or inside a function."""
    root = repo_dir / "python"
    paths = {
        ".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__"): path
        for path in sorted(root.rglob("*.py"))
    }
    arrows: Arrows = {}
    for module, path in paths.items():
        targets = set()
        for name in imports_of(path, module):
            while name not in paths and name != "inloop._core" and "." in name:
                name = name.rpartition(".")[0]
            targets.add(name)
        arrows[module] = targets - {module, FACADE, "inloop._core"}
    del arrows[FACADE]
    return arrows


def test_modules_have_no_circle(modules: Arrows) -> None:
    assert not circle(modules)


def test_packages_have_no_circle(modules: Arrows) -> None:
    def package(module: str) -> str:
        return ".".join(module.split(".")[:2])

    arrows: Arrows = {}
    for module, targets in modules.items():
        arrows.setdefault(package(module), set()).update(package(target) for target in targets)
    for name, targets in arrows.items():
        targets.discard(name)
    assert not circle(arrows)
