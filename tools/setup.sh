#!/bin/sh
# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
#
# usage: sh tools/setup.sh [EXTRAS]
#
# Builds inloop with the given extras ("video,eval" by default, "dev" for the tests) into the virtual environment
# .venv of this folder; "dev" brings inloop._testing, the extension that only tests use. What Debian or Ubuntu lack for
# that is installed first, if this user may.
# PYTHON names another interpreter than python3 (3.11 or later).
set -eu
cd "$(dirname "$0")/.."
extras=${1:-video,eval}
python=${PYTHON:-python3}

missing=""
command -v c++ >/dev/null || missing="$missing g++"
command -v "$python" >/dev/null || missing="$missing python3"
"$python" -c 'import ensurepip, venv' 2>/dev/null || missing="$missing python3-venv"
"$python" -c 'import os, sysconfig; os.stat(sysconfig.get_path("include") + "/Python.h")' 2>/dev/null \
  || missing="$missing python3-dev"
if [ -n "$missing" ]; then
  as_root=""
  [ "$(id -u)" = 0 ] || as_root=sudo
  if ! command -v apt-get >/dev/null || { [ -n "$as_root" ] && ! command -v sudo >/dev/null; }; then
    echo "Please install, under the names your system has for them:$missing" >&2
    exit 1
  fi
  $as_root apt-get update -q
  DEBIAN_FRONTEND=noninteractive $as_root apt-get install -q -y --no-install-recommends $missing
fi

[ -x .venv/bin/python ] || "$python" -m venv .venv
.venv/bin/python -m pip install --quiet --disable-pip-version-check --upgrade pip
case ",$extras," in
  *,dev,*) testing=ON ;;
  *) testing=OFF ;;
esac
.venv/bin/python -m pip install --disable-pip-version-check --config-settings=cmake.define.INLOOP_TESTING=$testing \
  ".[$extras]"
