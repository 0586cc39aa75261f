# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
from __future__ import annotations

import json

import numpy as np
import pytest

import inloop
from inloop import _core, diagnosis
from inloop.cli import main, version_text
from inloop.engine.model import Model


def test_json_says_what_the_library_says(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["inloop"] == inloop.__version__
    assert found["isas"] == inloop.supported_isas()
    assert found["isa"] == inloop.get_isa()
    assert found["isas_disagreeing"] == []
    assert found["library"] == inloop.get_library()


def test_text_names_every_instruction_set_once(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor"]) == 0
    lines = dict(line.split(maxsplit=1) for line in capsys.readouterr().out.splitlines())
    assert lines["ISAs"].startswith(f"{inloop.get_isa()} of {', '.join(inloop.supported_isas())}")
    assert "same integers" in lines["ISAs"]


def test_different_integers_are_an_error(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A session that is wrong on the highest instruction set is found."""
    worst = inloop.supported_isas()[-1]
    if worst == "scalar":
        pytest.skip("this machine runs scalar code only")
    real = Model.session

    class Off:
        def __init__(self, session: object) -> None:
            self.session = session

        def run(self, inputs: list[np.ndarray]) -> list[np.ndarray]:
            return [output + 1 for output in self.session.run(inputs)]

    def session(self: Model, height: int, width: int, isa: str = "") -> object:
        made = real(self, height, width, isa)
        return Off(made) if isa == worst else made

    monkeypatch.setattr("inloop.engine.model.Model.session", session)
    assert main(["doctor"]) != 0
    printed = capsys.readouterr()
    assert f"integers on {worst} differ" in printed.err
    assert "whose integers differ" in printed.out


def test_missing_instruction_sets_are_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(_core, "isas_missing_in_build", lambda: ["avx512"])
    assert "avx512, too, this build does not" in version_text()
    assert main(["doctor"]) == 0
    assert "not built    avx512" in capsys.readouterr().out


def test_extras_are_those_of_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    class Installed:
        requires = ("numpy>=1.26", "surely-missing>=1; extra == 'video'", 'numpy; extra == "eval"')

    monkeypatch.setattr(diagnosis, "distribution", lambda name: Installed)
    assert diagnosis._extras() == {"video": {"surely-missing": ""}, "eval": {"numpy": np.__version__}}
