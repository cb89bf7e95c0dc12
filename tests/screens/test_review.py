"""Look through: each decision, its undoing, and what stands beside it."""

import io
import time

import pytest
from PIL import Image

from persona.keeper import review
from persona.keeper.review import ReviewItem
from persona.records import (
    Citation,
    Memory,
    MemoryKind,
    Passage,
    Review,
    Source,
    SourceKind,
)
from persona.remember.readers import Custodian, Relative
from persona.remember.store import Store
from persona.screens.review_forms import neighbours
from persona.screens.review_source import around, crop
from tests.screens.family import NOW, drawing, make_family


@pytest.fixture
def own(tmp_path):
    return make_family(tmp_path, version=False)


@pytest.fixture
def keeper(screen, sit, own):
    return screen(own, "review", visitor=sit(None, "custodian"))


def state(workspace):
    """Return what was decided, by the words of the memory."""
    with Store.open(workspace) as store, store.reader(Custodian()) as view:
        return {one.quote: Review(one.review).value for one in view.memories()}


def shown(page):
    """Return the words that are being decided about."""
    return page.html().split("<blockquote", 1)[1].split("“", 1)[1].split("”", 1)[0]


def decide(page, key):
    """Press a key, after the memory could be seen."""
    page.app.session_state["reviewed"].shown_at = 0.0
    return page.press(key)


def test_yes_keeps_it_and_shows_the_next(keeper, own):
    first = shown(keeper)
    decide(keeper, "decide-accept")
    assert shown(keeper) != first
    assert "Kept." in keeper.html() and "8 left" in keeper.html()
    assert [quote for quote, how in state(own).items() if how == "accepted"] == [first]


def test_not_right_sets_it_aside_and_undo_brings_it_back(keeper, own):
    before, first = state(own), shown(keeper)
    decide(keeper, "decide-discard")
    with Store.open(own) as store, store.reader(Relative("margaret")) as view:
        assert first not in {one.quote for one in view.memories()}
    decide(keeper, "undo-review")
    assert "Undone." in keeper.html()
    assert (state(own), shown(keeper)) == (before, first)


def test_not_sure_comes_last(keeper):
    first = shown(keeper)
    decide(keeper, "decide-not_sure")
    assert "9 left" in keeper.html()
    for _ in range(8):
        assert shown(keeper) != first
        decide(keeper, "decide-accept")
    assert shown(keeper) == first
    assert "you were not sure before" in keeper.html()


def test_nothing_is_left_in_the_end(keeper):
    for _ in range(9):
        decide(keeper, "decide-accept")
    assert "Nothing is left to look through" in keeper.html()
    decide(keeper, "undo-review")
    assert "1 left" in keeper.html()


def test_a_key_before_it_could_be_seen_decides_nothing(keeper, own):
    before, first = state(own), shown(keeper)
    keeper.app.session_state["reviewed"].shown_at = time.monotonic() + 60
    keeper.press("decide-accept")
    assert (state(own), shown(keeper)) == (before, first)


def test_all_of_a_letter_at_once_and_back(keeper, own):
    before = state(own)
    while "kettle" not in shown(keeper):
        decide(keeper, "decide-not_sure")
    decide(keeper, "accept-all")
    assert "2 kept at once." in keeper.html()
    assert sum(how == "accepted" for how in state(own).values()) == 2
    decide(keeper, "undo-review")
    assert state(own) == before


def test_to_change_it_keeps_the_words_of_the_source(keeper, own):
    while "kettle" not in shown(keeper):
        decide(keeper, "decide-not_sure")
    decide(keeper, "open-edit")
    assert not keeper.keys("decide-")
    key = keeper.app.session_state["review-form"][1]
    keeper.app.text_area(key=f"quote-{key}").set_value("the harbour was blue")
    decide(keeper, "save-form")
    assert "do not stand in the passage" in keeper.html()
    keeper.app.text_area(key=f"quote-{key}").set_value("the harbour is grey")
    keeper.app.text_input(key=f"when-{key}").set_value("about May 1987")
    decide(keeper, "save-form")
    assert "Changed and kept." in keeper.html()
    with Store.open(own) as store, store.reader(Custodian()) as view:
        (changed,) = [one for one in view.memories() if one.quote == "the harbour is grey"]
    assert (changed.event_edtf, changed.event_words) == ("1987-05~", "about May 1987")


def test_to_leave_a_form_changes_nothing(keeper, own):
    before = state(own)
    decide(keeper, "open-edit")
    decide(keeper, "leave-form")
    assert keeper.keys("decide-")
    assert state(own) == before


def test_two_of_one(keeper, own):
    while "Never hurry" not in shown(keeper):
        decide(keeper, "decide-not_sure")
    decide(keeper, "open-split")
    decide(keeper, "save-form")
    assert "Mark first where to cut." in keeper.html()
    keeper.app.checkbox[0].check()
    decide(keeper, "save-form")
    assert "Made into 2 and kept." in keeper.html()
    kept = {quote for quote, how in state(own).items() if how == "accepted"}
    assert {"I tied the blue kite for you."} <= kept and len(kept) == 2


def test_one_of_two(keeper, own):
    while "kettle" not in shown(keeper):
        decide(keeper, "decide-not_sure")
    decide(keeper, "open-merge")
    decide(keeper, "save-form")
    assert "Mark first what it shall be joined with." in keeper.html()
    keeper.app.checkbox[0].check()
    decide(keeper, "save-form")
    assert "Joined and kept." in keeper.html()
    (kept,) = [quote for quote, how in state(own).items() if how == "accepted"]
    assert "kettle" in kept and "kite" in kept


def test_who_may_know_it(keeper, own):
    while "came home" not in shown(keeper):
        decide(keeper, "decide-not_sure")
    words = shown(keeper)
    decide(keeper, "open-restrict")
    decide(keeper, "save-form")
    assert "Say first who may know it" in keeper.html()
    key = keeper.app.session_state["review-form"][1]
    keeper.app.radio(key=f"way-{key}").set_value("deny")
    keeper.app.multiselect(key=f"people-{key}").set_value(["ruth"])
    decide(keeper, "save-form")
    with Store.open(own) as store:
        with store.reader(Relative("ruth")) as view:
            assert words not in {one.quote for one in view.memories()}
        with store.reader(Relative("margaret")) as view:
            assert words in {one.quote for one in view.memories()}
    assert shown(keeper) == words
    decide(keeper, "undo-review")
    with Store.open(own) as store, store.reader(Relative("ruth")) as view:
        assert words in {one.quote for one in view.memories()}


def test_a_recording_is_heard_from_here_to_there(keeper):
    while "blue kite on the kitchen" not in shown(keeper):
        decide(keeper, "decide-not_sure")
    assert len(keeper.app.get("audio")) == 1
    assert "<mark>" in keeper.html() or "<mark " in keeper.html()


def test_hostile_words_stay_words(keeper):
    while "marmalade" not in shown(keeper):
        decide(keeper, "decide-not_sure")
    assert "&lt;script&gt;" in keeper.html() and "<script>" not in keeper.html()


def test_what_waits_on_a_page_nobody_opened_is_not_read_twice(screen, sit, own, keeper):
    """Two keepers at once: what one has decided, the other's key leaves as it is."""
    other = screen(own, "review", visitor=sit(None, "custodian"))
    first = shown(other)
    decide(keeper, "decide-discard")
    decide(other, "decide-not_sure")
    assert state(own)[first] == "discarded"


def item(text, quote, before="", after="", speaker="", position=0, narrator="henry"):
    start = text.index(quote)
    passage = Passage(
        id=f"p{position}", source_id="s", position=position, unit="u", selector={}, text=text,
        speaker_name=speaker,
    )  # fmt: skip
    source = Source(
        id="s", sha256="0", kind=SourceKind.CHAT, media_type="text/plain", title="t",
        file_name="t", size_bytes=1, received_at=NOW,
    )  # fmt: skip
    end = start + len(quote)
    cited = Citation(
        id="c", memory_id="m", passage_id=passage.id, start=start, end=end, exact=quote
    )
    memory = Memory(id=f"m{position}", narrator_id=narrator, kind=MemoryKind.EVENT, statement=quote,
                    quote=quote, extracted_by="hand")  # fmt: skip
    wide = f"{before}\n{text[:start]}"[-review.AROUND_CHARS :].lstrip("\n")
    far = f"{text[end:]}\n{after}"[: review.AROUND_CHARS].rstrip("\n")
    return ReviewItem(memory, cited, passage, wide, far, source, "Henry", (), (), ())


def test_what_others_said_around_it_never_gets_the_speakers_name():
    html = around(
        item("So. I am at sea. Bye", "I am at sea.", "Where are you?", "Come home!", "Dad")
    )
    before, after = html.split('<span class="speaker">Dad</span>')
    assert "Where are you?" in before and "So." not in before
    assert after.startswith("So. <mark>I am at sea.</mark> Bye</p>")
    assert "Come home!" in after.split("</p>", 1)[1]


def test_of_a_long_passage_the_nearest_is_shown():
    long = "a" * 3000 + " the words " + "b" * 3000
    html = around(item(long, "the words", "before it", "after it"))
    assert "<mark>the words</mark>" in html
    assert len(html) < 3 * review.AROUND_CHARS
    assert "before it" not in html and "after it" not in html


def test_only_neighbours_of_one_teller_are_joined():
    first = item("A. B.", "A.")
    near, far = item("C.", "C.", position=1), item("D.", "D.", position=2)
    other = item("E.", "E.", position=1, narrator="ruth")
    assert neighbours([first, near, far, other]) == [near]


def test_a_region_of_a_scan_is_cut_out_with_a_margin():
    cut = crop(drawing(), 100, 100, 100, 50)
    with Image.open(io.BytesIO(cut)) as image:
        assert image.size == (130, 80)
    with Image.open(io.BytesIO(crop(drawing(), 0, 0, 480, 600))) as image:
        assert image.size == (480, 600)
    assert crop(drawing(), 5000, 5000, 10, 10) is None
    assert crop(b"no picture", 0, 0, 1, 1) is None
