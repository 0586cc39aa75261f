// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "nn/cpu/plan/plan.h"

namespace inloop::nn {

// How the kernel of a dense convolution steps; the plan's buffers must be laid out.
KernelForm kernel_form(const Plan& plan, const Step& step);

}  // namespace inloop::nn
