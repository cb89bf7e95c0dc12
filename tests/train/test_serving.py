"""Which version may be talked to by whom, and what it may be called."""

from datetime import UTC, datetime

import pytest

from persona.config import Config
from persona.errors import VersionError
from persona.records import Version, VersionState
from persona.train.serving import (
    BY_THE_KEEPER,
    REHEARSED,
    checked_name,
    named_version,
    settings_of,
    talkable_version,
)
from tests.train.material import manifest_of

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def version(number: int, state: VersionState, name: str = "", reason: str = "") -> Version:
    return Version(
        id=f"ver_{number}", number=number, name=name, inputs_sha256="", state=state,
        state_reason=reason, created_at=NOON,
    )  # fmt: skip


OLD = version(1, VersionState.RETIRED, "first", "the family said goodbye to it")
USED = version(2, VersionState.ACTIVE, "second generation")
TRIED = version(3, VersionState.DRAFT, "third")
GONE = version(4, VersionState.BLOCKED, reason="something was taken back.")
ALL = [OLD, USED, TRIED, GONE]


def test_the_newest_is_never_a_draft() -> None:
    assert talkable_version(ALL, None) is USED
    assert talkable_version(ALL, None, BY_THE_KEEPER) is USED


@pytest.mark.parametrize("wanted", ["3", "ver_3", "third", " third "])
def test_a_draft_is_for_the_keeper(wanted: str) -> None:
    assert talkable_version(ALL, wanted, BY_THE_KEEPER) is TRIED
    with pytest.raises(VersionError, match="versions activate 3"):
        talkable_version(ALL, wanted)


def test_a_retired_one_is_rehearsed_and_not_talked_to() -> None:
    assert talkable_version(ALL, "1", REHEARSED) is OLD
    with pytest.raises(VersionError, match="retired: the family said goodbye"):
        talkable_version(ALL, "1", BY_THE_KEEPER)


def test_a_blocked_one_is_asked_by_nobody() -> None:
    with pytest.raises(VersionError, match="blocked: something was taken back"):
        talkable_version(ALL, "4", REHEARSED)


@pytest.mark.parametrize(
    ("versions", "words"),
    [
        ([], "no version to talk to yet"),
        ([TRIED], "chat --version 3"),
        ([OLD, GONE], "retired or blocked"),
    ],
)
def test_where_nothing_can_be_talked_to_it_says_what_to_do(
    versions: list[Version], words: str
) -> None:
    with pytest.raises(VersionError, match=words):
        talkable_version(versions, None)


@pytest.mark.parametrize("wanted", ["9", "", "  ", "ver_", "secon"])
def test_what_is_not_there_is_not_guessed(wanted: str) -> None:
    with pytest.raises(VersionError, match="persona versions"):
        named_version(ALL, wanted)


def test_a_number_comes_before_a_name() -> None:
    """An old archive may hold a version whose name is another one's number."""
    odd = version(7, VersionState.ACTIVE, "2")
    assert named_version([odd, USED], "2") is USED


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("2", "taken for a number"),
        ("ver_x", "taken for a number"),
        ("second generation", "Version 2 is called"),
        ("x" * 81, "at most 80"),
    ],
)
def test_names_that_would_mislead_are_refused(name: str, words: str) -> None:
    with pytest.raises(VersionError, match=words):
        checked_name(name, ALL, number=1)


def test_a_name_is_one_line_and_may_stay() -> None:
    assert checked_name("  the \n second\tgeneration ", ALL) == "the second generation"
    assert checked_name("second generation", ALL, number=2) == "second generation"
    assert checked_name("", ALL) == ""
    assert checked_name("第二代", ALL) == "第二代"


@pytest.mark.parametrize(
    ("made", "named"),
    [
        ({"engines": {"oracle": "delphi", "threads": 2}}, r"\(oracle\)"),
        ({"conversation": {"sentence_limit": 0, "tone": "warm"}}, r"\(sentence_limit, tone\)"),
    ],
)
def test_settings_that_are_gone_are_named(made: dict[str, object], named: str) -> None:
    """An old version says exactly why it cannot answer as it did."""
    with pytest.raises(VersionError, match=f"{named}, so it cannot answer as it did"):
        settings_of(Config(), manifest_of([], settings=made))


def test_settings_that_there_were_not_yet_have_their_defaults() -> None:
    today = Config.model_validate({"engines": {"threads": 7, "voice": "espeak"}})
    found = settings_of(today, manifest_of([], settings={"conversation": {"enough": 0.25}}))
    assert found.conversation.enough == 0.25
    assert found.conversation.sentence_limit == Config().conversation.sentence_limit
    assert found.engines == today.engines
