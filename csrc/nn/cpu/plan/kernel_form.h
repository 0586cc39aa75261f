// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "nn/cpu/plan/plan.h"

namespace inloop::nn {

// Returns how the kernel of a dense convolution steps. The buffers of the plan must be laid out.
KernelForm kernel_form(const Plan& plan, const Step& step);

}  // namespace inloop::nn
