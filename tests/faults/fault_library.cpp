// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
//
// A library to preload that lets calls of the system and the allocator fail. A test arms it through ctypes: from the
// n-th call of a kind on, calls fail, or that one alone does. Without being armed it passes everything on.
//
// Allocations count where the thread does not hold Python's lock: the core lets go of it for all of its work, and what the
// bindings of pybind11 do when memory runs out is not ours.
//
// Writes and reads count only for regular files below a folder, so that pipes to the test itself are left alone.
// The first of all writes that fail writes half of its bytes before, as a disk does that fills up.

#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <atomic>
#include <new>

namespace {

enum Kind { kNothing, kWrite, kRead, kRename, kAllocation, kThread };

std::atomic<int> armed{kNothing};
std::atomic<long> calls{0}, live{0};
long first_failing = 0;
bool only_once = false;
int error_number = ENOSPC;
char folder[PATH_MAX];
thread_local bool halved = false;  // the failing write has written its first half

template <class Function>
Function next_of(const char* name) {
  return reinterpret_cast<Function>(dlsym(RTLD_NEXT, name));
}

// Counts a call of a kind; returns whether it is to fail.
bool fails(Kind kind) {
  if (armed.load(std::memory_order_relaxed) != kind) return false;
  const long call = ++calls;
  return only_once ? call == first_failing : first_failing > 0 && call >= first_failing;
}

bool is_watched(int descriptor) {
  if (armed.load(std::memory_order_relaxed) == kNothing) return false;
  struct stat status;
  if (fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode)) return false;
  char link[64], path[PATH_MAX];
  snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
  const ssize_t size = readlink(link, path, sizeof path - 1);
  return size > 0 && strncmp(path, folder, strlen(folder)) == 0;
}

bool write_fails(int descriptor) { return is_watched(descriptor) && fails(kWrite); }

bool read_fails(int descriptor) { return is_watched(descriptor) && fails(kRead); }

int failed() {
  errno = error_number;
  return -1;
}

bool allocation_fails() {
  static const auto holds_lock = reinterpret_cast<int (*)()>(dlsym(RTLD_DEFAULT, "PyGILState_Check"));
  if (armed.load(std::memory_order_relaxed) != kAllocation) return false;
  return !(holds_lock && holds_lock()) && fails(kAllocation);
}

void* allocate(size_t size, size_t alignment) {
  if (allocation_fails()) throw std::bad_alloc();
  void* pointer = nullptr;
  if (posix_memalign(&pointer, alignment, size ? size : 1) != 0) throw std::bad_alloc();
  ++live;
  return pointer;
}

void release(void* pointer) {
  if (!pointer) return;
  --live;
  free(pointer);
}

}  // namespace

#define EXPORTED extern "C" __attribute__((visibility("default")))

EXPORTED void fault_arm(int kind, long first, int once, int error, const char* below) {
  first_failing = first;
  only_once = once != 0;
  error_number = error;
  halved = false;
  snprintf(folder, sizeof folder, "%s", below);
  calls = 0;
  armed = kind;
}

// Returns how many calls were counted since fault_arm().
EXPORTED long fault_disarm() {
  armed = kNothing;
  return calls;
}

// Returns how many allocations of operator new are not released.
EXPORTED long fault_live() { return live; }

EXPORTED ssize_t write(int descriptor, const void* data, size_t size) {
  static const auto next = next_of<ssize_t (*)(int, const void*, size_t)>("write");
  if (!write_fails(descriptor)) return next(descriptor, data, size);
  if (halved || only_once || size < 2) return failed();
  halved = true;
  return next(descriptor, data, size / 2);
}

EXPORTED ssize_t writev(int descriptor, const struct iovec* parts, int count) {
  static const auto next = next_of<ssize_t (*)(int, const struct iovec*, int)>("writev");
  return write_fails(descriptor) ? failed() : next(descriptor, parts, count);
}

EXPORTED ssize_t pwrite64(int descriptor, const void* data, size_t size, off_t offset) {
  static const auto next = next_of<ssize_t (*)(int, const void*, size_t, off_t)>("pwrite64");
  return write_fails(descriptor) ? failed() : next(descriptor, data, size, offset);
}

EXPORTED size_t fwrite(const void* data, size_t size, size_t count, FILE* file) {
  static const auto next = next_of<size_t (*)(const void*, size_t, size_t, FILE*)>("fwrite");
  if (!write_fails(fileno(file))) return next(data, size, count, file);
  (void)failed();
  return 0;
}

EXPORTED ssize_t read(int descriptor, void* data, size_t size) {
  static const auto next = next_of<ssize_t (*)(int, void*, size_t)>("read");
  return read_fails(descriptor) ? failed() : next(descriptor, data, size);
}

EXPORTED int rename(const char* from, const char* to) {
  static const auto next = next_of<int (*)(const char*, const char*)>("rename");
  const bool watched = strncmp(to, folder, strlen(folder)) == 0;
  return watched && fails(kRename) ? failed() : next(from, to);
}

EXPORTED int pthread_create(pthread_t* thread, const pthread_attr_t* attributes, void* (*start)(void*),
                            void* argument) {
  static const auto next =
      next_of<int (*)(pthread_t*, const pthread_attr_t*, void* (*)(void*), void*)>("pthread_create");
  return fails(kThread) ? EAGAIN : next(thread, attributes, start, argument);
}

EXPORTED void* aligned_alloc(size_t alignment, size_t size) {
  if (allocation_fails()) return nullptr;
  void* pointer = nullptr;
  return posix_memalign(&pointer, alignment, size) == 0 ? pointer : nullptr;
}

void* operator new(size_t size) { return allocate(size, alignof(max_align_t)); }
void* operator new[](size_t size) { return allocate(size, alignof(max_align_t)); }
void* operator new(size_t size, std::align_val_t alignment) {
  return allocate(size, static_cast<size_t>(alignment));
}
void* operator new[](size_t size, std::align_val_t alignment) {
  return allocate(size, static_cast<size_t>(alignment));
}
void operator delete(void* pointer) noexcept { release(pointer); }
void operator delete[](void* pointer) noexcept { release(pointer); }
void operator delete(void* pointer, size_t) noexcept { release(pointer); }
void operator delete[](void* pointer, size_t) noexcept { release(pointer); }
void operator delete(void* pointer, std::align_val_t) noexcept { release(pointer); }
void operator delete[](void* pointer, std::align_val_t) noexcept { release(pointer); }
void operator delete(void* pointer, size_t, std::align_val_t) noexcept { release(pointer); }
void operator delete[](void* pointer, size_t, std::align_val_t) noexcept { release(pointer); }
