# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
import numpy as np
import pytest

pytest.importorskip("torch")

from train_standin import coded_picture

from inloop.nnlf import features
from inloop.train.samples import cut_patch, load_sample, pack_residual, save_picture
from need_testing import need_testing


@pytest.fixture
def stored(tmp_path):
    coded, original = coded_picture(np.random.default_rng(4), 144, 160)
    save_picture(tmp_path / "a.npz", coded, original, "clip")
    return coded, original, load_sample(tmp_path / "a.npz")


def test_patch_is_what_the_filter_stage_packs(stored):
    t = need_testing()
    coded, _, sample = stored
    inputs, _ = cut_patch(sample, 0, 0, 128)  # the first filter block
    for name, real in inputs.items():
        packed = t.filter_pack_feature(coded, name, 0, coded.slice_qp, features.INPUT_Q)
        if name == "qp_base":
            assert np.all(packed == packed[0, 0])
        np.testing.assert_array_equal(real * 2.0**features.INPUT_Q, packed, err_msg=name)


def test_target_leads_from_reconstruction_to_original(stored):
    coded, original, sample = stored
    _, target = cut_patch(sample, 16, 0, 112)
    residual = features.unpack_coefficients(np.rint(target * 2**14).astype(np.int32))
    for c, plane in enumerate(residual):
        area = np.s_[:112, 16:128] if c == 0 else np.s_[:56, 8:64]
        restored = (coded.rec[c][area].astype(np.int64) << 6) + plane
        np.testing.assert_array_equal(restored, original[c][area].astype(np.int64) << 6)


def test_target_of_six_channels_leads_to_the_original(stored):
    coded, original, sample = stored
    _, target = cut_patch(sample, 16, 0, 112, scale=2)
    assert target.shape == (56, 56, 6)
    residual = features.unpack_planes(np.rint(target * 2**14).astype(np.int32))
    for c, plane in enumerate(residual):
        area = np.s_[:112, 16:128] if c == 0 else np.s_[:56, 8:64]
        restored = (coded.rec[c][area].astype(np.int64) << 6) + plane
        np.testing.assert_array_equal(restored, original[c][area].astype(np.int64) << 6)


@pytest.mark.parametrize("flips", range(8))
def test_flipped_patch_equals_flipped_picture(stored, tmp_path, flips):
    coded, original, sample = stored

    def turn(a):
        a = a[:, ::-1] if flips & 1 else a
        a = a[::-1] if flips & 2 else a
        return a.T if flips & 4 else a

    inputs, target = cut_patch(sample, 0, 0, 128, flips)
    padded = [np.pad(p, 8 if c == 0 else 4) for c, p in enumerate(coded.rec)]
    windows = [p[:144, :144] if c == 0 else p[:72, :72] for c, p in enumerate(padded)]
    expected = features.pack_planes(*map(turn, windows), 8)
    np.testing.assert_array_equal(inputs["rec"] * 2.0**features.INPUT_Q, expected)
    difference = [o.astype(np.int32) - r for o, r in zip(original, coded.rec, strict=True)]
    inner = [turn(d[:128, :128] if c == 0 else d[:64, :64]) for c, d in enumerate(difference)]
    np.testing.assert_allclose(target * 1024, pack_residual(inner), atol=1e-3)
