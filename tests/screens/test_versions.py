"""Versions on the screen: what the keeper may do with them, two side by side, and blind votes."""

import pytest

from persona.records import Judged, Judgement, Preference, VersionState
from persona.remember.readers import Custodian, Relative
from persona.remember.store import Store
from tests.screens.family import (
    KITE,
    NOW,
    ORANGES,
    SECRET,
    add_designed_voice,
    add_second_version,
    add_version,
    make_family,
)


@pytest.fixture
def two(tmp_path):
    """Return a family with two versions that differ in two letters, one of them a secret."""
    workspace = make_family(tmp_path)
    add_second_version(workspace)
    return workspace


def seated(screen, sit, workspace, first, person_id="ruth", kind="person", **state):
    return screen(workspace, first, visitor=sit(person_id, kind), **state)


def keeper(screen, sit, workspace, first="versions", **state):
    return seated(screen, sit, workspace, first, None, "custodian", **state)


def set_state(workspace, number, state):
    with Store.open(workspace) as store:
        version = store.reader(Custodian()).versions()[number - 1]
        store.set_version_state(version.id, state, "")


def states(workspace):
    with Store.open(workspace) as store:
        return [one.state for one in store.reader(Custodian()).versions()]


# The list


def test_a_draft_is_shown_to_the_keeper_alone(screen, sit, two):
    set_state(two, 2, VersionState.DRAFT)
    assert "second generation" not in seated(screen, sit, two, "versions").html()
    page = keeper(screen, sit, two)
    assert "a draft: only you see it" in page.html()
    page.press("activate-2")
    assert "The family has version 2 now." in page.html()
    assert states(two) == [VersionState.ACTIVE, VersionState.ACTIVE]
    assert "second generation" in seated(screen, sit, two, "versions").html()


def test_the_keeper_tries_a_draft_and_nobody_else(screen, sit, two):
    set_state(two, 2, VersionState.DRAFT)
    page = keeper(screen, sit, two).press("try-2")
    page.ask("What about the red kite?")
    assert KITE in page.html()
    assert "trying" in page.app.session_state
    hers = seated(screen, sit, two, "talk", begun=True, trying=_id(two, 2))
    hers.ask("What about the red kite?")
    assert KITE not in hers.html()


def _id(workspace, number):
    with Store.open(workspace) as store:
        return store.reader(Custodian()).versions()[number - 1].id


def test_a_version_is_named(screen, sit, two):
    page = keeper(screen, sit, two)
    page.app.text_input(key="name-1").set_value("how it began").run()
    page.press("rename-1")
    assert "“how it began”" in page.html()
    page.app.text_input(key="name-2").set_value("how it began").run()
    page.press("rename-2")
    assert "Version 1 is called" in page.html()


def test_room_on_the_disk_is_the_keepers(screen, sit, two):
    assert "on the disk" in keeper(screen, sit, two).html()
    assert "on the disk" not in seated(screen, sit, two, "versions").html()


def test_a_list_that_was_changed_by_hand_is_noticed_at_once(screen, sit, two):
    page = seated(screen, sit, two, "versions")
    assert "is damaged" not in page.html()
    listed = two.versions / _id(two, 1) / "memories.txt"
    listed.chmod(0o644)
    listed.write_text("mem_1\n", encoding="utf-8")
    page.app.run()
    assert "is damaged" in page.html()


def test_with_one_version_there_is_nothing_to_compare(screen, sit, tmp_path):
    workspace = make_family(tmp_path)
    page = seated(screen, sit, workspace, "versions")
    assert page.keys("compare") == page.keys("to-blind") == []
    assert "only one version" in seated(screen, sit, workspace, "compare").html()
    assert "only one version" in seated(screen, sit, workspace, "blind").html()


# Two side by side


def compared(page, questions="What about the red kite?"):
    page.app.text_area(key="side-questions").set_value(questions).run()
    return page.press("side-begin")


def test_two_versions_side_by_side(screen, sit, two):
    page = compared(seated(screen, sit, two, "compare"))
    shown = page.html()
    assert "New memories: 1" in shown
    assert "only here: the memory came in later" in shown
    assert shown.count("· simulation") == 2
    assert page.keys("side-begin") == ["side-begin"]
    assert not page.app.exception


@pytest.mark.parametrize(("person_id", "kind"), [("ruth", "person"), (None, "stranger")])
def test_a_secret_is_not_compared_before_others(screen, sit, two, person_id, kind):
    questions = "Where are the oranges behind the boiler?\nthe debt in Harbour Street?"
    page = compared(seated(screen, sit, two, "compare", person_id, kind), questions)
    words = page.html()
    for asked in questions.splitlines():
        words = words.replace(asked, "")
    assert "oranges" not in words and "debt" not in words


def test_those_who_may_know_it_see_it(screen, sit, two):
    page = compared(seated(screen, sit, two, "compare", "margaret"), "the oranges?")
    assert ORANGES in page.html()
    assert SECRET not in page.html(), "it is the same in both"
    shown = compared(keeper(screen, sit, two, "compare"), "the oranges?").html()
    assert shown.count(ORANGES) == 1, "in what went in, and in no answer for a stranger"


def test_the_page_can_be_kept_and_is_the_visitors_own(screen, sit, two):
    page = compared(seated(screen, sit, two, "compare"))
    assert [one.label for one in page.app.get("download_button")]
    page.press("change")
    assert "compared" not in page.app.session_state


def test_what_goes_wrong_is_a_sentence(screen, sit, two):
    page = seated(screen, sit, two, "compare")
    folder = two.versions / _id(two, 1)
    (folder / "manifest.json").chmod(0o644)
    (folder / "manifest.json").write_text("{}", encoding="utf-8")
    compared(page)
    assert "is damaged" in page.html()


def test_it_is_in_chinese_too(screen, sit, two):
    page = compared(seated(screen, sit, two, "compare", language="zh"))
    assert "用了哪些材料" in page.html()
    assert "模拟" in page.html()


@pytest.fixture
def two_voices(tmp_path):
    """Return the same two versions, each with a voice of its own."""
    workspace = make_family(tmp_path)
    add_second_version(workspace, {"name": "another tone", "donor": "a test tone"})
    return workspace


def test_an_answer_is_heard_when_asked_and_once(screen, sit, two_voices, models):
    page = compared(seated(screen, sit, two_voices, "compare"))
    assert len(page.app.get("audio")) == 0
    page.press("side-hear-0-second")
    [sound] = page.app.get("audio")
    assert sound.proto.autoplay
    assert "Read by a computer: a designed voice, nobody" in page.html()
    assert page.keys("side-hear-") == ["side-hear-0-first"]
    _, _, sounds = page.app.session_state["compared"]
    made = dict(sounds)
    page.app.checkbox(key="side-with-sound").check().run()
    [sound] = page.app.get("audio")
    assert not sound.proto.autoplay, "the page drawn anew is a silent one"
    assert page.app.session_state["compared"][2] == made, "and nothing is made anew"
    compared(page, "Another question?")
    assert len(page.app.get("audio")) == 0


def test_a_version_that_may_not_be_heard_says_so(screen, sit, tmp_path):
    workspace = make_family(tmp_path)
    with Store.open(workspace) as store:
        add_version(workspace, store, None, 2, "", add_designed_voice(workspace, store, "voi_a"))
        store.block_voice("voi_a", "Ruth took it back.")
    page = compared(seated(screen, sit, workspace, "compare"))
    assert "Version 2 is not heard here: its voice may not be used." in page.html()
    assert page.keys("side-hear-") == ["side-hear-0-first"]


# Which is nearer


def asked(screen, sit, two, question="What about the red kite?", person_id="ruth"):
    kind = "person" if person_id else "stranger"
    page = seated(screen, sit, two, "blind", person_id, kind)
    page.app.text_input(key="blind-question-0").set_value(question)
    [submit] = [one for one in page.app.button if one.label == "Ask both"]
    submit.click().run()
    return page


def votes(workspace, reader):
    with Store.open(workspace) as store, store.reader(reader) as view:
        return view.judgements(Judged.ANSWERS)


def vote(page, **chosen):
    for key, value in chosen.items():
        page.app.radio(key=f"blind-{key.replace('_', '-')}-0").set_value(value)
    [submit] = [one for one in page.app.button if one.label == "Keep my vote"]
    submit.click().run()
    return page


def test_two_answers_without_saying_which_is_which(screen, sit, two):
    page = asked(screen, sit, two)
    shown = page.everything()
    assert "Answer A · simulation" in shown and "Answer B · simulation" in shown
    assert KITE in shown
    for name in ("Version 1", "Version 2", "generation", _id(two, 1), _id(two, 2)):
        assert name not in page.html(), name


def test_the_order_is_drawn_by_lot(screen, sit, two):
    orders = set()
    for _ in range(12):
        orders.add(asked(screen, sit, two).app.session_state["blind"].version_ids)
        if len(orders) == 2:
            return
    pytest.fail("always the same order")


def test_a_vote_is_kept_as_it_was_shown(screen, sit, two):
    page = asked(screen, sit, two)
    ids = page.app.session_state["blind"].version_ids
    vote(page, nearer=Preference.SECOND, rate_first=2, rate_second=5)
    assert "Your vote is kept" in page.html()
    assert "You have voted 1 times" in page.html()
    [kept] = votes(two, Relative("ruth"))
    assert (kept.first_id, kept.second_id) == ids
    assert (kept.preferred, kept.credible_first, kept.credible_second) == ("second", 2, 5)
    assert votes(two, Relative("daniel")) == []
    shown = compared(keeper(screen, sit, two, "compare"), "kite?").html()
    assert "Too few votes" in shown


def test_a_vote_says_something(screen, sit, two):
    page = vote(asked(screen, sit, two))
    assert "Choose one" in page.html()
    assert votes(two, Custodian()) == []


def test_the_same_answer_twice_is_not_voted_on(screen, sit, two):
    page = asked(screen, sit, two, "What about the blue kite on the kitchen table?")
    if "Both gave the same answer" in page.html():
        assert not [one for one in page.app.button if one.label == "Keep my vote"]
    page = asked(screen, sit, two, "Which shoes did the astronaut buy?")
    assert "Both gave the same answer" in page.html()


def test_somebody_in_danger_gets_help_and_no_vote(screen, sit, two):
    page = asked(screen, sit, two, "I want to die")
    assert "Please talk to somebody now" in page.html()
    assert page.html().count("Please talk to somebody now") == 1
    assert not [one for one in page.app.button if one.label == "Keep my vote"]
    assert "I want to die" not in page.html()


def test_a_secret_is_in_neither_answer(screen, sit, two):
    page = asked(screen, sit, two, "Where did you hide them, behind the boiler?")
    assert "oranges" not in page.html()
    assert (
        "oranges"
        in asked(screen, sit, two, "Where did you hide them, behind the boiler?", "margaret").html()
    )


def test_both_are_heard_and_nobody_says_which_is_which(screen, sit, two_voices, models):
    page = asked(screen, sit, two_voices).press("blind-hear")
    assert len(page.app.get("audio")) == 2
    shown = page.everything()
    for name in ("tone", "voice, nobody", "Version 1", "Version 2", _id(two_voices, 1)):
        assert name not in shown, name
    vote(page, rate_first=4)
    assert "blind-sounds" not in page.app.session_state


def test_with_one_voice_there_is_nothing_to_hear(screen, sit, two):
    assert asked(screen, sit, two).keys("blind-hear") == []


def test_two_that_were_voted_on_make_way_for_others(screen, sit, two):
    """Any two that can be asked, not the newest alone; a vote is given to every pair in turn."""
    with Store.open(two) as store:
        add_version(two, store, None, 3, "third generation")
    shown = set()
    for number in range(3):
        page = asked(screen, sit, two)
        ids = page.app.session_state["blind"].version_ids
        shown.add(frozenset(ids))
        with Store.open(two) as store:
            store.put_judgement(
                Judgement(
                    id=f"jud_{number}", judged=Judged.ANSWERS, listener_id="ruth", first_id=ids[0],
                    second_id=ids[1], question="?", preferred=Preference.SAME, at=NOW,
                )
            )  # fmt: skip
    assert len(shown) == 3


def test_the_keeper_counts_and_does_not_vote(screen, sit, two):
    page = keeper(screen, sit, two, "blind")
    assert "for those who listen" in page.html()
    assert not page.app.text_input
