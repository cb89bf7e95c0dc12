"""Who is admitted: the rules of `Restriction` and `Consent`, one by one."""

from datetime import date
from typing import Any

import pytest

from persona.records import Act, ConsentState
from persona.remember.access import (
    admits,
    consented,
    ended,
    last_day,
    newest_consents,
    rights_of,
)
from persona.remember.readers import Audience, Custodian, Reader, Relative, Stranger
from tests.remember.archive import make_consent, make_rule, people

TODAY = date(2026, 11, 22)


def rights(reader: Reader):
    found = rights_of(reader, people(), TODAY)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("rule", "admitted"),
    [
        ({}, {"ruth", "margaret", "joe"}),
        ({"allow": ["ruth"]}, {"ruth"}),
        ({"deny": ["ruth"]}, {"margaret", "joe"}),
        ({"deny": ["family"]}, {"joe"}),
        ({"any_groups": ["family"]}, {"ruth", "margaret"}),
        ({"any_groups": ["children", "elders"]}, {"ruth"}),
        ({"all_groups": ["family", "children"]}, {"ruth"}),
        ({"any_groups": ["family"], "allow": ["joe"]}, {"ruth", "margaret", "joe"}),
        ({"any_groups": ["family"], "deny": ["ruth"]}, {"margaret"}),
        ({"allow": ["ruth"], "deny": ["ruth"]}, set()),
        ({"any_groups": ["nobody"]}, set()),
    ],
)
def test_one_rule(rule: dict[str, Any], admitted: set[str]) -> None:
    made = make_rule("mem_1", **rule)
    readers = ("ruth", "margaret", "joe")
    found = {who for who in readers if admits(made, rights(Relative(who)), Act.RETRIEVE)}
    assert found == admitted
    everybody = Audience(readers)
    assert admits(made, rights(everybody), Act.RETRIEVE) is (admitted == set(readers))
    assert admits(made, rights(Custodian()), Act.RETRIEVE)
    assert not admits(made, rights(Stranger()), Act.RETRIEVE)
    assert not admits(made, rights(Audience(())), Act.RETRIEVE)


def test_a_rule_about_one_act_closes_that_act_only() -> None:
    rule = make_rule("mem_1", allow=["ruth"], acts=["train_text"])
    tom = rights(Relative("tom"))
    assert admits(rule, tom, Act.RETRIEVE)
    assert not admits(rule, tom, Act.TRAIN_TEXT)


def test_a_reader_must_be_there() -> None:
    assert rights_of(Relative("nobody"), people(), TODAY) is None
    assert rights_of(Audience(("ruth", "nobody")), people(), TODAY) is None


@pytest.mark.parametrize(
    ("until", "day"), [("2026", "2026-12-31"), ("2026-02", "2026-02-31"), ("2026-02-03",) * 2]
)
def test_the_last_day_of_a_term(until: str, day: str) -> None:
    assert last_day(until) == day


@pytest.mark.parametrize(
    ("until", "over"),
    [(None, False), ("2026-11-22", False), ("2026-11-21", True), ("2026", False), ("2025", True)],
)
def test_the_end_of_a_term(until: str | None, over: bool) -> None:
    assert ended(until, TODAY) is over


def test_the_newest_entry_counts() -> None:
    old = make_consent("ruth", Act.FILM)
    new = make_consent("ruth", Act.FILM, ConsentState.WITHDRAWN, at=old.at.replace(hour=20))
    for order in ([old, new], [new, old]):
        assert newest_consents(order)["ruth", Act.FILM] is new


@pytest.mark.parametrize("act", list(Act))
def test_without_an_entry(act: Act) -> None:
    allowed = consented(None, act, rights(Relative("tom")))
    assert allowed is (act.value in {"keep", "transcribe", "retrieve", "quote"})
