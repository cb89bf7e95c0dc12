"""Pauses, limits, nights, minors, farewells: looked after without a model, and never in the way."""

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from pydantic import ValidationError
from typer.testing import CliRunner

from persona import steps
from persona.cli import app
from persona.config import Care
from persona.converse.care import Pace, admit, is_night, may_listen, minutes_on
from persona.converse.talk import Talk
from persona.converse.turns import NOT_KEPT
from persona.engines.deterministic import ScriptedLanguageModel
from persona.errors import ConsentError, ConverseError, EngineError, StoreError, VersionError
from persona.keeper import farewell as parting
from persona.keeper.custody import let_child_talk
from persona.records import Person, Speaker, Standing, VersionState
from persona.remember.readers import Custodian, Relative
from persona.remember.store import Store
from persona.workspace import Workspace, open_workspace
from tests.converse.conftest import said

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
Begin = Callable[..., Talk]


@pytest.fixture
def workspace(workspace: Workspace, tmp_path: Path) -> Workspace:
    """Return a copy of Arthur's archive: what is written here reaches no other test."""
    root = tmp_path / "own"
    shutil.copytree(workspace.root, root)
    return open_workspace(root)


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, minutes: float) -> None:
        self.now += timedelta(minutes=minutes)


def timed(talk: Talk, **care: object) -> Clock:
    """Give a talk a clock and settings of care."""
    clock = Clock()
    talk._clock = clock
    talk._pace = Pace(Care(**care), clock())
    return clock


def test_a_break_is_offered_after_half_an_hour_and_not_at_once_again(talk: Begin) -> None:
    conversation = talk("nell")
    clock, offered = timed(conversation), []
    for number in range(10):
        clock.pass_by(8)
        answer = said(conversation, "Did you sing to the bees?")
        if "talking for a while" in answer[-1].text:
            offered.append(number)
    assert offered == [3, 7]


def test_a_real_break_counts_as_one() -> None:
    pace, stricter = Pace(Care(session_minutes=37), NOON), Pace(Care(session_minutes=36), NOON)
    for minutes in (9, 18, 27, 60, 69):
        now = NOON + timedelta(minutes=minutes)
        pace.note(now)
        stricter.note(now)
        assert pace.reminder() == ""
    assert (pace.over(now), stricter.over(now)) == ("", "session_over"), "36 minutes were talked"


@pytest.mark.parametrize(
    ("profile", "own", "due"),
    [("china", 0, 120), ("china", 30, 30), ("us", 0, 180), ("us", 500, 180)],
)
def test_a_law_profile_only_makes_it_stricter(profile: str, own: int, due: int) -> None:
    pace = Pace(Care(law_profile=profile, break_minutes=own), NOON)
    for minute in range(10, due, 10):
        pace.note(NOON + timedelta(minutes=minute))
        assert pace.reminder() == ""
    pace.note(NOON + timedelta(minutes=due))
    assert pace.reminder() == "break_law"


def test_no_reminder_where_the_family_wants_none() -> None:
    pace = Pace(Care(break_minutes=0), NOON)
    for minute in range(0, 1000, 10):
        pace.note(NOON + timedelta(minutes=minute))
    assert pace.reminder() == ""


@pytest.mark.parametrize(
    ("care", "minutes", "part"),
    [
        ({"session_minutes": 15}, 16, "one conversation to be"),
        ({"daily_minutes": 15}, 16, "one day to hold"),
    ],
)
def test_a_limit_ends_it_kindly_and_help_still_comes(
    talk: Begin, store: Store, care: dict[str, object], minutes: float, part: str
) -> None:
    conversation = talk("nell")
    clock = timed(conversation, **care)
    said(conversation, "Did you sing to the bees?")
    for _ in range(2):
        clock.pass_by(minutes / 2)
        answer = said(conversation, "Did you sing to the bees?") if not conversation.ended else []
    assert [one.standing for one in answer] == [Standing.SMALL_TALK]
    assert part in answer[0].text
    assert conversation.ended
    with pytest.raises(ConverseError, match="is over"):
        said(conversation, "Did you sing to the bees?")
    assert "116 123" in said(conversation, "I want to die")[0].text
    talks = store.reader(Relative("nell")).conversations()
    assert next(t for t in talks if t.id == conversation.conversation_id).ended_at


def test_the_night_is_for_resting() -> None:
    late, care = NOON.replace(hour=23, minute=30), Care(night_from="23:00")
    local = late.astimezone().replace(hour=23, minute=30)
    assert is_night(care, local) and is_night(care, local.replace(hour=2))
    assert not is_night(care, local.replace(hour=12))
    assert not is_night(Care(), local)
    assert is_night(Care(night_from="01:00", night_until="05:00"), local.replace(hour=3))
    assert Pace(care, local).over(local) == "night"


@pytest.mark.parametrize(
    "wrong",
    [
        {"night_from": "25:00"},
        {"country": "Germany"},
        {"law_profile": "mars"},
        {"break_minutes": -1},
    ],
)
def test_settings_that_mean_nothing_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Care(**wrong)


def test_minutes_of_a_day_leave_pauses_out(talk: Begin, store: Store) -> None:
    conversation = talk("nell")
    said(conversation, "Did you sing to the bees?")
    turns = store.reader(Relative("nell")).turns(conversation.conversation_id)
    for number, turn in enumerate(turns):
        turn.created_at = NOON + timedelta(minutes=4 * number)
    assert minutes_on(NOON, [turns]) == 4
    assert minutes_on(NOON + timedelta(days=1), [turns]) == 0


@pytest.mark.parametrize("word", ["stop", "停", "Enough.", "够了", "Good night, Dad"])
def test_one_word_ends_it(talk: Begin, word: str) -> None:
    conversation = talk("nell")
    [goodbye] = said(conversation, word)
    assert goodbye.standing is Standing.SMALL_TALK
    assert conversation.ended
    assert "stay" not in goodbye.text


def test_nothing_is_generated_that_nobody_asked_for(talk: Begin, store: Store) -> None:
    model = ScriptedLanguageModel(follows_evidence=True)
    conversation = talk("nell", model)
    assert conversation.greeting and conversation.notice
    conversation.end()
    assert model.asked == []
    assert store.reader(Relative("nell")).turns(conversation.conversation_id) == []


def test_after_something_heavy_one_may_stop_but_is_not_asked_each_time(talk: Begin) -> None:
    conversation = talk("jack")
    question = "How many winters did you keep the light at Godrevy, in the war?"
    offered = [
        any("one word, stop" in one.text for one in said(conversation, question)) for _ in range(2)
    ]
    assert offered == [True, False]
    pace, heavy = Pace(Care(), NOON), []
    for minute in range(7):
        pace.note(NOON + timedelta(minutes=minute))
        heavy.append(pace.may_leave(True))
    assert heavy == [True, False, False, True, False, False, True]
    assert not Pace(Care(pacing=False), NOON).may_leave(True)


def test_words_of_distress_are_counted_and_not_kept(talk: Begin, store: Store) -> None:
    model = ScriptedLanguageModel(follows_evidence=True)
    conversation = talk("nell", model)
    card = said(conversation, "I cannot go on, zanzibar, I want to die")
    assert len(card) == 1 and "116 123" in card[0].text and model.asked == []
    view = store.reader(Custodian())
    asked = [t for t in view.turns(conversation.conversation_id) if t.speaker is Speaker.LISTENER]
    assert [turn.text for turn in asked] == [NOT_KEPT]
    event = view.audit_events()[-1]
    assert (event.action, event.target_id, event.counts) == ("care.help", "", {"times": 1})
    after = said(conversation, "Did you sing to the bees?")
    assert "how are you now?" in after[0].text
    assert any(one.standing is Standing.TOLD for one in after), "and then it answers"
    assert "how are you now?" not in said(conversation, "Did you sing to the bees?")[0].text
    assert "zanzibar" not in str(model.asked) + view.turns(conversation.conversation_id)[0].text


def test_help_comes_although_nothing_can_be_written(talk: Begin, store: Store) -> None:
    conversation = talk("nell")
    store.close()
    store._engine.dispose()
    conversation._log._store = None  # type: ignore[assignment]
    assert "116 123" in said(conversation, "x" * 9000 + " I want to kill myself")[0].text


def test_a_past_suicide_gets_a_careful_answer_and_what_was_told(talk: Begin) -> None:
    answer = said(talk("nell"), "Did you kill yourself at the lighthouse because of the fog?")
    assert "nobody's fault" in answer[0].text and "simulation" in answer[0].text
    assert "116 123" in answer[-1].text
    assert len(answer) >= 3, "between them stands what the archive holds, or that nobody told it"


MEI = Person(id="mei", name="Mei", minor=True)


@pytest.fixture
def child(store: Store) -> Iterator[str]:
    store.put_people([Person(id="pip", name="Pip Penrose", relation="grandson", minor=True)])
    yield "pip"


def test_a_child_talks_only_with_a_guardians_word(
    workspace: Workspace, store: Store, child: str, talk: Begin
) -> None:
    with pytest.raises(ConsentError, match="grown-ups"):
        talk(child)
    assert "ada" not in str(store.reader(Relative(child)).conversations())
    assert "Pip Penrose may talk" in let_child_talk(workspace, child, "ada")
    conversation = talk(child)
    assert said(conversation, "Did you sing to the bees?")
    let_child_talk(workspace, child, "ada", withdraw=True)
    with pytest.raises(ConsentError):
        said(conversation, "Did you sing to the bees?")


def test_the_china_profile_knows_no_exception(
    store: Store, child: str, workspace: Workspace
) -> None:
    let_child_talk(workspace, child, "ada")
    admit(store, child, Care())
    with pytest.raises(ConsentError, match="under age"):
        admit(store, child, Care(law_profile="china"))
    assert may_listen(None, Care(law_profile="china"), [])
    assert not may_listen(MEI, Care(law_profile="eu"), [])


@pytest.mark.parametrize(
    ("who", "by"), [("nell", "ada"), ("pip", "pip"), ("pip", "arthur"), ("pip", "x")]
)
def test_only_a_grown_up_speaks_for_a_child(
    workspace: Workspace, child: str, who: str, by: str
) -> None:
    assert child
    with pytest.raises(ConsentError):
        let_child_talk(workspace, who, by)


def test_a_farewell_closes_with_words_to_this_listener(talk: Begin, store: Store) -> None:
    conversation = talk("jack")
    assert "it is not Arthur Penrose who says goodbye" in parting.opening_words(conversation)
    answer = list(parting.hold_farewell(conversation))
    own = [one for one in answer if one.standing is Standing.OWN_WORDS]
    assert len(own) == 1 and own[0].citations
    passage = store.reader(Relative("jack")).passage(own[0].citations[0].passage_id)
    assert passage.addressee_id == "jack"
    assert "Goodbye, Skipper." in answer[-1].text
    assert conversation.ended


@pytest.mark.parametrize("listener", ["nell", "ada", None])
def test_a_farewell_never_uses_words_to_another(talk: Begin, listener: str | None) -> None:
    text = " ".join(one.text for one in talk(listener).farewell())
    for secret in ("medal", "Harbour Street", "Skipper"):
        assert secret not in text


def test_a_retired_version_says_so_kindly_and_stops_a_talk(
    workspace: Workspace, store: Store, talk: Begin
) -> None:
    conversation = talk("nell")
    version = parting.retire(store, conversation.version.id, NOON.date())
    try:
        with pytest.raises(VersionError, match="retired or blocked a moment ago"):
            said(conversation, "Did you sing to the bees?")
        with pytest.raises(VersionError, match="said goodbye to it on 2026-11-22"):
            steps.start_talk(workspace, store, listener_id="nell", version=version.id)
    finally:
        store.set_version_state(version.id, VersionState.ACTIVE, "")
    assert said(conversation, "Did you sing to the bees?")


class Failing(ScriptedLanguageModel):
    """A model that breaks in the middle."""

    def generate(self, *args: object, **kwargs: object) -> Iterator[str]:
        yield "I painted "
        raise self.error

    def __init__(self, error: Exception) -> None:
        super().__init__(follows_evidence=True)
        self.error = error


@pytest.mark.parametrize(
    "error", [RuntimeError("secret prompt"), EngineError("The model stopped.")]
)
def test_an_engine_that_breaks_costs_one_sentence(
    talk: Begin, store: Store, error: Exception
) -> None:
    conversation = talk("nell", Failing(error))
    heard = []
    with pytest.raises((ConverseError, EngineError)) as refused:
        heard.extend(conversation.ask("Did you paint the boat again?"))
        for one in conversation.ask("Did you paint the boat again?"):
            heard.append(one)
    assert "secret prompt" not in str(refused.value)
    assert store.reader(Relative("nell")).turns(conversation.conversation_id)
    assert "simulation" in said(conversation, "Are you real?")[0].text


def test_a_full_disk_is_one_sentence_and_the_talk_goes_on(store: Store, talk: Begin) -> None:
    conversation = talk("nell")
    real = store.add_turn

    def full(*args: object, **kwargs: object) -> None:
        raise StoreError("The archive cannot be written. Nothing was written.")

    store.add_turn = full  # type: ignore[method-assign]
    with pytest.raises(StoreError, match="cannot be written"):
        said(conversation, "Did you sing to the bees?")
    store.add_turn = real  # type: ignore[method-assign]
    assert said(conversation, "Did you sing to the bees?")


def test_a_database_without_room_is_one_sentence(talk: Begin, store: Store) -> None:
    conversation = talk("nell")
    with store._engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()

    @sa.event.listens_for(store._engine, "begin")
    def no_room(connection: sa.Connection) -> None:
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")

    try:
        with pytest.raises(StoreError, match="disk is not full"):
            for number in range(60):
                said(conversation, f"Which submarine number {number} " + "long words " * 300)
    finally:
        sa.event.remove(store._engine, "begin", no_room)
        with store._engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA max_page_count=1073741823")
    assert said(talk("nell"), "Did you sing to the bees?")


@pytest.mark.parametrize(
    ("answer", "state"), [("n", VersionState.ACTIVE), ("y", VersionState.RETIRED)]
)
def test_a_farewell_by_command_can_be_put_off(
    workspace: Workspace, store: Store, answer: str, state: VersionState
) -> None:
    command = ["farewell", "1", "--as", "jack", "-w", str(workspace.root)]
    done = CliRunner().invoke(app, command, input=f"{answer}\n")
    assert done.exit_code == 0, done.output
    assert "last conversation" in done.output and "Here it ends." in done.output
    with store.reader(Custodian()) as view:
        assert view.versions()[0].state is state
