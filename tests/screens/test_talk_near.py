"""Where to look after a refusal: buttons outside the persona's words, in both languages."""

import pytest

from persona.converse.near import Near
from persona.records import SourceKind
from persona.remember.readers import Relative
from persona.remember.store import Store
from persona.screens.markup import as_label
from persona.screens.visit import Exchange, Visitor

ASKS = "Show me this: letter to Ruth Lin, 12 May 1987"


def letter_of(family, reader="ruth"):
    """Return a place in the letter to Ruth, or in the one that is Margaret's alone."""
    with Store.open(family) as store, store.reader(Relative(reader)) as view:
        letters = [s for s in view.sources() if s.kind is SourceKind.LETTER]
        own = [s for s in letters if any(p.addressee_id == reader for p in view.passages(s.id))]
        source = own[0]
        passage = view.passages(source.id)[0]
        memories = tuple(memory.id for memory in view.memories())
    return Near("letter", ASKS, "en", memories[:1], source.id, passage.id, 0)


def talk_page(screen, family, *near, language="en"):
    exchange = Exchange("Who bought the string?", turn_id="trn_1", near=tuple(near))
    return screen(
        family,
        "talk",
        begun=True,
        visitor=Visitor("person", "ruth"),
        exchanges=[exchange],
        language=language,
    )


@pytest.mark.parametrize(
    ("language", "says", "title"),
    [
        ("en", "It may stand here:", "Letter to Ruth Lin, 12 May 1987"),
        ("zh", "也许写在这里：", "写给Ruth Lin的信，1987年5月12日"),
    ],
)
def test_a_place_is_a_button_that_asks_for_it(screen, family, language, says, title):
    page = talk_page(screen, family, letter_of(family), language=language)
    assert says in page.html()
    [key] = page.keys("near-")
    assert page.app.button(key=key).label == as_label(title)
    page.press(key)
    asked = page.app.session_state["exchanges"][-1]
    assert asked.question == ASKS and asked.turn_id != "trn_1"


def test_nothing_offered_shows_nothing(screen, family):
    page = talk_page(screen, family)
    assert page.keys("near-") == []
    assert "may stand" not in page.html()


def test_what_this_listener_may_not_read_is_no_button(screen, family):
    page = talk_page(screen, family, letter_of(family, "margaret"))
    assert page.keys("near-") == []
    assert "may stand" not in page.html()
