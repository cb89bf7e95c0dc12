"""They tell it differently: nobody is right, everything can be decided again."""

import pytest

from persona.keeper import review
from persona.records import ConflictKind, ConflictPolicy, ConflictState, MemoryStatus
from persona.remember.disputes import FoundConflict
from persona.remember.readers import Custodian
from persona.remember.store import Store
from tests.screens.family import make_family


def memory_id(workspace, words):
    with Store.open(workspace) as store, store.reader(Custodian()) as view:
        return next(one.id for one in view.memories() if words in one.quote)


@pytest.fixture
def own(tmp_path):
    workspace = make_family(tmp_path, version=False)
    pair = (memory_id(workspace, "came home"), memory_id(workspace, "Never hurry"))
    with Store.open(workspace) as store:
        store.put_conflicts([FoundConflict(pair, ConflictKind.TWO_ACCOUNTS, "kites", "rule 1")])
    return workspace


@pytest.fixture
def keeper(screen, sit, own):
    return screen(own, "disagreements", visitor=sit(None, "custodian"))


def conflict(workspace):
    with Store.open(workspace) as store:
        (one,) = review.open_disagreements(store, state=None)
        return one.conflict


def press(page, way):
    (key,) = [key for key in page.keys(f"{way}-") if key.startswith(f"{way}-cfl")]
    return page.press(key)


def test_both_stand_beside_each_other_with_names_times_and_sources(keeper):
    shown = keeper.html()
    assert "Henry Lin and Margaret Lin tell it differently" in shown
    assert "Never hurry a kite" in shown and "He came home from the harbour" in shown
    assert "told 12 May 1987" in shown and "told 3 February 2024" in shown
    assert len(keeper.keys("open-cfl")) == 3  # two sources, and the way "tell both"


@pytest.mark.parametrize(
    ("way", "state", "kind", "policy"),
    [
        ("open", ConflictState.CONFIRMED, ConflictKind.TWO_ACCOUNTS, ConflictPolicy.TELL_BOTH),
        ("silent", ConflictState.CONFIRMED, ConflictKind.TWO_ACCOUNTS, ConflictPolicy.KEEP_SILENT),
        ("no_difference", ConflictState.DISMISSED, ConflictKind.TWO_ACCOUNTS, None),
        ("both_true", ConflictState.CONFIRMED, ConflictKind.BOTH_TRUE, ConflictPolicy.TELL_BOTH),
        ("mistaken_identity", ConflictState.CONFIRMED, ConflictKind.MISTAKEN_IDENTITY, None),
    ],
)
def test_each_way_is_recorded_and_undone(keeper, own, way, state, kind, policy):
    before = conflict(own)
    if way == "open":
        keeper.press(f"open-{before.id}")
    else:
        press(keeper, way)
    now = conflict(own)
    assert (now.state, now.kind) == (state, kind)
    assert policy in (None, now.policy)
    assert "Nobody tells anything differently" in keeper.html()
    assert "What was decided" in str([one.label for one in keeper.app.expander])
    keeper.press("undo")
    assert conflict(own).state is ConflictState.PROPOSED
    assert conflict(own).policy is before.policy


def test_nobody_corrects_somebody_else(keeper):
    assert not keeper.keys("correction-")


def test_the_note_is_kept_with_it(keeper, own):
    one = conflict(own)
    keeper.app.text_input(key=f"note-{one.id}").set_value("Ask aunt Mei <b>")
    keeper.press(f"open-{one.id}")
    assert conflict(own).resolution == "Ask aunt Mei <b>"
    assert "Ask aunt Mei &lt;b&gt;" in keeper.html()


def test_the_source_opens_from_it(keeper):
    keeper.press(next(key for key in keeper.keys("open-cfl") if "mem_" in key))
    assert "<mark>" in keeper.html()


def test_two_memories_are_laid_beside_each_other_by_hand(screen, sit, tmp_path):
    workspace = make_family(tmp_path, version=False)
    page = screen(workspace, "memories", visitor=sit(None, "custodian"))
    one, other = memory_id(workspace, "came home"), memory_id(workspace, "blue kite on")
    page.press(f"beside-{one}")
    assert "Now choose the other one" in page.html()
    page.press(f"beside-{one}")
    assert "Now choose the other one" not in page.html()
    page.press(f"beside-{one}").press(f"beside-{other}")
    assert "side by side under" in page.html()
    assert conflict(workspace).state is ConflictState.CONFIRMED
    with Store.open(workspace) as store, store.reader(Custodian()) as view:
        assert view.memory(one).status is MemoryStatus.DISPUTED
    page.press("undo")
    assert conflict(workspace).state is ConflictState.DISMISSED
