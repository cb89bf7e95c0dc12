"""Law 4, the strict form: with the secret or without it, a reader meets the very same archive.

Random families, readers, secrets and ways of closing them; every public method of a view, the
search with full text and vectors, suggestions, listings, the persona's answers and what is
remembered of them, caches included, must give the same to the byte (time apart).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from persona.converse.talk import Talk
from persona.engines.deterministic import HashEmbedder, ScriptedLanguageModel
from persona.keeper.custody import memory_lines
from persona.records import (
    Act,
    Conflict,
    ConflictMember,
    ConsentState,
    Conversation,
    Memory,
    Passage,
    Person,
    ShownAs,
    Source,
    SourceKind,
)
from persona.remember.readers import Audience, Custodian, Reader, Relative, Stranger
from persona.remember.retrieval import Retriever
from persona.remember.vector_index import VectorIndex
from persona.remember.view import View
from persona.remember.writing import insert_new
from persona.screens.suggestions import first_questions
from tests.laws.routes import Keys, each, routes
from tests.remember.archive import (
    NOW,
    Archive,
    make_consent,
    make_memory,
    make_passage,
    make_rule,
    make_source,
    make_version,
    people,
)

CANARY = "zinnober"
NAME = "Quirina Vandermoor"
LATER = "2099-01-01"
QUESTIONS = (
    "Where did he hide the oranges under the harbour wall?",
    f"What about {CANARY}?",
    f"Who was {NAME}?",
    "Did Quirina know?",
)
OPEN = (
    ("ruth", "Dad sold oranges at the harbour on Saturdays."),
    ("margaret", "Henry never liked the harbour wall."),
    ("david", "My brother carried the oranges home in his hat."),
    ("henry", "I kept the light burning at the harbour, my dear, every winter night."),
    ("joe", "Henry hid behind the wall when the rain came."),
)
SECRET = f"He hid the {CANARY} oranges under the harbour wall for nine winters."

WAYS = [
    "source", "passage", "memory", "groups", "all_groups", "allow", "until", "withdrawn",
    "narrowed", "term_over", "derived", "hidden", "pseudonym",
]  # fmt: skip
READERS: list[Reader] = [
    Relative("tom"),
    Relative("joe"),
    Stranger(),
    Audience(("tom", "ruth")),
    Audience(()),
]


@dataclass(frozen=True)
class Drawn:
    """One random family with one secret."""

    way: str
    reader: Reader
    kind: SourceKind = SourceKind.LETTER
    inside: bool = False
    disagrees: bool = True
    groups: tuple[tuple[str, ...], ...] = field(default=((), (), ()))
    told: tuple[int, ...] = (0, 1, 2, 3, 4)


def drawn() -> st.SearchStrategy[Drawn]:
    some = st.lists(st.sampled_from(["north", "south"]), max_size=2, unique=True).map(tuple)
    return st.builds(
        Drawn,
        way=st.sampled_from(WAYS),
        reader=st.sampled_from(READERS),
        kind=st.sampled_from([SourceKind.LETTER, SourceKind.INTERVIEW, SourceKind.CHAT]),
        inside=st.booleans(),
        disagrees=st.booleans(),
        groups=st.tuples(some, some, some),
        told=st.lists(st.sampled_from(range(5)), min_size=1, max_size=5, unique=True).map(tuple),
    )


class Family(Archive):
    """An archive with open words, and with a secret or without it."""

    def __init__(self, folder: Path, template: Path, what: Drawn, *, secret: bool) -> None:
        super().__init__(folder, template)
        self.what = what
        self.store.put_people(self._people())
        self.open = make_source("An open letter", narrator=None, kind=what.kind)
        words = [OPEN[place] for place in what.told]
        passages = [
            make_passage(self.open, text, position=n, speaker_id=who)
            for n, (who, text) in enumerate(words)
        ]
        self._prepare_secret(len(passages))
        here = [self.passage] if secret and self.passage.source_id == self.open.id else []
        told = [make_memory(passage) for passage in passages]
        self.store.add_source(self.open, [*passages, *here])
        self.store.add_memories([m for m, _ in told], [c for _, c in told])
        self.store.add_version(make_version())
        if secret:
            self._keep_secret(told[0][0])
        self._close()
        self.keys = Keys(
            sources=[self.open.id, self.source.id, self.origin.id],
            passages=[*(p.id for p in passages), self.passage.id],
            memories=[*(m.id for m, _ in told), self.memory.id],
            people=["henry", "ruth", "tom", "margaret", "david", "joe", "quirina"],
            conflicts=["cfl_1"],
            words=[CANARY, "harbour", "orang", "quirina", "vandermoor", "winter"],
        )

    def _people(self) -> list[Person]:
        everybody = people()
        for person, groups in zip(everybody[2:5], self.what.groups, strict=True):
            person.groups = [*person.groups, *groups]
        shown = ShownAs.PSEUDONYM if self.what.way == "pseudonym" else ShownAs.HIDDEN
        hidden = Person(id="quirina", name=NAME, shown_as=shown, pseudonym="Mrs Q", living=True)
        return [*everybody, hidden, Person(id="eve", name="Eve", groups=["keepers"])]

    def _prepare_secret(self, position: int) -> None:
        way = self.what.way
        text = SECRET
        if way in ("hidden", "pseudonym"):
            text = f"{SECRET} Quirina saw it."
        self.origin = make_source("An old tape", narrator="eve")
        derived = {"derived_from": self.origin.id} if way == "derived" else {}
        self.source = make_source("A closed letter", narrator="eve", **derived)
        inside = self.what.inside and way in ("passage", "memory", "withdrawn", "hidden")
        place = self.open if inside else self.source
        self.passage = make_passage(
            place, text, position=position if inside else 0, speaker_id="eve"
        )
        self.memory, self.citation = make_memory(self.passage)

    def _keep_secret(self, other: Memory) -> None:
        if self.passage.source_id == self.source.id:
            if self.what.way == "derived":
                self.store.add_source(self.origin, [])
            self.store.add_source(self.source, [self.passage])
        self.store.add_memories([self.memory], [self.citation])
        if self.what.disagrees:
            with self.store._writing() as connection:
                insert_new(connection, [Conflict(id="cfl_1", kind="two_accounts", about=CANARY)])
                rows = [{"conflict_id": "cfl_1", "memory_id": m.id} for m in (self.memory, other)]
                connection.execute(ConflictMember.__table__.insert(), rows)

    def _close(self) -> None:
        way, rules, consents = self.what.way, [], []
        only = {"any_groups": ["keepers"]}
        target = {"source": self.source.id, "passage": self.passage.id, "derived": self.origin.id}
        if way in ("source", "passage", "memory", "derived"):
            rules.append(make_rule(target.get(way, self.memory.id), **only))
        if way in ("groups", "all_groups", "allow", "until"):
            how: dict[str, Any] = {
                "groups": {"any_groups": ["keepers", "elders"]},
                "all_groups": {"all_groups": ["family", "keepers"]},
                "allow": {"allow": ["eve"]},
                "until": {"deny": ["tom", "joe", "ruth"], "until": LATER},
            }[way]
            rules.append(make_rule(self.source.id, **how))
        if way == "withdrawn":
            consents.append(make_consent("eve", Act.RETRIEVE, ConsentState.WITHDRAWN))
        if way == "narrowed":
            narrow = {"audience": ["keepers"]}
            consents.append(make_consent("eve", Act.KEEP, ConsentState.NARROWED, **narrow))
        if way == "term_over":
            consents.append(make_consent("eve", Act.RETRIEVE, until="2001"))
        self.store.put_restrictions(rules)
        self.store.put_consents(consents)


def met(family: Family) -> dict[str, str]:
    """Return all that the reader meets, as text."""
    reader = family.what.reader
    with family.store.reader(Custodian()) as view:
        index = VectorIndex.build(view, HashEmbedder(), family.workspace.derived)
        everything = view.memory_ids()
    found: dict[str, str] = {}
    with family.store.reader(reader, today=NOW.date()) as view:
        for name, route in routes(family.keys).items():
            if name == "may_open" and family.what.inside:
                continue  # a file is opened whole or not at all: that cannot be hidden
            found[name] = repr(list(route(view)))
        retriever = Retriever(view, index=index, embedder=HashEmbedder(), within=everything)
        for question in QUESTIONS:
            found[f"search {question}"] = repr(retriever.search(question, limit=10))
            found[f"coverage {question}"] = repr(retriever.coverage(question))
        found["suggestions"] = repr(suggested(view, retriever, reader))
        found["lines"] = repr(list(memory_lines(view, "", 50)))
        found["lines about"] = repr(list(memory_lines(view, CANARY, 50)))
    found["answers"] = repr(answers(family, retriever_of(family, index, everything)))
    with family.store.reader(reader) as view:
        spoken = list(each(view.turns, ["con_talk"]))
        found["remembered"] = timeless(repr([spoken, view.open_questions()]))
    return found


def suggested(view: View, retriever: Retriever, reader: Reader) -> Sequence[str]:
    listener = reader.person_id if isinstance(reader, Relative) else None
    return first_questions(
        view.memories(), view.people(), listener, "en", lambda one: retriever.coverage(one) > 0.5
    )


def retriever_of(family: Family, index: VectorIndex, within: frozenset[str]) -> Retriever:
    view = family.store.reader(family.what.reader, act=Act.QUOTE)
    return Retriever(view, index=index, embedder=HashEmbedder(), within=within)


def answers(family: Family, retriever: Retriever) -> list[object]:
    reader = family.what.reader
    if isinstance(reader, Audience):
        return []
    listener = reader.person_id if isinstance(reader, Relative) else None
    conversation = Conversation(
        id="con_talk", version_id="ver_1", listener_id=listener, started_at=NOW
    )
    family.store.start_conversation(conversation)
    model = ScriptedLanguageModel()
    talk = Talk(
        family.store,
        reader,
        retriever,
        version=make_version(),
        listener_id=listener,
        config=family.workspace.config,
        model=model,
        conversation=conversation,
        within=frozenset(),
        prompts_sha256="",
    )
    return [talk.notice, talk.greeting, *(list(talk.ask(one)) for one in QUESTIONS)]


def timeless(text: str) -> str:
    """Return a text without the moments and milliseconds that no two runs share."""
    text = re.sub(r"datetime\.datetime\([^)]*\)", "then", text)
    return re.sub(r"timings_ms=\{[^}]*\}", "", text)


def compare(what: Drawn, template: Path) -> None:
    outcomes = []
    for secret in (True, False):
        with TemporaryDirectory() as folder:
            family = Family(Path(folder), template, what, secret=secret)
            with family.store:
                outcomes.append(met(family))
                if secret:
                    must_be_there(family)
    with_it, without = outcomes
    assert with_it.keys() == without.keys()
    for name, text in with_it.items():
        assert text == without[name], f"{name} differs for {what}"
        assert SECRET not in text and family.memory.id not in text.replace(
            repr(list(family.keys.memories)), ""
        ), name


def must_be_there(family: Family) -> None:
    """Make sure that there is a secret at all: the custodian sees it."""
    with family.store.reader(Custodian()) as view:
        assert view.memory(family.memory.id).quote.startswith("He hid")


HARD = [Drawn(way, READERS[place % 3]) for place, way in enumerate(WAYS)]


@pytest.mark.parametrize("what", HARD, ids=lambda what: f"{what.way}-{what.reader}")
def test_every_way_of_closing_closes_every_route(what: Drawn, template: Path) -> None:
    compare(what, template)


@example(what=Drawn("memory", Relative("tom"), inside=True))
@example(what=Drawn("hidden", Relative("joe"), inside=True, kind=SourceKind.INTERVIEW))
@example(what=Drawn("passage", Audience(("tom", "ruth")), inside=True, kind=SourceKind.CHAT))
@settings(
    max_examples=3,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(what=drawn())
def test_the_archive_is_the_same_without_the_secret(what: Drawn, template: Path) -> None:
    compare(what, template)


@pytest.mark.slow
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(what=drawn())
def test_many_archives_are_the_same_without_the_secret(what: Drawn, template: Path) -> None:
    compare(what, template)


def test_the_one_who_may_know_does(template: Path, tmp_path: Path) -> None:
    """Else a view that gives nothing at all would pass."""
    family = Family(tmp_path, template, Drawn("source", Relative("eve")), secret=True)
    with family.store:
        found = met(family)
    for name in ("passages", "memories", "conflicts", f"search What about {CANARY}?", "lines"):
        assert CANARY in found[name], name


def test_titles_do_not_name_who_is_hidden(template: Path, tmp_path: Path) -> None:
    family = Family(tmp_path, template, Drawn("pseudonym", Relative("tom")), secret=False)
    with family.store:
        source: Source = make_source(f"To {NAME}, at home", narrator="ruth", place=NAME)
        passage: Passage = make_passage(source, "The kettle is on.", addressee_words=NAME)
        memory, citation = make_memory(passage)
        family.store.add_source(source, [passage])
        family.store.add_memories([memory], [citation])
        with family.store.reader(Relative("tom")) as tom:
            assert tom.source(source.id).title == "To Mrs Q, at home"
            assert tom.passage(passage.id).addressee_words == "Mrs Q"
            assert tom.postings("vandermoor") == [] and tom.postings("kettl")
        for reader in (Relative("quirina"), Custodian()):
            with family.store.reader(reader) as view:
                assert view.source(source.id).title == f"To {NAME}, at home"


def test_hiding_somebody_later_closes_what_names_them(template: Path, tmp_path: Path) -> None:
    archive = Archive(tmp_path, template)
    with archive.store:
        archive.store.put_people([Person(id="quirina", name=NAME)])
        source = make_source("A diary", narrator="ruth")
        passages = [
            make_passage(source, "We walked by the sea.", position=0),
            make_passage(source, "QUIRINA met us there.", position=1),
        ]
        told = [make_memory(passage) for passage in passages]
        archive.store.add_source(source, passages)
        archive.store.add_memories([m for m, _ in told], [c for _, c in told])
        view = archive.store.reader(Relative("tom"))
        assert len(view.postings("quirina")) == 2, "in the memory, and beside the other one"
        archive.store.put_people([Person(id="quirina", name=NAME, shown_as=ShownAs.HIDDEN)])
        assert view.postings("quirina") == []
        assert [p.text for p in view.passages()] == ["We walked by the sea."]
        assert not view.may_open(source.id)
