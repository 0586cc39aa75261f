// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

namespace inloop::nn {

bool is_utf8(const uint8_t* text, size_t size);

// Reads little-endian numbers. Past the end it returns zeros and remembers the failure.
class ByteReader {
 public:
  ByteReader(const uint8_t* data, size_t size) : at_(data), end_(data + size) {}
  bool failed() const { return failed_; }
  size_t left() const { return static_cast<size_t>(end_ - at_); }

  const uint8_t* take(size_t count) {
    if (failed_ || count > left()) {
      failed_ = true;
      return nullptr;
    }
    at_ += count;
    return at_ - count;
  }
  template <class T>
  T number() {
    T value{};
    if (const uint8_t* bytes = take(sizeof(T))) std::memcpy(&value, bytes, sizeof(T));
    return value;
  }
  int u8() { return number<uint8_t>(); }
  int i8() { return number<int8_t>(); }
  int u16() { return number<uint16_t>(); }
  std::string text(size_t count) {
    const uint8_t* bytes = take(count);
    if (bytes && !is_utf8(bytes, count)) failed_ = true;
    return bytes ? std::string(reinterpret_cast<const char*>(bytes), count) : std::string();
  }
  template <class T>
  void array(size_t count, std::vector<T>& out) {
    if (count > left() / sizeof(T)) {
      failed_ = true;
      return;
    }
    const uint8_t* bytes = take(count * sizeof(T));
    out.resize(count);
    if (count) std::memcpy(out.data(), bytes, count * sizeof(T));
  }

 private:
  const uint8_t* at_;
  const uint8_t* end_;
  bool failed_ = false;
};

}  // namespace inloop::nn
