"""Votes are counted with how sure they are, and no winner is named that chance may have named."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from persona.compare.credibility import credibility, preference, trend
from persona.errors import StoreError
from persona.records import Judged, Judgement, Preference
from persona.remember.readers import Audience, Custodian, Reader, Relative, Stranger
from tests.remember.archive import Archive, make_version

MAY = datetime(2026, 5, 3, tzinfo=UTC)


@pytest.fixture
def votes(tmp_path: Path) -> Iterator[Archive]:
    archive = Archive(tmp_path)
    with archive.store:
        for number in (1, 2):
            version = make_version()
            version.id, version.number = f"ver_{number}", number
            archive.store.add_version(version)
        yield archive


def vote(
    archive: Archive, number: int, first: str = "ver_1", second: str = "ver_2", *,
    prefers: Preference | None = None, rated: tuple[int | None, int | None] = (None, None),
    listener: str | None = "ruth", question: str = "What about the boat?",
) -> None:  # fmt: skip
    archive.store.put_judgement(
        Judgement(
            id=f"jud_{number}", judged=Judged.ANSWERS, listener_id=listener, first_id=first,
            second_id=second, question=question, preferred=prefers, credible_first=rated[0],
            credible_second=rated[1], at=MAY + timedelta(days=number),
        )
    )  # fmt: skip


def test_the_order_in_which_they_were_shown_does_not_matter(votes: Archive) -> None:
    for number in range(6):
        turned = number % 2 == 0
        vote(
            votes, number, *(("ver_2", "ver_1") if turned else ("ver_1", "ver_2")),
            prefers=Preference.FIRST if turned else Preference.SECOND,
        )  # fmt: skip
    with votes.store.reader(Custodian()) as view:
        first, second = view.versions()
        found = preference(view, first, second)
        assert (found["first"], found["second"]) == (0, 6)
        assert found["says"] == "second"
        assert preference(view, second, first)["says"] == "first"


@pytest.mark.parametrize(
    ("first", "second", "says"),
    [(4, 0, "few"), (5, 0, "first"), (7, 3, "undecided"), (3, 7, "undecided"), (2, 18, "second")],
)
def test_no_winner_while_the_interval_allows_the_opposite(
    votes: Archive, first: int, second: int, says: str
) -> None:
    for number in range(first + second):
        vote(votes, number, prefers=Preference.FIRST if number < first else Preference.SECOND)
    with votes.store.reader(Custodian()) as view:
        assert preference(view, *view.versions())["says"] == says


def test_alike_and_neither_are_counted_and_decide_nothing(votes: Archive) -> None:
    for number, chosen in enumerate([Preference.SAME] * 4 + [Preference.NEITHER] * 4):
        vote(votes, number, prefers=chosen)
    with votes.store.reader(Custodian()) as view:
        found = preference(view, *view.versions())
    assert (found["same"], found["neither"], found["says"]) == (4, 4, "few")


def test_credibility_over_time_with_its_interval(votes: Archive) -> None:
    for number in range(12):
        vote(votes, number * 5, rated=(2 if number else 5, 5))
    with votes.store.reader(Custodian()) as view:
        one, two = credibility(view, view.versions())
    assert (one["votes"], two["votes"]) == (12, 12)
    assert one["share"] == pytest.approx(1 / 12)
    assert one["low"] < one["share"] < one["high"]
    assert [row["month"] for row in two["months"]] == ["2026-05", "2026-06"]
    assert sum(row["votes"] for row in two["months"]) == 12
    assert trend([one, two]) == "more"
    assert trend([two, one]) == "less"


def test_few_votes_are_no_trend(votes: Archive) -> None:
    for number in range(4):
        vote(votes, number, rated=(1, 5))
    with votes.store.reader(Custodian()) as view:
        assert trend(credibility(view, view.versions())) == "few"
        assert credibility(view, view.versions())[0]["mean"] == 1.0


@pytest.mark.parametrize("reader", [Relative("tom"), Stranger(), Audience(("ruth",))])
def test_a_vote_is_its_givers_own(votes: Archive, reader: Reader) -> None:
    vote(votes, 1, rated=(1, 5))
    vote(votes, 2, rated=(1, 5), listener=None)
    with votes.store.reader(reader) as view:
        assert view.judgements() == []
    with votes.store.reader(Relative("ruth")) as view:
        [mine] = view.judgements()
        assert (mine.listener_id, mine.question) == ("ruth", "What about the boat?")
    with votes.store.reader(Custodian()) as view:
        counted = view.judgements(Judged.ANSWERS)
        assert len(counted) == 2
        assert {(one.listener_id, one.question) for one in counted} == {(None, "")}
        assert view.judgements(Judged.VOICES) == []


@pytest.mark.parametrize(
    ("second", "rated", "prefers"),
    [
        ("ver_1", (4, 4), None),
        ("ver_2", (None, None), None),
        ("ver_9", (4, 4), None),
        ("ver_2", (0, 4), None),
        ("ver_2", (4, 6), None),
    ],
)
def test_what_is_no_vote_is_refused(
    votes: Archive, second: str, rated: tuple[int | None, int | None], prefers: Preference | None
) -> None:
    with pytest.raises(StoreError):
        vote(votes, 1, "ver_1", second, rated=rated, prefers=prefers)
    with votes.store.reader(Custodian()) as view:
        assert view.judgements() == []


def test_the_same_vote_twice_is_one(votes: Archive) -> None:
    vote(votes, 1, rated=(1, 5))
    vote(votes, 1, rated=(1, 5))
    with votes.store.reader(Custodian()) as view:
        assert len(view.judgements()) == 1
