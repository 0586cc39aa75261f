#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
#
# usage: bash tools/wheels.sh OUTPUT [PYTHON...]
#
# Makes wheels for x86-64 and aarch64 Linux that run on systems with glibc 2.17 or later, one of each for every
# interpreter given (python3 if none), with the compiler of the package `ziglang`. No compiler of the system is used; an
# aarch64 machine is not needed. INLOOP_WHEEL_ARCHITECTURES="x86_64" makes those alone.
set -euo pipefail
output=$(realpath -m "$1")
shift
cd "$(dirname "$0")/.."
[ $# -gt 0 ] || set -- python3
glibc=2.17
zig=ziglang==0.17.1
folder=$(mktemp -d)
trap '/bin/rm -rf "$folder"' EXIT
mkdir -p "$output"

# Copies Python's headers, because Debian's ask for a file of the architecture, which says the same on both.
copy_headers() { # PYTHON FOLDER
  local include config
  include=$("$1" -c 'import sysconfig; print(sysconfig.get_path("include"))')
  config=$("$1" -c 'import sysconfig; print(sysconfig.get_config_h_filename())')
  [ ! -f "/usr/include/x86_64-linux-gnu/${include##*/}/pyconfig.h" ] \
    || config=/usr/include/x86_64-linux-gnu/${include##*/}/pyconfig.h
  cp -r "$include" "$2"
  cp "$config" "$2/pyconfig.h"
}

for python in "$@"; do
  venv=$folder/$(basename "$python")
  "$python" -m venv "$venv"
  "$venv/bin/python" -m pip install --quiet --disable-pip-version-check $zig auditwheel build wheel
  abi=$("$venv/bin/python" -c 'import sysconfig; print(sysconfig.get_config_var("SOABI").split("-x86_64")[0])')
  headers=$folder/include-$abi
  copy_headers "$venv/bin/python" "$headers"
  for architecture in ${INLOOP_WHEEL_ARCHITECTURES:-x86_64 aarch64}; do
    export INLOOP_ZIG_PYTHON=$venv/bin/python INLOOP_ZIG_TARGET=$architecture-linux-gnu.$glibc
    export _PYTHON_HOST_PLATFORM=linux-$architecture
    /bin/rm -rf "$folder/dist"
    # Interpreters share a build folder an architecture, so that only the extension modules are compiled for each.
    "$venv/bin/python" -m build --wheel --outdir "$folder/dist" \
      -Ccmake.define.CMAKE_TOOLCHAIN_FILE="$PWD/tools/zig/toolchain.cmake" -Cinstall.strip=false \
      -Ccmake.define.PYTHON_MODULE_EXTENSION=".$abi-$architecture-linux-gnu.so" \
      -Ccmake.define.PYTHON_MODULE_DEBUG_POSTFIX= -Ccmake.define.Python_INCLUDE_DIR="$headers" \
      -Cbuild-dir="$folder/build-$architecture"
    # The tag is a promise; auditwheel looks whether the symbols keep it.
    "$venv/bin/python" -m auditwheel show "$folder"/dist/*.whl | tee "$folder/audit"
    grep -q "manylinux_${glibc/./_}_$architecture" "$folder/audit"
    "$venv/bin/python" -m wheel tags --remove "$folder"/dist/*.whl \
      --platform-tag "manylinux_${glibc/./_}_$architecture.manylinux2014_$architecture"
    cp "$folder"/dist/*.whl "$output/"
  done
done
ls -l "$output"
