# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Points name their files, and measure the same where these lie at other places."""

from __future__ import annotations

import shutil
from importlib.resources import files
from pathlib import Path

import pytest

from inloop import Frame
from inloop.cli.filter_options import FilterOptions
from inloop.evaluate.clips import Clip
from inloop.evaluate.codecs.coded import Codec
from inloop.evaluate.codecs.command_codec import CommandCodec
from inloop.evaluate.codecs.decoded_codec import DecodedCodec
from inloop.evaluate.codecs.ours import OurCodec
from inloop.evaluate.exchange import write_pictures
from inloop.evaluate.sweeps.measure import measure
from inloop.evaluate.sweeps.spec import EncoderSpec, PointSpec, SweepSpec
from inloop.evaluate.sweeps.versions import SweepVersions


def moved(spec: PointSpec, folder: Path) -> PointSpec:
    """Move all files of a point into folders of their own; return the point that finds them."""
    places = {}
    for number, bundle in enumerate(spec.bundles()):
        for path, name in zip(bundle.files, bundle.names, strict=True):
            (folder / f"{{{number}}}").mkdir(parents=True, exist_ok=True)
            places[path] = folder / f"{{{number}}}" / name
            shutil.move(path, places[path])
    return spec.at(places)


@pytest.fixture
def codecs(tmp_path: Path, moving_clip: Clip, moving_frames: list[Frame]) -> dict[str, Codec]:
    network = tmp_path / "mine.inl"
    network.write_bytes(files("inloop.nnlf").joinpath("models", "vlop.inl").read_bytes())
    write_pictures(tmp_path / f"{moving_clip.name}_32.y4m", moving_frames, moving_clip.info.fps)
    (tmp_path / "rates.csv").write_text(f"clip,value,bitrate_kbps\n{moving_clip.name},32,250\n")
    (tmp_path / f"{moving_clip.name}_32.bin").write_bytes(bytes(1000))
    decoded = "{clip}_{value}.y4m"
    return {
        "ours": OurCodec(preset="faster", nnlf=str(network)),
        "table": DecodedCodec(decoded, bitrates="rates.csv", folder=tmp_path),
        "stream": DecodedCodec(decoded, stream="{clip}_{value}.bin", folder=tmp_path),
    }


@pytest.mark.parametrize(("name", "count"), [("ours", 2), ("table", 3), ("stream", 3)])
def test_points_move(
    name: str, count: int, codecs: dict[str, Codec], moving_clip: Clip, tmp_path: Path
) -> None:
    pytest.importorskip("imageio_ffmpeg")
    clip = Clip(moving_clip.path, moving_clip.name, moving_clip.info, 3 if name == "ours" else None)
    spec = PointSpec(EncoderSpec("it", codecs[name], "qp", (32,)), clip, 32, ("psnr",))
    assert len(spec.bundles()) == count
    here = measure(spec).point
    there = measure(moved(spec, tmp_path / "elsewhere")).point
    assert (there.bits, there.quality, there.checks) == (here.bits, here.quality, here.checks)
    with pytest.raises(OSError, match="No such file"):
        spec.bundles()


def test_versions(moving_clip: Clip) -> None:
    pytest.importorskip("imageio_ffmpeg")
    program = CommandCodec("cp {input} {output}", "cp {input} {output}")
    encoders = (EncoderSpec("ours", OurCodec(), "qp", (32,)), EncoderSpec("copy", program, "qp", (32,)))
    found = SweepVersions.of(SweepSpec(encoders, (moving_clip,)))()
    assert list(found) == ["inloop", "FFmpeg", "cp"]
    assert found["inloop"].startswith("0.")
    assert found["FFmpeg"].startswith("FFmpeg ")
    assert found["cp"].startswith("SHA-256 ")


def test_the_filter_of_an_encode_moves(tmp_path: Path) -> None:
    network, gains = tmp_path / "mine.inl", tmp_path / "mine.skipping.json"
    network.write_bytes(files("inloop.nnlf").joinpath("models", "vlop.inl").read_bytes())
    assert FilterOptions(nnlf="vlop").bundles() == ()
    (alone,) = FilterOptions(nnlf=str(network)).bundles()
    assert alone.names == ("mine.inl",)
    gains.write_text("{}")
    (bundle,) = FilterOptions(nnlf=str(network)).bundles()
    assert bundle.names == ("mine.inl", "mine.skipping.json")
    assert bundle.digest != alone.digest
    assert bundle.is_here
    other = FilterOptions(nnlf=str(network)).at({network: Path("there/mine.inl")})
    assert other.nnlf == "there/mine.inl"
    gains.write_text("{ }")
    assert not bundle.is_here
