from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from threading import Event

import numpy as np
import pytest

from retrieval.embedding.batches import BatchPolicy, Integers
from retrieval.embedding.bert_embedder import BertEmbedder, Prompts
from retrieval.embedding.factory import create_embedder
from retrieval.embedding.protocol import ModelInfo, Passage
from retrieval.embedding.runtimes import Floats, Output, Runtime
from retrieval.embedding.tokenizer import read_tokenizer
from tests.unit.retrieval.embedding.tiny_bert import HIDDEN, write_tiny_bert

INFO = ModelInfo(provider="test", name="tiny", vector_size=HIDDEN, window=32, special_tokens=2, runtime="fake")
LONG = "the river bank flows and water of money , zero one two three four five six seven eight nine . " * 4


class GatedRuntime:
    """Every sentence of more than one row waits for the gate; notes what it was given."""

    def __init__(self) -> None:
        self.gate = Event()
        self.entered = Event()
        self.seen: list[Integers] = []

    def run(self, ids: Integers, mask: Integers, output: Output) -> Floats:
        self.seen.append(ids)
        if len(ids) > 1:
            self.entered.set()
            assert self.gate.wait(10)
        shape = (len(ids), HIDDEN) if output == "sentence" else (*ids.shape, HIDDEN)
        return np.full(shape, 2.0, dtype=np.float32)


@pytest.fixture(scope="module", params=["onnxruntime", "openvino"])
def embedder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> BertEmbedder:
    if request.param == "openvino":
        pytest.importorskip("openvino")
    folder = write_tiny_bert(tmp_path_factory.mktemp("model"))
    made = create_embedder(model=str(folder), runtime=request.param, cache_dir=folder / "cache", threads=1)
    assert isinstance(made, BertEmbedder)
    return made


def with_runtime(folder: Path, runtime: Runtime, prompts: Prompts | None = None) -> BertEmbedder:
    return BertEmbedder(
        info=INFO,
        open_tokenizer=partial(read_tokenizer, write_tiny_bert(folder) / "tokenizer.json"),
        open_runtime=lambda: runtime,
        prompts=prompts,
        policy=BatchPolicy(tokens=64, inputs=2),
    )


class TestEmbedPassages:
    def test_gives_one_unit_vector_for_each_window(self, embedder: BertEmbedder) -> None:
        short, long = embedder.embed_passages([Passage("the river"), Passage(LONG, "title")])
        assert len(short) == 1
        assert len(long) > 2
        assert all(vector.shape == (HIDDEN,) for vector in [*short, *long])
        np.testing.assert_allclose([np.linalg.norm(vector) for vector in [*short, *long]], 1, rtol=1e-5)

    def test_keeps_the_order_whatever_the_batches(self, embedder: BertEmbedder) -> None:
        passages = [Passage("river"), Passage(LONG), Passage("money loan"), Passage("the bank flows")]
        together = embedder.embed_passages(passages)
        alone = [embedder.embed_passages([passage])[0] for passage in passages]
        for one, other in zip(together, alone, strict=True):
            np.testing.assert_allclose(one, other, atol=2e-2)  # bf16 rounds differently in other shapes

    def test_reads_the_context_before_the_content(self, embedder: BertEmbedder) -> None:
        (split,), (whole,) = embedder.embed_passages(
            [Passage("bank flows", "the river"), Passage("the river bank flows")]
        )
        np.testing.assert_allclose(split, whole, atol=2e-2)

    def test_gives_an_empty_passage_a_vector(self, embedder: BertEmbedder) -> None:
        ((vector,),) = embedder.embed_passages([Passage("")])
        assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)

    def test_gives_nothing_for_nothing(self, embedder: BertEmbedder) -> None:
        assert embedder.embed_passages([]) == []

    def test_lets_a_query_pass_while_a_long_list_is_at_work(self, tmp_path: Path) -> None:
        runtime = GatedRuntime()
        embedder = with_runtime(tmp_path, runtime)
        with ThreadPoolExecutor(2) as pool:
            listed = pool.submit(embedder.embed_passages, [Passage("river")] * 6)
            assert runtime.entered.wait(10)
            answered = pool.submit(embedder.embed_query, "bank").result(timeout=10)
            assert not listed.done()
            runtime.gate.set()
            assert len(listed.result(timeout=10)) == 6
        assert answered.shape == (HIDDEN,)

    def test_computes_one_batch_at_a_time_however_many_lists_there_are(self, tmp_path: Path) -> None:
        runtime = GatedRuntime()
        embedder = with_runtime(tmp_path, runtime)
        with ThreadPoolExecutor(3) as pool:
            lists = [pool.submit(embedder.embed_passages, [Passage("river")] * 2) for _ in range(3)]
            assert runtime.entered.wait(10)
            assert len(runtime.seen) == 1
            runtime.gate.set()
            assert [len(one.result(timeout=10)) for one in lists] == [2, 2, 2]
        assert len(runtime.seen) == 3


class TestEmbedQuery:
    def test_is_the_passage_vector_where_the_model_has_no_prompts(self, embedder: BertEmbedder) -> None:
        ((passage,),) = embedder.embed_passages([Passage("the river bank")])
        np.testing.assert_allclose(embedder.embed_query("the river bank"), passage, atol=2e-2)

    def test_longer_than_the_window_is_the_mean_of_its_windows(self, embedder: BertEmbedder) -> None:
        (windows,) = embedder.embed_passages([Passage(LONG)])
        mean = np.mean(windows, axis=0)
        np.testing.assert_allclose(embedder.embed_query(LONG), mean / np.linalg.norm(mean), atol=2e-2)

    def test_goes_behind_the_query_prompt(self, tmp_path: Path) -> None:
        runtime = GatedRuntime()
        embedder = with_runtime(tmp_path, runtime, Prompts(query="query : ", document="passage : "))
        embedder.embed_query("river")
        embedder.embed_passages([Passage("river")])
        assert [ids.tolist() for ids in runtime.seen] == [[[2, 13, 15, 7, 3]], [[2, 14, 15, 7, 3]]]


class TestStates:
    def test_leave_out_special_tokens(self, embedder: BertEmbedder) -> None:
        state = embedder.query_states("Rivers, bank")
        assert state.pieces == ["river", "##s", ",", "bank"]
        assert state.vectors.shape == (4, HIDDEN)

    def test_are_unit_vectors(self, embedder: BertEmbedder) -> None:
        (state,) = embedder.passage_states([Passage("the river", "title")])
        np.testing.assert_allclose(np.linalg.norm(state.vectors, axis=1), 1, rtol=1e-5)

    def test_hold_all_of_a_long_passage(self, embedder: BertEmbedder) -> None:
        (state,) = embedder.passage_states([Passage(LONG)])
        assert set(embedder.query_states("nine zero seven").pieces) < set(state.pieces)
        assert len(state.pieces) >= embedder.tokens.count(LONG)


class TestLoading:
    def test_happens_once_with_several_threads(self, tmp_path: Path) -> None:
        opened: list[GatedRuntime] = []

        def open_runtime() -> Runtime:
            opened.append(GatedRuntime())
            return opened[-1]

        tokenizer = partial(read_tokenizer, write_tiny_bert(tmp_path) / "tokenizer.json")
        embedder = BertEmbedder(info=INFO, open_tokenizer=tokenizer, open_runtime=open_runtime)
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(embedder.embed_query, ["river"] * 16))
        assert len(opened) == 1

    def test_is_tried_again_after_it_failed(self, tmp_path: Path) -> None:
        runtimes: Iterator[Runtime | None] = iter([None, GatedRuntime()])

        def open_runtime() -> Runtime:
            runtime = next(runtimes)
            if runtime is None:
                raise OSError("disk")
            return runtime

        tokenizer = partial(read_tokenizer, write_tiny_bert(tmp_path) / "tokenizer.json")
        embedder = BertEmbedder(info=INFO, open_tokenizer=tokenizer, open_runtime=open_runtime)
        with pytest.raises(OSError, match="disk"):
            embedder.warm()
        embedder.warm()
        assert embedder.embed_query("river").shape == (HIDDEN,)
