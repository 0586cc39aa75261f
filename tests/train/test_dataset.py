# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
import csv
import io
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("av")

import torch
from train_standin import content, write_clip, write_photo

from inloop.errors import ConfigError
from inloop.train.dataset import DataConfig, build, jobs, load_source
from inloop.train.moving_photo import WINDOW, CameraPath, sample_window
from inloop.train.samples import load_sample
from inloop.video.frame import Frame


@pytest.fixture
def sources(tmp_path):
    rng = np.random.default_rng(8)
    folder = tmp_path / "clips"
    folder.mkdir()
    write_clip(folder / "waves.y4m", rng)
    return folder


def config_of(sources, tmp_path, **more):
    return DataConfig(
        sources, tmp_path / "data", frames=5, qps=(27, 37), qps_per_source=2, preset="faster", **more
    )


def stored(folder):
    return {path.name: path.read_bytes() for path in sorted(folder.glob("*.npz"))}


def test_random_access_gives_intra_and_bi_predicted_pictures(sources, tmp_path):
    config = config_of(sources, tmp_path, keep_every=1)
    build(config, stream=io.StringIO())
    samples = [load_sample(path) for path in sorted(config.out.glob("*.npz"))]
    assert len(samples) == 10
    assert {s.slice_type for s in samples} == {"I", "B"}
    assert {s.source for s in samples} == {"waves"}
    with (config.out / "manifest.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert sorted((int(row["qp"]), int(row["pictures"])) for row in rows) == [(27, 5), (37, 5)]


def test_a_build_is_deterministic_and_goes_on_where_it_stopped(sources, tmp_path):
    config = config_of(sources, tmp_path)
    build(config, stream=io.StringIO())
    first = stored(config.out)
    manifest = config.out / "manifest.csv"
    lines = manifest.read_text().splitlines(keepends=True)
    manifest.write_text("".join(lines[:-1]))
    for path in config.out.glob("*.npz"):
        path.unlink()
    bar = io.StringIO()
    build(config, stream=bar)
    again = stored(config.out)
    assert again
    assert again.items() < first.items()  # only the job that was missing
    assert "2/2" in bar.getvalue()


def test_second_round_has_the_filter_in_the_loop(sources, tmp_path):
    plain = config_of(sources, tmp_path, keep_every=1)
    build(plain, stream=io.StringIO())
    looped = config_of(sources, tmp_path, keep_every=1, nnlf="lop", bit_depth=10)
    build(looped, stream=io.StringIO())
    names = {path.name for path in plain.out.glob("*_10bit_lop_*.npz")}
    assert len(names) == 10
    assert {load_sample(plain.out / name).bit_depth for name in names} == {10}


def test_pictures_may_come_from_the_middle_of_a_clip(sources, tmp_path):
    whole = config_of(sources, tmp_path)
    late = replace(whole, frames=2, begin=0.4)
    assert np.array_equal(
        load_source(sources / "waves.y4m", late)[0].y, load_source(sources / "waves.y4m", whole)[2].y
    )
    short_of_pictures = replace(whole, frames=4, begin=0.9)
    assert len(load_source(sources / "waves.y4m", short_of_pictures)) == 4
    assert {job.name for job in jobs(late)}.isdisjoint(job.name for job in jobs(whole))


@pytest.fixture
def photo():
    y, u, v = (plane.astype(np.uint8) for plane in content(np.random.default_rng(4), 400, 640))
    return Frame(y, u, v, 8)


def test_a_camera_moves_steadily_over_a_photograph(photo):
    path = CameraPath(1.0, (3.0, 2.0), 0.0, 0.0)
    planes = [torch.from_numpy(p.astype(np.float32))[None, None] for p in (photo.y, photo.u)]
    for time in (-4, 0, 5):  # whole samples: the window of the photograph itself
        seen = sample_window(planes[0], path.transform(time, 400, 640), *WINDOW, 8)
        y, x = (400 - WINDOW[0]) // 2 + 2 * time, (640 - WINDOW[1]) // 2 + 3 * time
        assert np.array_equal(seen, photo.y[y : y + WINDOW[0], x : x + WINDOW[1]])
    chroma = sample_window(planes[1], path.transform(2, 400, 640), WINDOW[0] // 2, WINDOW[1] // 2, 8)
    y, x = (200 - WINDOW[0] // 2) // 2 + 2, (320 - WINDOW[1] // 2) // 2 + 3
    assert np.array_equal(chroma, photo.u[y : y + WINDOW[0] // 2, x : x + WINDOW[1] // 2])


def test_moving_photographs_are_sources(sources, photo, tmp_path):
    (sources / "photos").mkdir()
    write_photo(sources / "photos" / "still.png", photo.planes)
    config = config_of(sources, tmp_path, moving_photos=True)
    assert {job.source.path.name for job in jobs(config)} == {"waves.y4m", "still.png"}
    assert {job.source.path.name for job in jobs(replace(config, moving_photos=False))} == {"waves.y4m"}
    assert {job.source.path.name for job in jobs(replace(config, clips=False))} == {"still.png"}
    clip = load_source(sources / "photos" / "still.png", config)
    assert [frame.y.shape for frame in clip] == [WINDOW] * config.frames
    changes = [np.abs(a.y.astype(int) - b.y).mean() for a, b in pairwise(clip)]
    assert min(changes) > 0.5
    again = load_source(sources / "photos" / "still.png", config)
    assert all(np.array_equal(a.y, b.y) for a, b in zip(clip, again, strict=True))


def test_a_folder_without_clips_is_an_error(tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(ConfigError, match="no clips"):
        list(jobs(DataConfig(tmp_path / "empty", tmp_path)))


def test_a_folder_without_photographs_is_an_error(sources, tmp_path):
    with pytest.raises(ConfigError, match=r"no photographs in photos\* \(.jpeg, .jpg, .png, .webp\)"):
        list(jobs(config_of(sources, tmp_path, moving_photos=True, clips=False)))


def test_photographs_come_from_every_folder_of_them(sources, tmp_path):
    for folder, name in (("photos", "a.png"), ("photos_more", "b.webp"), ("others", "c.png")):
        (sources / folder).mkdir()
        (sources / folder / name).touch()
    config = config_of(sources, tmp_path, structure="ai")
    assert {job.source.path.name for job in jobs(config)} == {"waves.y4m", "a.png", "b.webp"}


@pytest.mark.parametrize("size", [(400, 640), (256, 430), (200, 300)])
def test_a_camera_has_room_on_a_small_photograph(size):
    rng = np.random.default_rng(1)
    scales = [CameraPath.draw(rng, *size).scale for _ in range(200)]
    assert max(scales) <= 1
    room = min(size[0] * min(scales) / WINDOW[0], size[1] * min(scales) / WINDOW[1])
    assert room > 1.1 or min(scales) == 1


@pytest.mark.parametrize("structure", ["ra", "ai"])
def test_pictures_of_another_encoder_have_samples_only(sources, tmp_path, structure):
    pytest.importorskip("imageio_ffmpeg")
    config = config_of(sources, tmp_path, encoder="x264", structure=structure, keep_every=1)
    build(config, stream=io.StringIO())
    paths = sorted(config.out.glob("waves_x264_*.npz"))
    assert len(paths) == 10
    sample = load_sample(paths[-1])
    assert not sample.maps["bs"].any()
    np.testing.assert_array_equal(sample.planes["rec"][0], sample.planes["dbf"][0])
    inside = np.s_[8:-8, 8:-8]
    difference = sample.planes["rec"][0][inside].astype(int) - sample.planes["org"][0][inside]
    assert 0 < np.abs(difference).mean() < 12
