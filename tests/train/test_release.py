# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""What `train export` may call its files."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("torch")

from inloop.errors import ConfigError
from inloop.nnlf.registry import ENHANCERS, FILTERS, enhancer_names, filter_names
from inloop.train.__main__ import main
from inloop.train.release import check_name


@pytest.mark.parametrize("name", [*filter_names(), *enhancer_names()])
def test_export_refuses_names_of_the_package_before_it_works(name: str, tmp_path: Path) -> None:
    models = tmp_path / "models"
    command = ["export", str(tmp_path / "run"), str(tmp_path), "--name", name, "--models", str(models)]
    for more in ([], ["--package", str(tmp_path)]):
        with pytest.raises(ConfigError, match=f"'{name}' is a network of the package: choose another --name"):
            main([*command, *more])
    assert not models.exists()


def test_a_network_of_the_package_is_replaced_where_it_lies(tmp_path: Path) -> None:
    (tmp_path / FILTERS).mkdir()
    (tmp_path / FILTERS / "lop.inl").touch()
    check_name("lop", tmp_path)
    with pytest.raises(ConfigError, match="'vlop' is a network of the package"):
        check_name("vlop", tmp_path)
    with pytest.raises(ConfigError, match="'enhance' is a network of the package"):
        check_name("enhance", tmp_path / ENHANCERS)


@pytest.mark.parametrize("name", ["", "a/b", "."])
def test_names_that_are_none(name: str) -> None:
    with pytest.raises(ConfigError, match="cannot be the name of files"):
        check_name(name, None)


def test_export_needs_a_name(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["export", "run", "data"])
    assert "--name" in capsys.readouterr().err
