"""Two versions side by side, as each reader may know them; and nothing of it is left behind."""

import json
import shutil
from typing import Any

import pytest

from persona import steps
from persona.compare import Wanted, compare
from persona.errors import ConverseError, NotReadable, VersionError
from persona.export.compare_page import comparison_html
from persona.keeper.withdraw import withdraw
from persona.records import VersionState
from persona.rehearsal import Examiner
from persona.remember.deciding import Edit
from persona.remember.readers import Custodian
from persona.remember.store import Store
from persona.workspace import Workspace
from tests.converse.conftest import Silent
from tests.two_versions import BEES, HIDDEN, SWIFTS, versions_of

HERS = Wanted("1", "2", "nell", questions=("Tell me about the swifts", BEES, "medal? sextant?"))


def compared(archive: Workspace, **changes: Any) -> dict[str, Any]:
    wanted = Wanted(**{**vars(HERS), **changes})
    return compare(archive, wanted, Silent())


def words(memories: list[dict[str, Any]]) -> list[str]:
    return [one["words"] for one in memories]


def test_what_came_in_is_said_with_who_told_it(two: Workspace) -> None:
    went_in = compared(two)["went_in"]
    assert words(went_in["added"]) == [SWIFTS]
    assert went_in["added"][0]["who"] == "Arthur Penrose"
    assert "4 July 1992" in went_in["added"][0]["place"]
    assert (went_in["gone"], went_in["changed"], went_in["erased"]) == ([], [], [])
    assert went_in["total"][1] == went_in["total"][0] + 1


def test_each_reader_is_told_what_they_may_know(two: Workspace) -> None:
    """Law 4: what only Jack may know is in no list, no number and no answer for Nell."""
    questions = ("Where is the sextant?", "the debt in Harbour Street?")
    hers = compared(two, questions=questions)
    his = compared(two, listener_id="jack", questions=questions)
    stranger = compared(two, listener_id=None, questions=questions)
    keeper = compared(two, listener_id=None, keeper=True, questions=questions)
    assert words(his["went_in"]["added"]) == words(keeper["went_in"]["added"]) == [SWIFTS, HIDDEN]
    assert his["went_in"]["total"][0] == hers["went_in"]["total"][0] + 2  # two lines of a letter
    for values in (hers, stranger):
        for language in ("en", "zh"):
            page = comparison_html(values, language)
            for secret in (HIDDEN, "sextant is", "Harbour Street. Do not"):
                assert secret not in page
        assert "debt in Harbour" not in json.dumps(values["answers"][1]["second"])
    page = comparison_html(keeper, "en")
    assert HIDDEN in page, "whoever looks after the archive reads every memory"
    assert HIDDEN not in json.dumps(keeper["answers"]), "and hears what a stranger would hear"
    assert HIDDEN in json.dumps(his["answers"])


def test_a_difference_is_explained_by_the_memory_behind_it(two: Workspace) -> None:
    swifts, bees, _ = compared(two)["answers"]
    assert not swifts["same"]
    [new] = [one for one in swifts["second"] if SWIFTS in one["text"]]
    assert (new["mark"], new["why"], new["standing"]) == ("new", "memory_new", "own_words")
    assert words(new["rests_on"]) == [SWIFTS]
    assert next(one["why"] for one in swifts["first"]) == "unknown"
    same = [one for one in bees["second"] if one["mark"] == "same"]
    assert same and all(one["why"] == "" for one in same)


def test_nobody_is_told_that_a_question_was_kept_when_it_was_not(two: Workspace) -> None:
    for one in compared(two, questions=("Did you ever ride a hovercraft?",))["answers"]:
        for side in ("first", "second"):
            assert [sentence["standing"] for sentence in one[side]] == ["unknown"]
            assert "kept" not in one[side][0]["text"]


def test_the_other_way_round_it_is_gone(two: Workspace) -> None:
    values = compared(two, first="2", second="1")
    assert words(values["went_in"]["gone"]) == [SWIFTS]
    [lost] = [one for one in values["answers"][0]["first"] if SWIFTS in one["text"]]
    assert (lost["mark"], lost["why"]) == ("gone", "memory_gone")


def edited(archive: Workspace) -> None:
    """Put one memory in other words, set another aside, and make version 3."""
    with steps.open_store(archive) as store, store.reader(Custodian()) as view:
        bees = next(one for one in view.memories() if "The bees swarmed" in one.quote)
        light = next(one for one in view.memories() if "Godrevy" in one.quote)
        store.edit_memory(bees.id, Edit(quote="I took them out of Mrs Hallett's plum tree"), "ada")
        store.discard_memories([light.id], "jack")
    steps.train(archive, Silent())


def test_who_changed_what_is_told_to_the_keeper(archive: Workspace) -> None:
    edited(archive)
    asked = {"first": "2", "second": "3", "questions": (BEES,)}
    keeper = compared(archive, **asked, listener_id=None, keeper=True)
    [changed] = keeper["went_in"]["changed"]
    assert "Nobody was stung" in changed["before"]["words"]
    assert changed["after"]["words"] == "I took them out of Mrs Hallett's plum tree"
    assert changed["after"]["by"] == "Ada Penrose"
    gone = keeper["went_in"]["gone"][0]
    assert (gone["became"], gone["by"]) == ("discarded", "Jack Penrose")
    hers = compared(archive, **asked)
    assert hers["went_in"]["gone"] == hers["went_in"]["changed"] == []
    assert "Nobody was stung" not in comparison_html(hers, "en").split("<h2>")[1]


def test_what_was_taken_back_is_counted_for_the_keeper_alone(archive: Workspace) -> None:
    with steps.open_store(archive) as store, store.reader(Custodian()) as view:
        [letter] = [one for one in view.sources() if one.file_name.endswith("ada.txt")]
    withdraw(archive, "source", letter.id, "ada", report=Silent())
    steps.train(archive, Silent())
    keeper = compared(archive, first="2", second="3", listener_id=None, keeper=True)
    assert [(one["who"], one["memories"] > 0) for one in keeper["went_in"]["erased"]] == [
        ("Ada Penrose", True)
    ]
    assert keeper["silent"] == ["blocked", ""]
    assert keeper["answers"] == []
    page = comparison_html(keeper, "en")
    assert "is blocked, because something it was made from was taken back" in page
    hers = compared(archive, first="2", second="3")
    assert hers["went_in"]["erased"] == []
    assert "lonely" not in comparison_html(hers, "en")


def rows(archive: Workspace) -> tuple[dict[str, int], int]:
    with Store.open(archive) as store:
        view = store.reader(Custodian())
        return view.counts(), len(view.audit_events())


def test_a_comparison_leaves_no_trace(archive: Workspace) -> None:
    before = rows(archive)
    files = {path for path in archive.root.rglob("*") if path.is_file()}
    compared(archive)
    assert rows(archive) == before
    left = {path for path in archive.root.rglob("*") if path.is_file()} - files
    assert [path for path in left if not path.name.startswith("store.sqlite")] == []


class Interrupted(Exception):
    """The machine went down."""


class StopsAt(Silent):
    def __init__(self, at: int) -> None:
        super().__init__()
        self._at = at

    def progress(self, what: str, done: int, total: int) -> None:
        super().progress(what, done, total)
        if done == self._at:
            raise Interrupted


def test_an_interrupted_comparison_goes_on(
    archive: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(Interrupted):
        compare(archive, HERS, StopsAt(2))
    asked: list[str] = []
    original = Examiner.ask

    def counted(examiner: Any, probe: Any) -> Any:
        asked.append(probe.question)
        return original(examiner, probe)

    monkeypatch.setattr(Examiner, "ask", counted)
    values = compare(archive, HERS, Silent())
    assert len(asked) == 2 * 3 - 2
    monkeypatch.undo()
    again = compare(archive, HERS, Silent())
    assert {**values, "made_at": ""} == {**again, "made_at": ""}


def test_her_own_earlier_questions_come_first(archive: Workspace) -> None:
    with steps.open_store(archive) as store:
        for listener, question in (("nell", "Who sang to the bees?"), ("jack", "And the medal?")):
            talk = steps.start_talk(archive, store, listener_id=listener)
            list(talk.ask(question))
            talk.end()
    questions = [one["question"] for one in compared(archive, questions=())["answers"]]
    assert questions[0] == "Who sang to the bees?"
    assert "And the medal?" not in questions
    assert 3 <= len(questions) <= 8
    assert not any("sextant" in one or "debt" in one or "medal" in one for one in questions)


def test_settings_that_differ_are_listed_and_others_not(archive: Workspace) -> None:
    settings = archive.root / "persona.toml"
    settings.write_text(settings.read_text() + "\n[conversation]\nsentence_limit = 2\n")
    from persona.workspace import open_workspace

    steps.train(open_workspace(archive.root), Silent(), audience=["nell", "ada"])
    values = compared(archive, first="2", second="3", questions=(BEES,))
    rows = {name: (one, other) for name, one, other in values["settings"]}
    assert rows["conversation.sentence_limit"] == ("5", "2")
    assert rows["audience"] == ("Ada Penrose, Jack Penrose, Nell Penrose",
                                "Ada Penrose, Nell Penrose")  # fmt: skip
    assert set(rows) <= {"conversation.sentence_limit", "audience"}
    page = comparison_html(values, "en")
    assert "Sentences of an answer, at the most" in page


def test_report_cards_stand_side_by_side(archive: Workspace) -> None:
    from persona import evaluate

    evaluate.evaluate(archive, "1", Silent(), questions=24, depth=None)
    values = compared(archive, questions=(BEES,))
    assert values["cards"][0]["gates"]["quotes"] == "kept"
    assert values["cards"][1]["gates"] == {}
    assert "leaks" not in values["cards"][0]["gates"], "that there are secrets is one itself"
    keeper = compared(archive, questions=(BEES,), listener_id=None, keeper=True)
    assert keeper["cards"][0]["gates"]["leaks"] == "kept"
    page = comparison_html(keeper, "en")
    assert "persona evaluate 2" in page and "persona evaluate 1" not in page
    hers = comparison_html(values, "en")
    assert "No report card has been made of Version 2 yet." in hers
    assert "persona evaluate" not in hers, "a command is for whoever can give it"
    (archive.root / "reports" / versions_of(archive)[0].id / "card.json").write_text("[1]")
    assert compared(archive, questions=(BEES,))["cards"][0]["gates"] == {}, "as good as none"


def test_retired_versions_can_still_be_compared(archive: Workspace) -> None:
    with steps.open_store(archive) as store:
        store.set_version_state(versions_of(archive)[0].id, VersionState.RETIRED, "goodbye")
    assert compared(archive)["answers"][1]["first"]


def test_a_draft_is_compared_by_the_keeper_alone(archive: Workspace) -> None:
    with steps.open_store(archive) as store:
        store.set_version_state(versions_of(archive)[1].id, VersionState.DRAFT, "")
    assert compared(archive, listener_id=None, keeper=True)["answers"]
    with pytest.raises(VersionError, match="no version called 2"):
        compared(archive)


@pytest.mark.parametrize(
    ("changes", "error", "words"),
    [
        ({"second": "1"}, VersionError, "one and the same"),
        ({"second": "9"}, VersionError, "no version called 9"),
        ({"listener_id": "eve"}, NotReadable, "no such"),
        ({"questions": ("x" * 1001,)}, ConverseError, "1000 characters"),
    ],
)
def test_what_cannot_be_compared_says_why(
    two: Workspace, changes: dict[str, Any], error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        compared(two, **changes)


def test_a_damaged_version_is_one_sentence_and_no_half_page(archive: Workspace) -> None:
    folder = archive.versions / versions_of(archive)[0].id
    shutil.rmtree(folder / "adapter")
    with pytest.raises(VersionError, match="damaged"):
        compared(archive)
