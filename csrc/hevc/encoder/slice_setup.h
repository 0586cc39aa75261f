// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <map>
#include <vector>

#include "hevc/encoder/picture_request.h"
#include "hevc/encoder/sequence.h"

namespace inloop::hevc {

// The slice of a picture before anything of it is coded.
struct SliceSetup {
  SliceHeader header;  // complete except for its QP
  RefLists refs;
  SearchPlanes planes;
  std::vector<int> kept;  // POCs of the pictures that stay in the DPB, the references among them
};

// `references` holds, by POC, at least the references of the request.
SliceSetup make_slice(const Sequence& sequence, const PictureRequest& request,
                      const std::map<int, Reference>& references);

}  // namespace inloop::hevc
