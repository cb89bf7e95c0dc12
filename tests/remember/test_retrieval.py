"""A question finds what answers it, and notices when nothing does."""

import sys
from pathlib import Path

import pytest
from sqlalchemy import insert

from persona.records import Conflict, ConflictMember, SourceKind
from persona.remember.readers import Custodian, Relative
from persona.remember.retrieval import Evidence, Retriever
from persona.remember.vector_index import VectorIndex
from persona.remember.writing import insert_new
from tests.laws.test_law_9_withdrawal import LetterCounts
from tests.remember.archive import Archive, make_memory, make_passage, make_source

TOLD = [
    ("ruth", "Dad sold oranges at the harbour every Sunday morning."),
    ("margaret", "Henry was afraid of deep water all his life."),
    ("david", "My brother swam across the harbour when he was twelve."),
    ("tom", "Dad taught me to whistle on the ferry."),
    ("joe", "Henry built a green boat in his yard in 1962."),
    ("ruth", "爸爸最喜欢在海边唱歌，唱得很大声。"),
    ("tom", "爸爸小时候住在山里的一个村子。"),
]


@pytest.fixture
def told(archive: Archive) -> Archive:
    for number, (narrator, text) in enumerate(TOLD):
        archive.tell(f"Tape {number}", text, narrator=narrator)
    return archive


def search(archive: Archive, question: str, *, who: str = "ruth", **more: object) -> list[Evidence]:
    with archive.store.reader(Relative(who)) as view:
        return Retriever(view, index=None, embedder=None).search(question, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("question", "place"),
    [
        ("Did you sell oranges?", 0),
        ("Were you scared of water?", 1),
        ("Did you ever swim across the harbour?", 2),
        ("Who taught whistling on ferries?", 3),
        ("What boats did you build in 1962?", 4),
        ("What did your friend say about the boat?", 4),
        ("你喜欢唱歌吗？", 5),
        ("Did you like to sing by the sea?", 5),
        ("你小时候住在哪里？", 6),
    ],
)
def test_the_right_memory_is_first(told: Archive, question: str, place: int) -> None:
    best = search(told, question)[0]
    assert best.memory.statement == TOLD[place][1]
    assert best.narrator.id == TOLD[place][0]
    assert best.coverage >= 0.5
    assert best.lexical_rank == 1


@pytest.mark.parametrize(
    "question",
    [
        "What was your favourite submarine?",
        "Did you play the saxophone on television?",
        "What is your telephone number?",
        "你坐过潜水艇吗？",
        "Who are you?",
    ],
)
def test_not_knowing_is_noticed(told: Archive, question: str) -> None:
    with told.store.reader(Relative("ruth")) as view:
        assert Retriever(view, index=None, embedder=None).coverage(question) < 0.5
    assert all(item.coverage < 0.5 for item in search(told, question))


def test_evidence_can_be_quoted(told: Archive) -> None:
    (best, *_) = search(told, "oranges")
    assert best.passage.text[best.citation.start : best.citation.end] == best.citation.exact
    assert best.passage.source_id == best.source.id
    assert best.memory.narrator_id == best.narrator.id == "ruth"


def test_the_neighbours_help_to_find(archive: Archive) -> None:
    """'He laughed about it' is found by what was said before."""
    source = make_source("A chat", narrator="ruth")
    texts = ["The engine exploded in the tunnel.", "Dad laughed about it for years."]
    passages = [make_passage(source, text, position=n) for n, text in enumerate(texts)]
    archive.store.add_source(source, passages)
    memory, citation = make_memory(passages[1])
    archive.store.add_memories([memory], [citation])
    (found,) = search(archive, "What about the engine?")
    assert found.memory.id == memory.id
    assert found.coverage == pytest.approx(0.5)


def test_only_one_narrator_and_only_this_version(told: Archive) -> None:
    assert {e.narrator.id for e in search(told, "harbour", narrator_id="david")} == {"david"}
    with told.store.reader(Relative("ruth")) as view:
        (only,) = view.memories(narrator_id="david")
        retriever = Retriever(view, index=None, embedder=None, within=frozenset({only.id}))
        assert [e.memory.id for e in retriever.search("harbour")] == [only.id]
        assert Retriever(view, index=None, embedder=None, within=frozenset()).search("boat") == []


def test_vectors_find_what_words_do_not(told: Archive, tmp_path: Path) -> None:
    embedder = LetterCounts()
    index = VectorIndex.build(told.store.reader(Custodian()), embedder, tmp_path)
    with told.store.reader(Relative("ruth")) as view:
        retriever = Retriever(view, index=index, embedder=embedder)
        found = retriever.search("brotherly swimming", limit=3)
        assert found and all(e.dense_rank is not None for e in found)
        led = retriever.search("Did you sell oranges?")[0]
        assert led.memory.statement == TOLD[0][1]


def test_accounts_that_disagree_come_together(told: Archive) -> None:
    with told.store.reader(Custodian()) as view:
        members = [m.id for n in ("margaret", "david") for m in view.memories(narrator_id=n)]
    with told.store._writing() as connection:
        insert_new(connection, [Conflict(id="cfl_1", kind="two_accounts")])
        rows = [{"conflict_id": "cfl_1", "memory_id": member} for member in members]
        connection.execute(insert(ConflictMember.__table__), rows)
    first, second = search(told, "afraid of deep water", limit=1)
    assert [first.narrator.id, second.narrator.id] == ["margaret", "david"]
    assert first.conflict_id == second.conflict_id == "cfl_1"


def test_the_same_question_gets_the_same_answer(told: Archive) -> None:
    assert search(told, "harbour and boat") == search(told, "harbour and boat")


@pytest.mark.parametrize(
    "question", ['"', "a OR b AND (", "*", "NEAR(x y)", "col:term", "'; DROP TABLE memory", "\0"]
)
def test_odd_questions_are_only_words(told: Archive, question: str) -> None:
    search(told, question)


def test_a_module_without_vectors_loads_no_faiss(told: Archive) -> None:
    search(told, "oranges")
    code = "import sys, persona.remember.retrieval; assert 'faiss' not in sys.modules"
    import subprocess

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_an_answer_in_an_interview_is_found_by_the_question_it_answers(archive: Archive) -> None:
    """'Because of Ruth' holds no word of 'Why did he leave the sea?', which was asked before it."""
    source = make_source("An interview", narrator="margaret", kind=SourceKind.INTERVIEW)
    text = (
        "And why did he leave the sea? Because of our girl. She hid and said, who's that man? "
        "He never picked up his bag again."
    )
    passage = make_passage(source, text)
    archive.store.add_source(source, [passage])
    answers = ("Because of our girl.", "He never picked up his bag again.")
    made = [make_memory(passage, exact) for exact in answers]
    archive.store.add_memories([m for m, _ in made], [c for _, c in made])
    found = search(archive, "Why did you leave the sea?")
    assert {e.memory.quote: e.coverage for e in found} == dict.fromkeys(answers, 1.0)
    assert all(e.held == e.asked for e in found)
