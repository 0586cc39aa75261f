#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
#
# usage: bash tools/sanitize.sh [--thread] [FOLDERS [TEST...]]
#
# Builds the core with AddressSanitizer and UBSan in some folders of csrc/ (default "base;nn"; ON for all of it) and runs
# tests with it (default: the engine's). With --thread, all of the core is built with ThreadSanitizer, and the tests are
# those of encoding and decoding in several threads. PYTHON names the interpreter, by default that of .venv; CMAKE_ARGS
# adds to cmake's.
set -euo pipefail
cd "$(dirname "$0")/.."
if [ "${1:-}" = --thread ]; then
  shift
  sanitizers=thread libraries="libtsan.so libstdc++.so" folders=${1:-ON}
  tests=(tests/base tests/hevc/test_loop_filters.py tests/hevc/test_wavefront.py tests/hevc/test_encoder_threads.py
    tests/hevc/test_hand_overs.py tests/coolchic/test_twin.py tests/nnlf/test_decision_rows.py tests/guard)
else
  sanitizers=address,undefined libraries="libasan.so libubsan.so libstdc++.so" folders=${1:-base;nn}
  tests=(tests/nn tests/convert tests/fuzz/test_damaged_models.py tests/test_sessions.py)
fi
[ $# -gt 1 ] && tests=("${@:2}")
python=${PYTHON:-.venv/bin/python}
build=build/sanitize-${sanitizers%%,*}

cmake -S . -B $build -G Ninja -DINLOOP_TESTING=ON -DINLOOP_SANITIZE="$folders" -DINLOOP_SANITIZERS=$sanitizers \
  -DPython_EXECUTABLE="$(realpath -s "$python")" -Dpybind11_DIR="$("$python" -m pybind11 --cmakedir)" ${CMAKE_ARGS:-} > /dev/null
cmake --build $build --target _core _testing
mkdir -p $build/package/inloop
find $build/package/inloop -type l -delete
ln -s "$PWD"/python/inloop/* $build/package/inloop/
rm -f $build/package/inloop/_core*.so $build/package/inloop/_testing*.so
cp -f $build/csrc/bindings/_core*.so $build/csrc/testing/_testing*.so $build/package/inloop/

# The interpreter is not instrumented: the run-time libraries come first, libstdc++ with them so that exceptions are theirs.
preload=$(for name in $libraries; do realpath "$(c++ -print-file-name=$name)"; done)
env LD_PRELOAD="${preload//$'\n'/:}" ASAN_OPTIONS=detect_leaks=0 UBSAN_OPTIONS=print_stacktrace=1 TSAN_OPTIONS=halt_on_error=1 \
  PYTHONMALLOC=malloc PYTHONPATH="$build/package" "$python" -m pytest -p no:cacheprovider "${tests[@]}"
