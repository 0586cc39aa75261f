#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
#
# usage: bash tools/fuzz.sh HOURS [TARGET...]
#
# Builds the fuzz targets with clang, AddressSanitizer and UBSan in build/fuzz, and runs them one after the other, each for
# its share of the time; then what Python reads, and our decoder against FFmpeg's, on changed streams and (`syntax`, which needs
# a build with INLOOP_TESTING) on such of random syntax. What is new in coverage lies in
# build/fuzz/NAME, minimised; what was found lies in build/fuzz/findings, and the script ends with 1. PYTHON names the
# interpreter, by default that of .venv; CXX the compiler, by default clang++.
set -euo pipefail
cd "$(dirname "$0")/.."
hours=${1:?usage: bash tools/fuzz.sh HOURS [TARGET...]}
shift
targets=("$@")
[ $# -gt 0 ] || targets=(payload headers decoder model coolchic onnx sadl y4m stream container ffmpeg syntax)
python=$(realpath -s "${PYTHON:-.venv/bin/python}")
build=$PWD/build/fuzz
share_s=$(awk "BEGIN { print int($hours * 3600 / ${#targets[@]}) }")
mkdir -p "$build/findings"

build_target() {
  cmake -S . -B "$build" -G Ninja -DINLOOP_FUZZ=ON -DINLOOP_SANITIZE=ON -DINLOOP_PYTHON=OFF \
    -DCMAKE_CXX_COMPILER="${CXX:-clang++}" > /dev/null
  cmake --build "$build" --target "fuzz_$1"
}

fuzz_core() {
  local corpus=tests/fuzz/corpus_$1
  build_target "$1"
  mkdir -p "$build/$1"
  "$build/fuzz_$1" "$build/$1" "$corpus" -max_total_time="$share_s" -timeout=25 -rss_limit_mb=3000 -max_len=4096 -entropic=0 \
    -artifact_prefix="$build/findings/$1_" -print_final_stats=1 2>&1 | grep -E "stat::|ERROR|SUMMARY"
  # What the corpus in the repository covers is left out.
  rm -rf "$build/$1.small"
  mkdir "$build/$1.small"
  "$build/fuzz_$1" -merge=1 "$build/$1.small" "$corpus" "$build/$1" 2> /dev/null
  rm -rf "$build/$1"
  mv "$build/$1.small" "$build/$1"
}

failed=0
for target in "${targets[@]}"; do
  echo "== $target for $share_s s"
  case $target in
    onnx | sadl | y4m | stream | container)
      (cd "$build/findings" && "$python" "$OLDPWD/tests/fuzz/fuzz_front_ends.py" "$target" "$share_s" "$RANDOM") || failed=1
      ;;
    ffmpeg)
      (cd "$build/findings" && "$python" "$OLDPWD/tests/fuzz/against_ffmpeg.py" $((share_s * 200)) "$RANDOM") || failed=1
      ;;
    syntax)
      (cd "$build/findings" && "$python" "$OLDPWD/tests/fuzz/random_syntax.py" "$share_s" "$RANDOM") || failed=1
      ;;
    *)
      fuzz_core "$target" || failed=1
      ;;
  esac
done
[ -z "$(ls "$build/findings")" ] || failed=1
exit $failed
