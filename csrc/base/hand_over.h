// SPDX-FileCopyrightText: 2026 The inloop authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

namespace inloop {

// Marks a place where work passes from one thread to another: a test of a build with INLOOP_TESTING has threads stop
// there, so that they meet in orders that are rare otherwise. Other builds do nothing here.
#ifdef INLOOP_TESTING
void at_hand_over();

// Has threads stop at random, at every second hand-over, for up to so many microseconds; 0 ends that.
void delay_hand_overs(int longest_us);

// Returns at how many hand-overs threads have stopped.
long delayed_hand_overs();
#else
inline void at_hand_over() {}
#endif

}  // namespace inloop
