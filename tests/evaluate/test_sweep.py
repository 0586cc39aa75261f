# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from inloop import ConfigError
from inloop.evaluate import sweep
from inloop.evaluate.sweep import SweepPoint, mean_rates, run_sweep, summarise
from inloop.evaluate.sweep_spec import EncoderSpec, read_spec

SPEC = """
clips = ["*.y4m"]
qps = [22, 27, 32, 37]
frames = 2
[encoders.off]
[encoders.lop]
nnlf = "lop"
"""


@pytest.fixture
def spec_path(tmp_path: Path) -> Path:
    for name in ("a.y4m", "b.y4m"):
        (tmp_path / name).touch()
    path = tmp_path / "spec.toml"
    path.write_text(SPEC)
    return path


def fake_measure(calls: list[int]) -> Callable[..., SweepPoint]:
    def measure(encoder: EncoderSpec, clip: Path, qp: int, frames: int | None) -> SweepPoint:
        calls.append(qp)
        rate = 2.0 ** (-qp / 6) * (0.9 if encoder.nnlf == "lop" else 1.0)
        quality = 60.0 - qp
        command = encoder.command(clip, qp, frames)
        return SweepPoint(
            encoder.name,
            clip.stem,
            qp,
            2,
            8,
            rate,
            quality,
            quality,
            quality,
            2.0,
            0.5,
            "x",
            "x",
            "",
            "avx2",
            "0",
            command,
        )

    return measure


def test_resumes_and_summarises(spec_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[int] = []
    monkeypatch.setattr(sweep, "measure", fake_measure(calls))
    spec = read_spec(spec_path)
    results = spec_path.with_suffix(".csv")
    interrupted = run_sweep(spec, results)
    first = [next(interrupted) for _ in range(5)]
    interrupted.close()
    points = list(run_sweep(spec, results))
    assert len(calls) == len(points) == 16
    assert points[:5] == first
    assert list(run_sweep(spec, results)) == points
    assert len(calls) == 16
    rows = summarise(points, "off")
    assert [(row.encoder, row.clip) for row in rows] == [("lop", "a"), ("lop", "b")]
    assert rows[0].rates == pytest.approx((-10,) * 5)
    assert rows[0].encode_fps == 1.0
    assert mean_rates(rows) == pytest.approx((-10,) * 5)


def test_commands_name_the_settings() -> None:
    command = EncoderSpec("x", "ai", "lop", "post").command(Path("far/away.y4m"), 27, 8)
    assert command == (
        "inloop encode away.y4m -o out.hevc --qp 27 --structure ai --preset medium "
        "--nnlf lop --nnlf-mode post --nnlf-skip 1 --frames 8"
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("clips = [", "spec.toml"),
        ('clips = ["*.mkv"]\n[encoders.off]', "no clip matches"),
        ('clips = ["*.y4m"]', "encoders"),
        ('clips = ["*.y4m"]\n[encoders]', "no encoders"),
        ('clips = ["*.y4m"]\n[encoders.off]\nspeed = 3', "encoders.off. has no speed: known are"),
        ('clips = ["*.y4m"]\nqp = [1]\n[encoders.off]', "the file has no qp: known are clips, qps"),
        ('clips = ["*.y4m"]\nqps = "22"\n[encoders.off]', "no list of numbers"),
        ('clips = ["*.y4m"]\n[encoders.off]\noptions = { spead = 1 }', "there is no option 'spead'"),
        ('clips = ["/no/such/*.y4m"]\n[encoders.off]', "no clip matches /no/such"),
    ],
)
def test_wrong_specifications(spec_path: Path, text: str, message: str) -> None:
    spec_path.write_text(text)
    with pytest.raises(ConfigError, match=message):
        read_spec(spec_path)


def test_forms_of_specifications(spec_path: Path) -> None:
    """A mark in front, a single pattern, an absolute one."""
    usual = read_spec(spec_path)
    folder = spec_path.parent
    for pattern in ("*.y4m", f"{folder}/*.y4m"):
        spec_path.write_text(f"\ufeffclips = '{pattern}'\n[encoders.off]\nstructure = 'ldp'", "utf-8")
        assert read_spec(spec_path).clips == usual.clips


def test_other_tables_are_refused(spec_path: Path) -> None:
    results = spec_path.with_suffix(".csv")
    results.write_text("a,b\n1,2\n")
    with pytest.raises(ConfigError, match="not a table"):
        list(run_sweep(read_spec(spec_path), results))


def test_rate_control_of_a_sweep(tmp_path: Path) -> None:
    (tmp_path / "a.y4m").touch()
    path = tmp_path / "spec.toml"
    table = '[encoders.crf]\ntarget = "crf"\nrate_control = { cutree = false, rc_complexity = "scene" }\n'
    path.write_text('clips = ["*.y4m"]\n' + table + "[encoders.qp]\nrate_control = { cutree = true }\n")
    crf, qp = read_spec(path).encoders
    options = crf.settings(27).rate_control
    assert options is not None
    assert (options.crf, options.qp, options.complexity.name) == (27, None, "scene")
    assert not options.blocks.cutree
    assert "--crf 27" in crf.command(tmp_path / "a.y4m", 27, None)
    assert "--no-cutree --rc-complexity scene" in crf.command(tmp_path / "a.y4m", 27, None)
    tree = qp.settings(30).rate_control
    assert tree is not None
    assert (tree.qp, tree.blocks.cutree) == (30, True)


@pytest.mark.parametrize(
    "encoder",
    [
        'target = "size"',
        'target = "crf"\nprogram = "x265"',
        "rate_control = { cutre = true }",
        'target = "bitrate"\nrate_control = { vbv_bufsize = 10, vbv_maxrate = 5 }',
    ],
)
def test_wrong_rate_control_of_a_sweep(tmp_path: Path, encoder: str) -> None:
    (tmp_path / "a.y4m").touch()
    path = tmp_path / "spec.toml"
    path.write_text(f'clips = ["*.y4m"]\n[encoders.one]\n{encoder}\n')
    with pytest.raises(ConfigError):
        read_spec(path)
