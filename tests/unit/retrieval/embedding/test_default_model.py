"""The model that Cairn ships with, in its real size."""

from __future__ import annotations

from importlib.util import find_spec

import numpy as np
import pytest

from retrieval.embedding.factory import create_embedder
from retrieval.embedding.protocol import Embedder, Passage
from retrieval.embedding.source import PACKAGE

pytestmark = pytest.mark.skipif(find_spec(PACKAGE) is None, reason="the model's package is not installed")

# Computed once by sentence-transformers 5 on torch in fp32.
EXPECTED = [0.06766, 0.06350, 0.04871, 0.07931, 0.03745]


@pytest.fixture(scope="module", params=["onnxruntime", "openvino"])
def embedder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Embedder:
    if find_spec(request.param) is None:
        pytest.skip(f"{request.param} is not installed")
    cache = tmp_path_factory.getbasetemp() / "graphs"  # one graph for both runtimes
    return create_embedder(model="all-MiniLM-L6-v2", runtime=request.param, cache_dir=cache, threads=2)


class TestDefaultModel:
    def test_gives_the_published_vector(self, embedder: Embedder) -> None:
        rounded = 2e-3 if embedder.info.runtime.endswith("bf16") else 1e-4
        np.testing.assert_allclose(embedder.embed_query("This is an example sentence")[:5], EXPECTED, atol=rounded)

    def test_tells_like_from_unlike(self, embedder: Embedder) -> None:
        query = embedder.embed_query("How do I reset my password?")
        answer = Passage("To choose a new password, follow the link in the e-mail.")
        (near,), (far,) = embedder.embed_passages([answer, Passage("Granite is an igneous rock.")])
        assert float(query @ near) > 0.5
        assert float(query @ far) < 0.2

    def test_finds_what_stands_at_the_very_end_of_a_long_passage(self, embedder: Embedder) -> None:
        end = "The password is reset by the administrator."
        (vectors,) = embedder.embed_passages([Passage("Granite is an igneous rock. " * 120 + end)])
        query = embedder.embed_query("Who resets the password?")
        assert max(float(query @ vector) for vector in vectors) == pytest.approx(float(query @ vectors[-1]))
        assert float(query @ vectors[-1]) > float(query @ vectors[0]) + 0.1
