# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
import csv

import numpy as np
import pytest

pytest.importorskip("torch")

import torch
from train_standin import coded_picture

from inloop.train.losses import squared_errors
from inloop.train.samples import save_picture
from inloop.train.trainer import TrainConfig, Trainer, collate, crop

SMALL = {
    "stem": 12,
    "luma": 10,
    "chroma": 6,
    "width": 20,
    "mid": 10,
    "blocks": 1,
    "chroma_width": 10,
    "chroma_mid": 5,
}


@pytest.fixture
def config(tmp_path):
    rng = np.random.default_rng(6)
    data = tmp_path / "data"
    data.mkdir()
    for i in range(3):
        coded, original = coded_picture(rng, qp=37, slice_type="IPP"[i])
        save_picture(data / f"{i}.npz", coded, original, f"clip{i}")
    return TrainConfig(
        data,
        tmp_path / "run",
        options=SMALL,
        budget_s=600,
        batch=4,
        patch=48,
        lr=5e-3,
        max_steps=60,
        log_s=1e9,
    )


def test_training_lowers_the_error_and_resumes(config):
    trainer = Trainer(config)
    trainer.fit()
    assert trainer.step == 60
    with (config.run / "log.csv").open() as file:
        assert float(next(csv.DictReader(file))["loss_gain"]) > 0
    again = Trainer(config)
    assert again.resume()
    assert again.step == 60
    for a, b in zip(trainer.average.parameters(), again.average.parameters(), strict=True):
        assert torch.equal(a, b)


def test_errors_are_those_of_the_sample_domain():
    rng = np.random.default_rng(2)
    from inloop.train.samples import pack_residual

    planes = [rng.normal(0, 1, s) for s in ((16, 16), (8, 8), (8, 8))]
    target = torch.from_numpy(pack_residual(planes) / 4)[None].permute(0, 3, 1, 2)
    errors = squared_errors(torch.zeros_like(target), target)[0].numpy()
    np.testing.assert_allclose(errors, [np.mean(p**2) for p in planes])


def test_crop_takes_the_middle():
    assert crop(torch.arange(6.0).view(1, 1, 1, 6).expand(1, 1, 6, 6), 2)[0, 0, 0].tolist() == [2, 3]


def test_collate_is_channels_first():
    part = ({"rec": np.zeros((4, 6, 6), np.float32)}, np.zeros((2, 3, 24), np.float32), np.ones(3))
    inputs, target, reference = collate([part, part])
    assert inputs["rec"].shape == (2, 6, 4, 6)
    assert target.shape == (2, 24, 2, 3)
    assert reference.shape == (2, 3)
