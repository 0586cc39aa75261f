# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""`inloop.Model` and its sessions: zero-copy arrays, DLPack, threads, blocks, tables and profiles."""

from __future__ import annotations

import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from nn_networks import GraphBuilder, random_inputs, two_outputs

import inloop
from inloop import _core
from inloop.convert import onnx_to_compact
from inloop.engine.model import Model
from inloop.engine.thread_pool import ThreadPool
from inloop.errors import ConfigError


@pytest.fixture(scope="module")
def model() -> Model:
    return Model(onnx_to_compact(two_outputs()))


def blocks_of(model: Model, count: int, height: int = 8, width: int = 6) -> list[np.ndarray]:
    rng = np.random.default_rng(7)
    shapes = [(count, height, width, info.channels) for info in model.inputs]
    return [rng.integers(-8192, 8192, shape, np.int16) for shape in shapes]


class TestSession:
    def test_outputs_are_written_in_place(self, model: Model) -> None:
        session, inputs = model.session(8, 6), blocks_of(model, 1)
        expected = session.run(inputs)
        out = [np.zeros(shape, np.int16) for shape in session.output_shapes]
        returned = session.run(inputs, out=out)
        for given, result, array in zip(out, returned, expected, strict=True):
            assert np.shares_memory(given, result)
            np.testing.assert_array_equal(given, array)
        flat = np.zeros(out[0].shape[1:], np.int16)
        names = [info.name for info in model.outputs]
        session.run(inputs, out={names[1]: out[1], names[0]: flat})
        np.testing.assert_array_equal(flat, expected[0][0])

    def test_inputs_are_read_in_place(self, model: Model) -> None:
        """A view into a larger array, changed between runs: what the session reads is that memory."""
        session = model.session(8, 6)
        store = [np.zeros((4, *array.shape[1:]), np.int16) for array in blocks_of(model, 1)]
        views = [array[2] for array in store]
        before = session.run(views)
        for view in views:
            view[...] = 1000
        after = session.run(views)
        assert not np.array_equal(before[0], after[0])
        checked = session.signature.read(views, 1, 8, 6)
        assert all(np.shares_memory(a, b) for a, b in zip(checked, store, strict=True))

    def test_other_layouts_are_copied(self, model: Model) -> None:
        session, inputs = model.session(8, 6), blocks_of(model, 1)
        strided = [np.asfortranarray(array) for array in inputs]
        np.testing.assert_array_equal(session.run(strided)[0], session.run(inputs)[0])

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            (lambda out, _: [out[0]], "1 outputs given"),
            (lambda out, _: [out[0].astype(np.int32), out[1]], "is int32, must be int16"),
            (lambda out, _: [out[0][:, 1:], out[1]], "has shape"),
            (lambda out, _: [np.asfortranarray(out[0]), out[1]], "C-contiguous"),
            (lambda out, _: [np.broadcast_to(np.int16(0), out[0].shape), out[1]], "C-contiguous"),
            (
                lambda out, _: [out[0], np.frombuffer(out[0], np.int16)[:72].reshape(1, 4, 3, 6)],
                "shares memory",
            ),
            (lambda out, _: {"x": out[0], "y": out[1]}, "the network has"),
            (lambda out, _: 7, "must be a list"),
        ],
    )
    def test_wrong_outputs(self, model: Model, change, message: str) -> None:
        session, inputs = model.session(8, 6), blocks_of(model, 1)
        out = [np.zeros(shape, np.int16) for shape in session.output_shapes]
        with pytest.raises(ConfigError, match=message):
            session.run(inputs, out=change(out, inputs))

    def test_an_output_may_not_be_an_input(self) -> None:
        g = GraphBuilder()
        small = Model(onnx_to_compact(g.build(g.node("Relu", [g.input("x", 3)]))))
        array = np.zeros((1, 5, 5, 3), np.int16)
        with pytest.raises(ConfigError, match="shares memory with an input"):
            small.session(5, 5).run([array], out=[array])

    def test_threads_that_share_a_session_take_turns(self, model: Model) -> None:
        session = model.session(40, 40)
        sets = [random_inputs(model, 40, 40, seed) for seed in range(6)]
        expected = [session.run(inputs)[0] for inputs in sets]

        def work(index: int) -> None:
            for _ in range(20):
                np.testing.assert_array_equal(session.run(sets[index])[0], expected[index])

        with ThreadPoolExecutor(6) as pool:
            list(pool.map(work, range(6)))


class Exporter:
    """Memory that only speaks DLPack."""

    def __init__(self, array: np.ndarray) -> None:
        self.array = array

    def __dlpack__(self, **options: object) -> object:
        return self.array.__dlpack__(**options)

    def __dlpack_device__(self) -> tuple[int, int]:
        return self.array.__dlpack_device__()


class Elsewhere(Exporter):
    """The same on a device that is not the CPU."""

    def __dlpack__(self, **options: object) -> object:
        raise BufferError("not in CPU memory")


class TestDlpack:
    def test_objects_with_dlpack_are_read_and_written(self, model: Model) -> None:
        session, inputs = model.session(8, 6), blocks_of(model, 1)
        expected = session.run(inputs)
        out = [np.zeros(shape, np.int16) for shape in session.output_shapes]
        session.run([Exporter(array) for array in inputs], out=[Exporter(array) for array in out])
        for a, b in zip(out, expected, strict=True):
            np.testing.assert_array_equal(a, b)
            np.testing.assert_array_equal(np.from_dlpack(b), b)

    def test_what_cannot_be_exported_is_named(self, model: Model) -> None:
        inputs = blocks_of(model, 1)
        with pytest.raises(ConfigError, match="input 'b' cannot be read: not in CPU memory"):
            model.session(8, 6).run([inputs[0], Elsewhere(inputs[1])])

    def test_torch_tensors(self, model: Model) -> None:
        torch = pytest.importorskip("torch")
        session, inputs = model.session(8, 6), blocks_of(model, 1)
        expected = session.run(inputs)
        out = [torch.zeros(shape, dtype=torch.int16) for shape in session.output_shapes]
        results = session.run([torch.from_numpy(array) for array in inputs], out=out)
        for tensor, result, array in zip(out, results, expected, strict=True):
            np.testing.assert_array_equal(tensor.numpy(), array)
            assert torch.equal(torch.from_dlpack(result), tensor)


class TestBlocks:
    @pytest.mark.parametrize("isa", _core.supported_isas())
    @pytest.mark.parametrize("threads", [1, 2, 5])
    def test_results_do_not_depend_on_threads_or_order(self, model: Model, threads: int, isa: str) -> None:
        inputs = blocks_of(model, 7)
        session = model.session(8, 6, "scalar")
        single = [session.run([array[block] for array in inputs]) for block in range(7)]
        order = np.random.default_rng(0).permutation(7)
        results = model.run([array[order] for array in inputs], threads=threads, isa=isa)
        for output, result in enumerate(results):
            for place, block in enumerate(order):
                np.testing.assert_array_equal(result[place], single[block][output][0])

    def test_out_and_single_blocks(self, model: Model) -> None:
        inputs = blocks_of(model, 3)
        expected = model.run(inputs)
        out = [np.zeros_like(array) for array in expected]
        assert all(
            a is b or np.shares_memory(a, b) for a, b in zip(model.run(inputs, out=out), out, strict=True)
        )
        np.testing.assert_array_equal(out[1], expected[1])
        one = model.run({info.name: array[1] for info, array in zip(model.inputs, inputs, strict=True)})
        np.testing.assert_array_equal(one[0], expected[0][1:2])

    def test_many_callers(self, model: Model) -> None:
        sizes = [(8, 6), (5, 9), (16, 16)]
        inputs = {size: blocks_of(model, 2, *size) for size in sizes}
        expected = {size: model.run(inputs[size]) for size in sizes}

        def work(index: int) -> None:
            size = sizes[index % 3]
            for _ in range(10):
                np.testing.assert_array_equal(model.run(inputs[size], threads=2)[0], expected[size][0])

        with ThreadPoolExecutor(6) as pool:
            list(pool.map(work, range(6)))

    @pytest.mark.parametrize(
        ("shapes", "message"),
        [
            ([(2, 8, 6, 3), (3, 8, 6, 2)], "input 'b' has shape"),
            ([(2, 8, 6, 3), (2, 8, 5, 2)], "input 'b' has shape"),
            ([(0, 8, 6, 3), (0, 8, 6, 2)], "input 'a' has shape"),
            ([(8, 6), (8, 6)], "input 'a' has shape"),
            ([(2, 8, 6, 3)], "1 inputs given"),
        ],
    )
    def test_wrong_blocks(self, model: Model, shapes: list[tuple[int, ...]], message: str) -> None:
        with pytest.raises(ConfigError, match=message):
            model.run([np.zeros(shape, np.int16) for shape in shapes])

    def test_one_pool_for_many_runs(self, model: Model) -> None:
        inputs, pool = blocks_of(model, 7), ThreadPool(3)
        expected = model.run(inputs)
        for _ in range(20):
            for found, wanted in zip(model.run(inputs, threads=pool), expected, strict=True):
                np.testing.assert_array_equal(found, wanted)
        with pytest.raises(ConfigError, match="threads"):
            ThreadPool(0)

    def test_no_threads(self, model: Model) -> None:
        with pytest.raises(ConfigError, match="0 threads"):
            model.run(blocks_of(model, 2), threads=0)


class TestProgramCache:
    def test_weights_are_packed_once(self) -> None:
        """Whatever the number of sizes, sessions and threads; and once more for another ISA."""
        model = Model(onnx_to_compact(two_outputs()))
        assert model.core.memory() == {"weights": 0, "idle": 0, "programs": 0}
        sessions = [model.session(*size, "scalar") for size in ((8, 6), (8, 6), (9, 6), (40, 30))]
        memory = model.core.memory()
        assert memory["weights"] == sessions[0].weight_bytes > 0
        assert memory["programs"] == 3
        model.run(blocks_of(model, 5), threads=3, isa="scalar")
        assert model.core.memory()["weights"] == memory["weights"]
        best = _core.supported_isas()[-1]
        model.session(8, 6, best)
        expected = 1 if best == "scalar" else 2
        assert model.core.memory()["weights"] == expected * memory["weights"]

    def test_programs_live_as_long_as_their_sessions(self) -> None:
        model = Model(onnx_to_compact(two_outputs()))
        session = model.session(8, 6)
        assert model.core.memory()["programs"] == 1
        del session
        assert model.core.memory()["programs"] == 0

    def test_workspaces_are_used_again(self) -> None:
        model = Model(onnx_to_compact(two_outputs()))
        for _ in range(5):
            model.run(blocks_of(model, 3), threads=1)
        assert model.core.memory()["idle"] == model.session(8, 6).arena_bytes

    def test_workspaces_of_the_sizes_used_last_are_kept(self) -> None:
        model = Model(onnx_to_compact(two_outputs()))
        for width in range(4, 40):
            model.run(blocks_of(model, 1, 8, width))
        memory = model.core.memory()
        assert memory["programs"] == 16
        assert memory["idle"] == sum(model.session(8, width).arena_bytes for width in range(24, 40))

    def test_the_isa_in_force_counts(self, model: Model) -> None:
        isa = inloop.get_isa()
        try:
            for name in inloop.supported_isas():
                inloop.set_isa(name)
                assert model.session(8, 6).isa == name
        finally:
            inloop.set_isa(isa)

    def test_the_gil_is_released(self, model: Model) -> None:
        """Another thread gets on well inside a run: not just before the call holds the lock, nor after."""
        session = model.session(400, 400, "scalar")
        inputs = random_inputs(model, 400, 400)
        stop, stamps = threading.Event(), []

        def stamp() -> None:
            while not stop.wait(0.0005):
                stamps.append(time.perf_counter())

        thread = threading.Thread(target=stamp)
        thread.start()
        try:
            inside = 0
            for _ in range(20):  # a busy machine may leave the thread out of a run
                begin = time.perf_counter()
                session.run(inputs)
                quarter = (time.perf_counter() - begin) / 4
                inside += sum(begin + quarter < when < begin + 3 * quarter for when in stamps)
                if inside > 2:
                    break
        finally:
            stop.set()
            thread.join()
        assert inside > 2


class TestDescription:
    def test_summary(self, model: Model) -> None:
        lines = model.summary(8, 6).splitlines()
        assert re.search(r"layer +op +shape +kernel +groups +q +parameters +kMAC/px", lines[0])
        assert sum("conv" in line for line in lines) == 2
        assert any("8x6x20" in line and "3x3" in line for line in lines)
        assert f"sha256 {model.sha256}" in lines[-1]

    def test_costs_in_the_summary_add_up(self, model: Model) -> None:
        costs = [float(line.split()[-1]) for line in model.summary().splitlines()[1:-2] if " conv " in line]
        assert sum(costs) == pytest.approx(model.kmac_per_px, abs=0.002)

    def test_profile(self, model: Model) -> None:
        profile = model.profile(20, 24, runs=2, isa="scalar")
        assert profile.macs == model.macs(20, 24)
        assert profile.isa == "scalar"
        assert profile.share_of_peak(max(profile.steps, key=lambda step: step.macs)) > 0
        assert "share of peak" in str(profile)
        assert len(str(profile).splitlines()) == len(profile.steps) + 2
        for arguments, message in (({"runs": 0}, "0 runs"), ({"inputs": []}, "0 inputs given")):
            with pytest.raises(ConfigError, match=message):
                model.profile(20, 24, **arguments)
