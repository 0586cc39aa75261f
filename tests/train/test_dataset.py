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

import av
import torch
from train_standin import content

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
    planes = content(rng, 64, 96)
    with (folder / "waves.y4m").open("wb") as file:
        file.write(b"YUV4MPEG2 W96 H64 F30:1 C420\n")
        for shift in range(5):
            file.write(b"FRAME\n")
            for plane in planes:
                file.write(np.roll(plane, shift, 1).astype(np.uint8).tobytes())
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
    with av.open(str(sources / "photos" / "still.png"), "w") as container:
        stream = container.add_stream("png", rate=1, width=640, height=400, pix_fmt="rgb24")
        picture = av.VideoFrame.from_ndarray(
            np.vstack([photo.y, photo.u.reshape(100, 640), photo.v.reshape(100, 640)]), "yuv420p"
        )
        container.mux(stream.encode(picture.reformat(format="rgb24")))
        container.mux(stream.encode())
    config = config_of(sources, tmp_path, moving_photos=True)
    assert {job.source.name for job in jobs(config)} == {"waves.y4m", "still.png"}
    assert {job.source.name for job in jobs(replace(config, moving_photos=False))} == {"waves.y4m"}
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
