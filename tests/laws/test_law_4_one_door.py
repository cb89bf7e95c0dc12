"""Law 4. One door for readers: what a reader may not know behaves as if it did not exist."""

import inspect
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from persona.errors import NotReadable
from persona.records import (
    Conflict,
    ConflictMember,
    OpenQuestion,
    Restriction,
    Sentence,
    Speaker,
    Standing,
    Turn,
)
from persona.remember.readers import Audience, Custodian, Reader, Relative, Stranger
from persona.remember.retrieval import Retriever
from persona.remember.store import Store
from persona.remember.view import View
from persona.remember.writing import insert_new
from tests.laws.routes import Keys, Route
from tests.laws.routes import routes as every_route
from tests.remember.archive import (
    NOW,
    Archive,
    make_conversation,
    make_memory,
    make_passage,
    make_rule,
    make_source,
    make_version,
)

SECRETS = [f"secretword{letter}" for letter in "abcdef"]
NARRATORS = ["ruth", "margaret", "david", "ruth", "tom", "joe"]
READERS: list[Reader] = [
    Relative("ruth"),
    Relative("tom"),
    Relative("margaret"),
    Relative("joe"),
    Stranger(),
    Audience(("ruth", "joe")),
    Audience(()),
]


class Secrets(Archive):
    """Three sources of two passages; each passage and its memory hold a word of their own."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.things: list[tuple[str, str, str]] = []
        for number in range(3):
            source = make_source(f"Letter {number}", narrator=None)
            passages, told = [], []
            for place in range(2):
                which = number * 2 + place
                text = f"Dad hid the {SECRETS[which]} under the harbour wall."
                passage = make_passage(source, text, position=place, speaker_id=NARRATORS[which])
                passages.append(passage)
                told.append(make_memory(passage))
            self.store.add_source(source, passages)
            self.store.add_memories([m for m, _ in told], [c for _, c in told])
            pairs = zip(passages, told, strict=True)
            self.things += [(source.id, passage.id, m.id) for passage, (m, _) in pairs]
        self.conflict = self._disagree(self.things[0][2], self.things[2][2])
        self._talk()

    def _disagree(self, *members: str) -> str:
        with self.store._writing() as connection:
            insert_new(connection, [Conflict(id="cfl_1", kind="two_accounts")])
            table = ConflictMember.__table__
            rows = [{"conflict_id": "cfl_1", "memory_id": member} for member in members]
            connection.execute(table.insert(), rows)
        return "cfl_1"

    def _talk(self) -> None:
        self.store.add_version(make_version())
        for listener in ("tom", "joe", None):
            name = listener or "stranger"
            conversation = make_conversation(listener)
            self.store.start_conversation(conversation)
            turn = Turn(
                id=f"trn_{name}",
                conversation_id=conversation.id,
                position=0,
                speaker=Speaker.PERSONA,
                text=f"confided to {name}",
                created_at=NOW,
            )
            sentence = Sentence(
                id=f"sen_{name}",
                turn_id=turn.id,
                position=0,
                text=turn.text,
                standing=Standing.SMALL_TALK,
            )
            self.store.add_turn(turn, [sentence])
            self.store.add_question(
                OpenQuestion(
                    id=f"que_{name}",
                    question=f"confided to {name}",
                    listener_id=listener,
                    conversation_id=conversation.id,
                    asked_at=NOW,
                )
            )

    def restrict(self, rules: list[Restriction]) -> None:
        """Make these the only rules: the others are emptied, so that they admit everybody."""
        given_rules = {rule.id for rule in rules}
        with self.store.reader(Custodian()) as view:
            old = [rule for rule in view.restrictions() if rule.id not in given_rules]
        emptied = [Restriction(id=rule.id, target_id="nothing") for rule in old]
        self.store.put_restrictions([*emptied, *rules])


@pytest.fixture(scope="module")
def secrets(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Secrets]:
    made = Secrets(tmp_path_factory.mktemp("secrets"))
    with made.store:
        yield made


def routes(archive: Secrets) -> dict[str, Route]:
    """Return for every public method of a view how to get all out of it that it gives."""
    return every_route(
        Keys(
            sources=sorted({source for source, _, _ in archive.things}),
            passages=[passage for _, passage, _ in archive.things],
            memories=[memory for _, _, memory in archive.things],
            people=["henry", *NARRATORS],
            conflicts=[archive.conflict],
            talks=["con_tom_1", "con_joe_1", "con_None_1"],
            turns=["trn_tom", "trn_joe", "trn_stranger"],
            words=[*SECRETS, "harbour"],
        )
    )


def test_every_question_is_a_route_of_this_test(secrets: Secrets) -> None:
    public = {
        name
        for name, _ in inspect.getmembers(View, inspect.isfunction)
        if not name.startswith("_") and name != "close"
    }
    assert public == set(routes(secrets))


def test_the_store_itself_answers_nothing() -> None:
    """Queries exist only on the view: other public methods return no more than what they made."""
    made = {"edit_memory", "merge_memories", "split_memory", "restrict_memory", "undo_review"}
    made |= {"forget_name", "name_narrator", "name_speaker", "not_a_person"}
    made |= {"put_cut"}
    for name, method in inspect.getmembers(Store, inspect.isfunction):
        returned = inspect.signature(method).return_annotation
        if not name.startswith("_") and name not in {"reader", *made}:
            assert returned in (None, bool, int, str, "None"), name


def admitted(rule: Restriction, reader: Reader) -> bool:
    """Say what the docstring of `Restriction` says, in as few words."""
    if not (rule.any_groups or rule.all_groups or rule.allow or rule.deny):
        return not isinstance(reader, Stranger) and reader != Audience(())
    groups = {
        "ruth": {"family", "children"},
        "tom": {"family", "children"},
        "margaret": {"family"},
        "joe": set(),
    }
    who = (reader.person_id,) if isinstance(reader, Relative) else ()
    who = reader.person_ids if isinstance(reader, Audience) else who

    def one(person: str) -> bool:
        if person in rule.deny or groups[person] & set(rule.deny):
            return False
        if person in rule.allow:
            return True
        if not rule.any_groups and not rule.all_groups:
            return not rule.allow
        any_group = not rule.any_groups or bool(groups[person] & set(rule.any_groups))
        return any_group and set(rule.all_groups) <= groups[person]

    return bool(who) and all(one(person) for person in who)


def hidden_things(archive: Secrets, rules: list[Restriction], reader: Reader) -> set[int]:
    """Return which secrets a reader must not learn."""
    refused = {rule.target_id for rule in rules if not admitted(rule, reader)}
    return {place for place, ids in enumerate(archive.things) if refused & set(ids)}


who_rule = st.lists(st.sampled_from(["ruth", "tom", "joe", "family", "children"]), max_size=2)
groups_rule = st.lists(st.sampled_from(["family", "children"]), max_size=2, unique=True)
one_rule = st.tuples(
    st.integers(0, 5),
    st.integers(0, 2),
    st.fixed_dictionaries(
        {"any_groups": groups_rule, "all_groups": groups_rule, "allow": who_rule, "deny": who_rule}
    ),
)


NOT_TOM = {"any_groups": [], "all_groups": [], "allow": [], "deny": ["tom"]}


@example(drawn=[(1, 0, NOT_TOM)], reader=Relative("tom"))
@example(drawn=[(2, 1, NOT_TOM)], reader=Relative("tom"))
@example(drawn=[(3, 2, NOT_TOM)], reader=Relative("tom"))
@settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(drawn=st.lists(one_rule, min_size=1, max_size=4), reader=st.sampled_from(READERS))
def test_no_route_gives_a_secret(
    secrets: Secrets, drawn: list[tuple[int, int, dict[str, list[str]]]], reader: Reader
) -> None:
    rules = [
        Restriction(id=f"res_{n}", target_id=secrets.things[place][level], **who)
        for n, (place, level, who) in enumerate(drawn)
    ]
    secrets.restrict(rules)
    hidden = hidden_things(secrets, rules, reader)
    with secrets.store.reader(reader) as view:
        given_out = {name: repr(list(ask(view))) for name, ask in routes(secrets).items()}
        found = Retriever(view, index=None, embedder=None).search("harbour wall", limit=20)
        given_out["search"] = repr(found)
    for place, (_, passage_id, memory_id) in enumerate(secrets.things):
        for name, text in given_out.items():
            if place in hidden:
                assert SECRETS[place] not in text, name
                assert memory_id not in text, name
                assert passage_id not in text, name
        if place not in hidden:
            assert memory_id in given_out["memory_ids"]
            assert SECRETS[place] in given_out["search"]
            assert SECRETS[place] in given_out["passages"]
    for listener in ("tom", "joe", "stranger"):
        heard = any(f"confided to {listener}" in text for text in given_out.values())
        assert heard == (reader == Relative(listener))


@pytest.mark.parametrize("level", [0, 1, 2], ids=["source", "passage", "memory"])
def test_hidden_and_missing_are_the_same_words(secrets: Secrets, level: int) -> None:
    secrets.restrict([make_rule(secrets.things[0][level], deny=["tom"])])
    _, passage_id, memory_id = secrets.things[0]
    with secrets.store.reader(Relative("tom")) as view:
        for ask, hidden in (
            (view.memory, memory_id),
            (view.passage, passage_id),
            (view.citations, memory_id),
            (view.turns, "con_joe_1"),
        ):
            with pytest.raises(NotReadable) as refused:
                ask(hidden)
            with pytest.raises(NotReadable) as missing:
                ask("never_was_there")
            assert str(refused.value) == str(missing.value)
        assert view.conflicts() == []


def test_a_file_is_opened_whole_or_not_at_all(secrets: Secrets) -> None:
    """An original cannot be opened in part, so one hidden passage keeps it closed."""
    secrets.restrict([make_rule(secrets.things[0][1], deny=["tom"])])
    with secrets.store.reader(Relative("tom")) as tom, secrets.store.reader(Custodian()) as all_:
        assert tom.source(secrets.things[0][0])
        assert not tom.may_open(secrets.things[0][0])
        assert tom.may_open(secrets.things[2][0])
        assert all_.may_open(secrets.things[0][0])


def test_hidden_rows_do_not_move_what_is_found(tmp_path: Path) -> None:
    """The same answers, scores and coverage as in an archive that never had the rows."""
    results = []
    for folder, with_secrets in (("with", True), ("without", False)):
        (tmp_path / folder).mkdir()
        archive = Archive(tmp_path / folder)
        with archive.store:
            for number in range(6):
                archive.tell(f"Open {number}", f"Dad sold {number} oranges at the harbour.")
            if with_secrets:
                for number in range(9):
                    text = f"Dad hid oranges {number} times, oranges and more oranges."
                    source, _, _ = archive.tell(f"Closed {number}", text)
                    archive.store.put_restrictions([make_rule(source.id, allow=["ruth"])])
            with archive.store.reader(Relative("tom")) as view:
                found = Retriever(view, index=None, embedder=None).search("oranges hidden?")
                results.append([(e.memory.id, e.score, e.coverage) for e in found])
    assert results[0] == results[1]
    assert results[0]


def test_a_neighbours_secret_is_not_searchable(archive: Archive) -> None:
    """The context of an open memory holds no word of a closed neighbour, set before or after."""
    source = make_source(narrator="ruth")
    open_one = make_passage(source, "Dad came home late.", position=0)
    closed = make_passage(source, "He had been at the casino.", position=1)
    archive.store.add_source(source, [open_one, closed])
    pairs = [make_memory(open_one), make_memory(closed)]
    archive.store.add_memories([m for m, _ in pairs], [c for _, c in pairs])
    view = archive.store.reader(Relative("tom"))
    assert {p.memory_id for p in view.postings("casino")} == {m.id for m, _ in pairs}
    archive.store.put_restrictions([make_rule(closed.id, deny=["tom"])])
    assert view.postings("casino") == []
    assert view.postings("late")
