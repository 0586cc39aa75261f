# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from inloop import BitstreamError, ConfigError, Frame
from inloop.io import VideoInfo, open_output, open_video, open_video_writer

INFO = VideoInfo(32, 16)
PICTURE = Frame.from_bytes(bytes(range(256)) * 3, 32, 16)


def test_raw_needs_its_size(tmp_path: Path) -> None:
    path = tmp_path / "a.yuv"
    path.write_bytes(PICTURE.to_bytes() * 2)
    with pytest.raises(ConfigError, match="size must be given"), open_video(path):
        pass
    with open_video(path, INFO) as video:
        assert [frame.to_bytes() for frame in video] == [PICTURE.to_bytes()] * 2
    with (
        pytest.raises(BitstreamError, match="inside picture 1"),
        open_video(path, VideoInfo(32, 18)) as video,
    ):
        list(video)


def test_writers_choose_by_extension(tmp_path: Path) -> None:
    for name, size in (
        ("a.yuv", 768),
        ("a.y4m", 768 + 6 + len("YUV4MPEG2 W32 H16 F25:1 Ip A1:1 C420mpeg2\n")),
    ):
        with open_video_writer(tmp_path / name, INFO) as writer:
            writer.write(PICTURE)
        assert (tmp_path / name).stat().st_size == size
    with pytest.raises(ConfigError, match=r"not as \.gif"), open_video_writer(tmp_path / "a.gif", INFO):
        pass


def test_output_is_whole_or_absent(tmp_path: Path) -> None:
    target = tmp_path / "a.yuv"
    target.write_bytes(b"before")
    with pytest.raises(KeyboardInterrupt), open_output(target) as stream:
        stream.write(b"half")
        raise KeyboardInterrupt
    assert target.read_bytes() == b"before"
    assert os.listdir(tmp_path) == ["a.yuv"]
    with open_output(target) as stream:
        stream.write(b"whole")
        assert target.read_bytes() == b"before"
    assert target.read_bytes() == b"whole"
    assert os.listdir(tmp_path) == ["a.yuv"]


def test_output_errors_name_the_target(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError) as caught, open_output(tmp_path / "no" / "a.yuv"):
        pass
    assert caught.value.filename == str(tmp_path / "no" / "a.yuv")
    with pytest.raises(IsADirectoryError), open_output(tmp_path):
        pass


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full on this system")
def test_full_device() -> None:
    with pytest.raises(OSError, match="No space") as caught, open_output("/dev/full") as stream:
        stream.write(bytes(1 << 20))
    assert caught.value.errno == errno.ENOSPC


def test_container_round_trip(tmp_path: Path) -> None:
    av = pytest.importorskip("av")
    path = tmp_path / "a.mkv"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("ffv1", rate=25)
        stream.width, stream.height, stream.pix_fmt = 32, 16, "yuv420p"
        picture = av.VideoFrame(32, 16, "yuv420p")
        for plane, source in zip(picture.planes, PICTURE.planes, strict=True):
            rows = [row.tobytes().ljust(plane.line_size, b"\0") for row in source]
            plane.update(b"".join(rows))
        container.mux(stream.encode(picture))
        container.mux(stream.encode(None))
    with open_video(path) as video:
        assert (video.info.width, video.info.height, video.info.fps) == (32, 16, 25)
        assert [frame.to_bytes() for frame in video] == [PICTURE.to_bytes()]
    path.write_bytes(b"this is no video" * 50)
    with pytest.raises(BitstreamError, match=r"a\.mkv"), open_video(path):
        pass


def test_missing_files_and_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a.mkv", "a.y4m", "a.y4m.xz"):
        with pytest.raises(FileNotFoundError), open_video(tmp_path / name):
            pass

    def without_av(name: str) -> None:
        raise ModuleNotFoundError(f"No module named {name!r}", name=name)

    monkeypatch.setattr("inloop.extras.import_module", without_av)
    (tmp_path / "a.mkv").write_bytes(b"x")
    with pytest.raises(ModuleNotFoundError, match=r"inloop\[video\]"), open_video(tmp_path / "a.mkv"):
        pass


def test_import_is_light() -> None:
    code = (
        "import sys, inloop, inloop.io; heavy = {'av', 'onnx', 'cyclopts', 'torch', 'plotly', 'matplotlib', 'scipy'};"
        "print(sorted(heavy & {name.partition('.')[0] for name in sys.modules}))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
