"""Every page, as different people see it, on a small real archive."""

import re

import pytest

from persona.errors import NotReadable
from persona.remember.readers import Relative
from persona.remember.store import Store
from tests.screens.family import HOSTILE, SECRET, add_many, make_family

PAGES = ["welcome", "talk", "memories", "versions"]
LISTENERS = [("ruth", "person"), ("daniel", "person"), (None, "stranger")]


def seated(screen, sit, family, first, person_id="ruth", kind="person", **state):
    return screen(family, first, visitor=sit(person_id, kind), begun=True, **state)


def test_first_page_asks_who_is_here(screen, family):
    page = screen(family)
    assert "Who is here today?" in page.html()
    assert page.keys("person-") == ["person-daniel", "person-margaret", "person-mei", "person-ruth"]
    assert page.keys("stranger") and page.keys("custodian")
    assert "Quiet" not in page.everything()


@pytest.mark.parametrize("first", ["talk", "memories", "versions"])
def test_nobody_gets_past_the_first_page_unnamed(screen, family, first):
    page = screen(family, first)
    assert "Who is here today?" in page.html()
    assert "kite" not in page.everything()


def test_no_talk_before_it_was_said_what_this_is(screen, family, sit):
    page = screen(family, "talk", visitor=sit("ruth"))
    assert "Before we begin" in page.html()
    assert not page.app.chat_input


def test_before_beginning_one_reads_what_this_is(screen, family):
    page = screen(family).press("person-ruth")
    shown = page.html()
    assert "a computer program. It is a simulation of Henry Lin" in shown
    assert "letters, interviews, voice recordings and photographs" in shown
    assert "can be wrong" in shown
    assert "Nothing leaves this computer" in shown
    assert "grown-up" not in shown


def test_a_child_is_kindly_sent_to_the_real_letters(screen, family):
    page = screen(family).press("person-mei")
    assert "is for grown-ups" in page.html() and not page.keys("begin")
    assert page.keys("read")


def test_a_person_is_met_in_their_language(screen, family):
    assert "在这里回答您的是一个电脑程序" in screen(family).press("person-daniel").html()


def test_the_language_can_be_changed(screen, family):
    page = screen(family)
    page.app.session_state["language"] = "zh"
    page.app.run()
    assert "今天是谁来了？" in page.html()


def talking(screen, sit, family, person_id="ruth", kind="person"):
    return seated(screen, sit, family, "talk", person_id, kind)


def test_the_talk_says_at_all_times_that_it_is_a_simulation(screen, family, sit):
    page = talking(screen, sit, family)
    line = "A simulation made from letters, interviews, voice recordings and photographs — not"
    assert line in page.html()
    page.ask("What about the blue kite?")
    assert line in page.html()
    assert page.html().count("Henry · simulation") == 2


def test_every_sentence_says_what_it_rests_on(screen, family, sit):
    page = talking(screen, sit, family).ask("What about the blue kite?")
    shown = page.html()
    assert "Never hurry a kite" in shown
    assert "Henry’s own words" in shown
    assert "Margaret Lin told this" in shown
    labels = [button.label.replace("\\", "") for button in page.app.button]
    assert "Letter to Ruth Lin, 12 May 1987" in labels
    assert "Interview with Margaret Lin, 0:20" in labels


def test_a_citation_opens_the_letter_with_its_words_marked(screen, family, sit):
    page = talking(screen, sit, family).ask("What about the blue kite?")
    page.press("0-0-0")
    shown = page.html()
    assert re.search(r"<mark>[^<]*kite[^<]*</mark>", shown)
    assert "Dear Ruth, the kettle is on" in shown
    assert "By Henry Lin · To Ruth Lin · 12 May 1987" in shown


def test_a_citation_opens_the_recording_with_its_words_marked(screen, family, sit):
    page = talking(screen, sit, family).ask("What about the blue kite?")
    page.press("0-1-0")
    assert re.search(r"<mark>[^<]*blue kite[^<]*</mark>", page.html())
    assert len(page.app.get("audio")) == 1
    assert page.app.get("audio")[0].proto.start_time >= 19


def test_what_nobody_told_is_kept_for_the_next_interview(screen, family, sit):
    page = talking(screen, sit, family).ask("Which shoes did the astronaut buy?")
    assert "No answer was found" in page.html()
    assert "kept the question" in page.html()
    versions = seated(screen, sit, family, "versions")
    assert "Which shoes did the astronaut buy?" in versions.html()
    assert "astronaut" not in seated(screen, sit, family, "versions", "daniel").html()
    assert "astronaut" in seated(screen, sit, family, "versions", None, "custodian").html()


def test_a_stranger_can_hear_an_answer_too(screen, family, sit):
    page = talking(screen, sit, family, None, "stranger").ask("What about the blue kite?")
    page.press("hear-0-all")
    assert len(page.app.get("audio")) == 1


def test_an_answer_can_be_heard_and_says_whose_voice_it_is(screen, family, sit):
    page = talking(screen, sit, family).ask("What about the blue kite?")
    page.press("hear-0-all")
    assert len(page.app.get("audio")) == 1
    assert "Spoken by a computer" in page.html()


def test_his_own_voice_is_offered_first(screen, family, sit):
    page = talking(screen, sit, family).ask("Bring bread and lemons?")
    offered = [button.key for button in page.app.button if "-0-" in (button.key or "")]
    assert offered.index("own-0-0") < offered.index("hear-0-all")
    page.press("own-0-0")
    assert "Henry’s own voice, recorded: Answering machine" in page.html()


def test_suggestions_have_an_answer(screen, family, sit):
    offered = [button.label for button in talking(screen, sit, family).app.button]
    for label in [one.replace("\\", "") for one in offered if "about" in one or "?" in one]:
        assert "Nobody has told" not in talking(screen, sit, family).ask(label).html()


def test_suggestions_are_asked_when_pressed(screen, family, sit):
    page = talking(screen, sit, family)
    question = page.app.button(key="suggestion-0").label.replace("\\", "")
    page.press("suggestion-0")
    assert question in page.html()
    assert not page.keys("suggestion-")


def test_answers_can_be_asked_for_as_of_a_year(screen, family, sit):
    page = talking(screen, sit, family)
    years = page.app.selectbox(key="as_of")
    assert years.value is None, "any time, unless somebody chooses"
    assert all(year.isdigit() for year in years.options)
    years.select(years.options[0]).run()
    assert f"Answers are as of {years.options[0]}" in page.html()
    page.ask("What about the blue kite?")
    assert f"As of {years.options[0]}" in page.html()
    page.press("any-time")
    assert "Answers are as of" not in page.html()
    assert page.app.selectbox(key="as_of").value is None


def test_stopping_is_short_and_honest(screen, family, sit):
    page = talking(screen, sit, family).press("stop")
    assert "We stop here." in page.html()
    assert "You were talking with a simulation" in page.html()
    assert not page.app.chat_input
    with Store.open(family) as store, store.reader(Relative("ruth")) as view:
        assert view.conversations()[-1].ended_at is not None
    page.press("again")
    assert page.app.chat_input


def test_nothing_of_a_visitor_is_left_for_the_next(screen, family, sit):
    page = talking(screen, sit, family).ask("What about the blue kite?")
    page.press("change")
    assert "Who is here today?" in page.html()
    page.press("stranger").press("begin")
    assert "kite" not in page.html()


@pytest.mark.parametrize("first", PAGES)
@pytest.mark.parametrize(("person_id", "kind"), LISTENERS)
def test_a_secret_is_on_no_page_of_others(screen, family, sit, first, person_id, kind):
    page = seated(screen, sit, family, first, person_id, kind)
    if first == "talk":
        page.ask("What about the debt in Harbour Street?")
    words = page.everything().replace("What about the debt in Harbour Street?", "")
    assert "debt" not in words
    assert "Letter to Margaret" not in words


def test_those_who_may_know_it_do(screen, family, sit):
    assert SECRET in seated(screen, sit, family, "memories", "margaret").html()
    assert SECRET in seated(screen, sit, family, "memories", None, "custodian").html()


def test_the_custodian_talks_as_a_stranger(screen, family, sit):
    page = talking(screen, sit, family, None, "custodian")
    page.ask("What about the debt in Harbour Street?")
    assert SECRET not in page.html()


def test_a_secret_is_in_no_count(screen, family, sit):
    assert "8 memories" in seated(screen, sit, family, "memories").html()
    assert "9 memories" in seated(screen, sit, family, "memories", "margaret").html()
    assert "8 memories" in seated(screen, sit, family, "versions").html()
    assert "9 memories" in seated(screen, sit, family, "versions", "margaret").html()


def test_a_source_that_may_not_be_read_is_not_opened(screen, family, sit):
    from persona.screens.source_dialog import Place

    with Store.open(family) as store:
        with store.reader(Relative("margaret")) as view:
            memory = next(one for one in view.memories() if one.quote == SECRET)
            passage = view.passage(view.citations(memory.id)[0].passage_id)
        with store.reader(Relative("ruth")) as view, pytest.raises(NotReadable):
            view.passage(passage.id)
    place = Place(passage.source_id, ((passage.id, 0, 10),))
    page = seated(screen, sit, family, "memories", asked_source=place)
    assert "nothing to open here" in page.html()
    assert "debt" not in page.everything()


@pytest.mark.parametrize("first", ["talk", "memories"])
def test_a_hostile_letter_is_shown_as_it_was_written(screen, family, sit, first):
    page = seated(screen, sit, family, first)
    if first == "talk":
        page.ask("What does the marmalade note say?")
    assert "<script" not in page.html()
    assert "&lt;script&gt;" in page.html()
    opener = next(b for b in page.app.button if "script" in b.label)
    assert "](http" not in opener.label
    page.press(opener.key)
    assert "<script" not in page.html()
    assert HOSTILE.split("</script>")[1].split("[")[0].strip() in page.html()


def test_memories_by_who_told_them(screen, family, sit):
    page = seated(screen, sit, family, "memories")
    page.app.selectbox(key="memories-narrator").set_value("margaret").run()
    assert "2 memories" in page.html()
    assert "He built the blue kite" in page.html()
    assert "Never hurry a kite" not in page.html()
    page.app.selectbox(key="memories-kind").set_value("own_words").run()
    assert "nothing here that fits" in page.html()


def test_memories_by_a_word_in_any_case(screen, family, sit):
    page = seated(screen, sit, family, "memories")
    page.app.text_input(key="memories-word").set_value("KITE wind").run()
    assert "1 memory" in page.html()
    assert "told 3 February 2024" not in page.html()
    assert "Henry Lin · Own words · written 12 May 1987" in page.html()


def test_a_photograph_opens_with_its_caption(screen, family, sit):
    page = seated(screen, sit, family, "memories")
    opener = next(b for b in page.app.button if "portrait" in b.label)
    page.press(opener.key)
    assert "<mark>Henry Lin at the harbour, in his good coat</mark>" in page.html()
    assert len(page.app.get("image")) == 1


def test_many_memories_are_paged(screen, sit, tmp_path):
    workspace = make_family(tmp_path)
    add_many(workspace, 30)
    page = seated(screen, sit, workspace, "memories")
    assert "38 memories" in page.html()
    assert page.html().count("<blockquote") == 25


def test_versions_in_plain_words(screen, family, sit):
    shown = seated(screen, sit, family, "versions").html()
    assert "Version 1, “first generation”" in shown
    assert "4.31" in shown
    assert "3.02" in shown
    assert "a test tone" in shown


def test_without_a_version_one_can_still_read(screen, sit, tmp_path):
    workspace = make_family(tmp_path, version=False)
    page = screen(workspace).press("person-ruth")
    assert "no version has been made" in page.html()
    assert not page.keys("begin")
    assert "8 memories" in seated(screen, sit, workspace, "memories").html()
    assert "No version has been made yet." in seated(screen, sit, workspace, "versions").html()


def test_a_folder_that_holds_no_persona_is_one_clear_sentence(screen, tmp_path):
    class Nowhere:
        root = tmp_path

    page = screen(Nowhere())
    assert "holds no persona" in page.html()
    assert not page.app.exception


def test_a_damaged_archive_is_one_clear_sentence_too(screen, sit, tmp_path):
    workspace = make_family(tmp_path)
    version = next(workspace.versions.glob("ver_*"))
    (version / "manifest.json").chmod(0o644)
    (version / "manifest.json").write_text("{}", encoding="utf-8")
    page = screen(workspace)
    assert "is damaged" in page.html()
    assert not page.app.exception
