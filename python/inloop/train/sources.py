# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Clips and photographs in a folder, and what their pictures are called."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from inloop.errors import ConfigError

CLIP_SUFFIXES = (".avi", ".m4v", ".mkv", ".mov", ".mp4", ".webm", ".y4m")
PHOTO_SUFFIXES = (".jpeg", ".jpg", ".png", ".webp")
PHOTO_FOLDERS = "photos*"
_NOTES = (".csv", ".json", ".md", ".tsv", ".txt")
"""Files of which nobody expects that they are sources."""


@dataclass(frozen=True)
class Source:
    """A clip or a photograph.

    Attributes:
        path: The file.
        name: What its pictures are called: the file's stem, or more of its path where another source has that stem.
    """

    path: Path
    name: str


def _visible(folder: Path) -> list[Path]:
    """Files without hidden ones, such as macOS leaves beside others."""
    return [path for path in sorted(folder.iterdir()) if path.is_file() and not path.name.startswith(".")]


def clips_of(folder: Path) -> list[Path]:
    """Return the clips in a folder, by name."""
    return [path for path in _visible(folder) if path.suffix.lower() in CLIP_SUFFIXES]


def photos_of(folder: Path) -> list[Path]:
    """Return the photographs in the sub-folders ``photos*`` of a folder, by name."""
    folders = [path for path in sorted(folder.glob(PHOTO_FOLDERS)) if path.is_dir()]
    return [p for inside in folders for p in _visible(inside) if p.suffix.lower() in PHOTO_SUFFIXES]


def named(paths: Sequence[Path]) -> list[Source]:
    """Give every file a name of its own: ``x`` or, where stems are the same, ``x_mkv`` or ``photos_x_png``."""
    stems = Counter(path.stem for path in paths)
    files = Counter(path.name for path in paths)

    def name(path: Path) -> str:
        if stems[path.stem] == 1:
            return path.stem
        own = path.name.replace(".", "_")
        return own if files[path.name] == 1 else f"{path.parent.name}_{own}"

    return [Source(path, name(path)) for path in paths]


def find_sources(folder: Path, *, clips: bool, photos: bool) -> list[Source]:
    """Return the clips and photographs of a folder.

    Raises:
        ConfigError: It holds none.
    """
    found = named([*(clips_of(folder) if clips else []), *(photos_of(folder) if photos else [])])
    if not found:
        wanted = "clips" if clips else f"photographs in {PHOTO_FOLDERS}"
        suffixes = CLIP_SUFFIXES if clips else PHOTO_SUFFIXES
        raise ConfigError(f"{folder} holds no {wanted} ({', '.join(suffixes)})")
    return found


def unknown_files(folder: Path) -> list[str]:
    """Return the names of files in a folder that are neither clips nor notes."""
    known = CLIP_SUFFIXES + _NOTES
    return [path.name for path in _visible(folder) if path.suffix.lower() not in known]
