"""Which two versions answer, in which order, and whether hearing them would tell which is which."""

import random
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from persona.compare.blind import (
    Ears,
    ask_both,
    can_be_heard,
    draw_pair,
    hear_both,
    usable_versions,
)
from persona.compare.hearing import Hearing
from persona.errors import VersionError
from persona.export.marking_seal import read_seal
from persona.records import Judged, Judgement, Preference, Version, VersionState
from persona.remember.store import Store
from persona.workspace import Workspace
from tests.converse.conftest import Silent
from tests.screens.family import add_designed_voice, add_second_version, add_version, make_family

KITE = "What about the red kite?"
OTHER_TONE = {"name": "another tone", "donor": "a test tone"}


@pytest.fixture
def family(tmp_path: Path) -> Workspace:
    """Return an archive with three versions; the first two differ in a letter and in the voice."""
    made = make_family(tmp_path)
    add_second_version(made, OTHER_TONE)
    with Store.open(made) as store:
        add_version(made, store, None, 3, "third generation", OTHER_TONE)
    return made


@pytest.fixture
def store(family: Workspace) -> Iterator[Store]:
    with Store.open(family) as opened:
        yield opened


def numbers(pair: tuple[Version, Version]) -> tuple[int, ...]:
    return tuple(sorted(version.number for version in pair))


def vote(store: Store, pair: tuple[Version, Version], number: int, listener: str = "ruth") -> None:
    store.put_judgement(
        Judgement(
            id=f"jud_{number}", judged=Judged.ANSWERS, listener_id=listener, first_id=pair[0].id,
            second_id=pair[1].id, question="?", preferred=Preference.SAME, credible_first=None,
            credible_second=None, at=datetime(2026, 5, 3, tzinfo=UTC),
        )
    )  # fmt: skip


def test_every_pair_has_its_turn_before_any_comes_again(family: Workspace, store: Store) -> None:
    drawn: Counter[tuple[int, ...]] = Counter()
    for number in range(6):
        pair = draw_pair(family, store, "ruth", random.Random(number))
        vote(store, pair, number)
        drawn[numbers(pair)] += 1
        assert max(drawn.values()) - min(drawn.values(), default=0) <= 1
    assert drawn == {(1, 2): 2, (1, 3): 2, (2, 3): 2}


def test_only_this_listeners_votes_count(family: Workspace, store: Store) -> None:
    lot = random.Random(0)
    first = draw_pair(family, store, "ruth", lot)
    for number in range(9):
        vote(store, first, number, listener="daniel")
    later = {numbers(draw_pair(family, store, "ruth", lot)) for _ in range(30)}
    assert numbers(first) in later


def test_pair_and_order_are_drawn_and_the_same_seed_draws_the_same(
    family: Workspace, store: Store
) -> None:
    drawn = [draw_pair(family, store, None, random.Random(seed)) for seed in range(40)]
    again = [draw_pair(family, store, None, random.Random(seed)) for seed in range(40)]
    ids = [(one.id, other.id) for one, other in drawn]
    assert ids == [(one.id, other.id) for one, other in again]
    assert len(set(ids)) == 6, "three pairs, each in both orders"


def test_a_damaged_version_is_passed_over(family: Workspace, store: Store) -> None:
    hurt = usable_versions(store)[2]
    (family.versions / hurt.id / "memories.txt").chmod(0o644)
    (family.versions / hurt.id / "memories.txt").write_text("mem_1\n", encoding="utf-8")
    drawn = {numbers(draw_pair(family, store, "ruth", random.Random(n))) for n in range(20)}
    assert drawn == {(1, 2)}
    store.set_version_state(usable_versions(store)[1].id, VersionState.BLOCKED, "taken back")
    with pytest.raises(VersionError, match="damaged"):
        draw_pair(family, store, "ruth", random.Random(0))
    store.set_version_state(hurt.id, VersionState.BLOCKED, "taken back")
    with pytest.raises(VersionError, match="no two versions"):
        draw_pair(family, store, "ruth", random.Random(0))


@pytest.mark.slow
def test_both_are_heard_in_the_order_in_which_they_stand(
    family: Workspace, store: Store, models: Path, tmp_path: Path
) -> None:
    one, two, three = usable_versions(store)
    hearing = Hearing(family, store, "ruth")
    for pair in ((one, two), (two, one)):
        blind = ask_both(family, KITE, pair, "ruth", Silent())
        assert blind.version_ids == (pair[0].id, pair[1].id)
        assert can_be_heard(hearing, blind) is Ears.BOTH
        for version, heard in zip(pair, hear_both(hearing, blind), strict=True):
            (tmp_path / "heard.mp3").write_bytes(heard.mp3)
            assert read_seal(tmp_path / "heard.mp3").made["version"] == version.id
    same = ask_both(family, KITE, (two, three), "ruth", Silent())
    assert can_be_heard(hearing, same) is Ears.SAME


def test_none_is_heard_where_one_alone_would_tell(tmp_path: Path) -> None:
    family = make_family(tmp_path)
    with Store.open(family) as store:
        add_version(family, store, None, 2, "", add_designed_voice(family, store, "voi_a"))
        store.block_voice("voi_a", "Ruth took it back.")
        one, two = usable_versions(store)
        blind = ask_both(family, KITE, (one, two), "ruth", Silent())
        assert can_be_heard(Hearing(family, store, "ruth"), blind) is Ears.NOT_BOTH
