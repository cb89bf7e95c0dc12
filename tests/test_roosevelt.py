"""Real material from the files as they are: letters, three books and photos of one man.

Full text only and no training, so that it runs in a minute; docs/how-to/roosevelt.md does the
whole with the usual settings. Figures are lower bounds: what is read may grow.
"""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from persona import steps
from persona.collect.family.people import read_people
from persona.config import Config, Engines, Training
from persona.converse.answer import AnswerSentence
from persona.records import MemoryKind, SourceKind, Standing
from persona.remember.readers import Custodian, Relative
from persona.remember.retrieval import Retriever
from persona.remember.store import Store
from persona.train.serving import talkable_version
from persona.workspace import Workspace, create_workspace, open_workspace

REPOSITORY = Path(__file__).resolve().parent.parent
PEOPLE = REPOSITORY / "docs" / "how-to" / "roosevelt" / "people.toml"
QUESTIONS = REPOSITORY / "benchmarks" / "roosevelt" / "questions.toml"
AUTOBIOGRAPHY = "own_autobiography_pg3335.txt"
SISTER = "narrator_sister_corinne_my_brother_pg51831.txt"
LEAST_UNKNOWN = 8
"""Of the ten questions that nothing answers; the others are listed in benchmarks/roosevelt."""

pytestmark = pytest.mark.slow


class _Quiet:
    """A report that nobody reads."""

    def line(self, text: str) -> None:
        pass

    def progress(self, what: str, done: int, total: int) -> None:
        pass


@pytest.fixture(scope="module")
def workspace(
    shared_data: Path, models: Path, tmp_path_factory: pytest.TempPathFactory
) -> Workspace:
    """Return a persona of Theodore Roosevelt that is ready to be asked."""
    made = create_workspace(tmp_path_factory.mktemp("roosevelt"), "Theodore Roosevelt")
    with (made.root / "persona.toml").open("a") as settings:
        settings.write('\n[engines]\nembedder = "none"\nvoice = "none"\n')
        settings.write("\n[training]\nminimum_words = 100000000\n")
    made = open_workspace(made.root)
    folder = shared_data / "roosevelt"
    collected = steps.collect(made, [folder], _Quiet(), book=read_people(PEOPLE))
    assert [name for name, _ in collected.left_out] == ["letters_to_his_children_pg6467.txt"]
    again = steps.collect(made, [folder], _Quiet(), book=read_people(PEOPLE))
    assert (again.new, again.already_here) == ([], len(collected.new))
    steps.remember(made, _Quiet())
    assert steps.remember(made, _Quiet()).new == 0
    steps.train(made, _Quiet(), name="from the letters")
    return made


@pytest.fixture(scope="module")
def store(workspace: Workspace) -> Iterator[Store]:
    """Return the open archive."""
    with steps.open_store(workspace) as opened:
        yield opened


@pytest.fixture(scope="module")
def engines(workspace: Workspace, store: Store) -> Any:
    """Return the engines of the version, opened once."""
    version = talkable_version(store.reader(Custodian()).versions(), None)
    return steps.open_engines(workspace, version)


def _ask(workspace: Workspace, store: Store, engines: Any, asked: dict[str, Any]) -> Any:
    talk = steps.start_talk(
        workspace, store, listener_id=asked["listener"] or None, engines=engines, purpose="test"
    )
    sentences: list[AnswerSentence] = list(talk.ask(asked["ask"]))
    talk.end()
    return sentences


def _questions(standing: str) -> list[dict[str, Any]]:
    everything = tomllib.loads(QUESTIONS.read_text(encoding="utf-8"))["questions"]
    return [one for one in everything if one["standing"] == standing]


def test_every_source_is_there_with_its_narrator(store: Store) -> None:
    view = store.reader(Custodian())
    sources = {source.file_name: source for source in view.sources()}
    kinds = [source.kind for source in sources.values()]
    assert kinds.count(SourceKind.PHOTO) == 27
    assert kinds.count(SourceKind.BOOK) == 3
    assert sources["letters.jsonl"].narrator_id == "theodore"
    assert sources[AUTOBIOGRAPHY].narrator_id == "theodore"
    assert sources[SISTER].narrator_id == "corinne"
    photos = [source for source in sources.values() if source.kind is SourceKind.PHOTO]
    assert {source.narrator_id for source in photos} == {"corinne"}


def test_memories_say_who_told_them(store: Store) -> None:
    view = store.reader(Custodian())
    told = {
        name: len(view.memories(narrator_id=name)) for name in ("theodore", "corinne", "thayer")
    }
    assert told["theodore"] > 4000
    assert told["corinne"] > 600
    assert told["thayer"] > 1000
    assert sum(told.values()) == len(view.memories())
    own = view.memories(kind=MemoryKind.OWN_WORDS)
    assert {memory.narrator_id for memory in own} == {"theodore"}


def test_quotes_are_in_their_passages_character_for_character(store: Store) -> None:
    view = store.reader(Custodian())
    passages = {passage.id: passage for passage in view.passages()}
    for memory in view.memories():
        citations = view.citations(memory.id)
        assert citations
        for citation in citations:
            text = passages[citation.passage_id].text
            assert text[citation.start : citation.end] == citation.exact
            assert citation.exact in memory.quote


def test_nothing_of_the_books_wrapping_is_left(store: Store) -> None:
    for passage in store.reader(Custodian()).passages():
        assert "Project Gutenberg" not in passage.text
        assert "[Illustration" not in passage.text
        assert not passage.text.startswith("[*]")


@pytest.mark.parametrize(
    "words",
    [
        "I was Colonel Roosevelt's orderly",  # a soldier's statement, in the autobiography
        "You have been a most gallant officer",  # the Secretary of War, in the autobiography
        "I enclose a letter for Teedie",  # his father, in his sister's book
    ],
)
def test_letters_of_others_in_a_book_are_nobodys_memories(store: Store, words: str) -> None:
    view = store.reader(Custodian())
    shown = [p for p in view.passages() if words in " ".join(p.text.split())]
    assert [passage.speaker_id for passage in shown] == [None]
    cited = {c.passage_id for m in view.memories() for c in view.citations(m.id)}
    assert shown[0].id not in cited


@pytest.mark.parametrize(
    ("narrator", "file_name", "words"),
    [
        ("corinne", SISTER, "_make_ your body"),
        ("theodore", AUTOBIOGRAPHY, "started to learn to box"),
    ],
)
def test_both_accounts_of_the_body_building_are_found(
    store: Store, narrator: str, file_name: str, words: str
) -> None:
    """She tells of their father's challenge at eleven, he of two bullies at nearly fourteen."""
    view = store.reader(Relative("kermit"))
    retriever = Retriever(view, index=None, embedder=None)
    question = "How did you make your body strong, and learn to box?"
    found = retriever.search(question, limit=12, narrator_id=narrator)
    near = [item for item in found if words in " ".join(item.passage.text.split())]
    assert near
    assert {(item.narrator.id, item.source.file_name) for item in near} == {(narrator, file_name)}


def test_his_first_wife_is_told_of_by_others_only(
    workspace: Workspace, store: Store, engines: Any
) -> None:
    asked = next(one for one in _questions("told") if "Alice Lee" in one["ask"])
    sentences = _ask(workspace, store, engines, asked)
    assert Standing.OWN_WORDS not in {sentence.standing for sentence in sentences}
    assert {s.narrator_id for s in sentences if s.standing is Standing.TOLD} <= {
        "corinne",
        "thayer",
    }
    assert any("Lee" in sentence.quoted for sentence in sentences)


def test_what_nobody_wrote_is_unknown(workspace: Workspace, store: Store, engines: Any) -> None:
    questions = _questions("unknown")
    assert len(questions) >= 8
    answers = [_ask(workspace, store, engines, asked)[0].standing for asked in questions]
    assert answers.count(Standing.UNKNOWN) >= LEAST_UNKNOWN
    kept = {question.question for question in store.reader(Custodian()).open_questions()}
    assert kept & {asked["ask"] for asked in questions}


def test_his_own_letters_answer_his_children(
    workspace: Workspace, store: Store, engines: Any
) -> None:
    asked = next(one for one in _questions("own_words") if "Tom Quartz" in one["ask"])
    sentences = _ask(workspace, store, engines, asked)
    view = store.reader(Relative("kermit"))
    spans = [(s, span) for s in sentences for span in s.citations]
    assert spans
    for sentence, span in spans:
        passage = view.passage(span.passage_id)
        assert (passage.speaker_id, passage.addressee_id) == ("theodore", "kermit")
        assert passage.text[span.start : span.end] in sentence.quoted
        assert sentence.quoted in passage.text


def test_the_settings_of_this_test_are_the_usual_ones_but_for_speed(workspace: Workspace) -> None:
    config = Config(name="Theodore Roosevelt")
    assert workspace.config.conversation == config.conversation
    assert workspace.config.engines.language_model == Engines().language_model
    assert workspace.config.training.base_model == Training().base_model
