import html
import re

from hypothesis import given
from hypothesis import strategies as st

from persona.screens.markup import as_html, as_label, with_marks

TEXT = st.text(max_size=60)
SPANS = st.lists(st.tuples(st.integers(-5, 70), st.integers(-5, 70)), max_size=5)


@given(TEXT)
def test_html_shows_every_character(text):
    escaped = as_html(text)
    assert "<" not in escaped
    assert html.unescape(escaped) == text.replace("\r", "\r")


@given(TEXT, SPANS)
def test_marks_change_no_character(text, spans):
    marked = with_marks(text, spans)
    tags = re.findall(r"<[^>]*>", marked)
    assert set(tags) <= {"<mark>", "</mark>"}
    assert html.unescape(marked.replace("<mark>", "").replace("</mark>", "")) == text


@given(TEXT, SPANS)
def test_what_is_marked_is_what_was_asked_for(text, spans):
    wanted = {n for a, b in spans for n in range(max(a, 0), min(b, len(text)))}
    marked, inside, at = set(), False, 0
    for piece in re.split(r"(</?mark>)", with_marks(text, spans)):
        if piece in ("<mark>", "</mark>"):
            inside = piece == "<mark>"
            continue
        length = len(html.unescape(piece))
        marked |= set(range(at, at + length)) if inside else set()
        at += length
    assert marked == wanted


def test_one_mark_for_spans_that_touch():
    assert with_marks("abcdef", [(0, 2), (2, 4)]) == "<mark>abcd</mark>ef"


def test_script_in_a_letter_is_shown_not_run():
    assert with_marks("<script>x</script>", [(0, 8)]).startswith("<mark>&lt;script&gt;</mark>")


def test_labels_hold_no_markdown():
    assert as_label("[a](b) **c** $d$ `e` <f>") == (r"\[a\]\(b\) \*\*c\*\* \$d\$ \`e\` \<f\>")


def test_labels_hold_no_shortcodes_and_one_line():
    label = as_label("a :red[b]\n:material/home: 0:31")
    assert ":red" not in label.replace("\\", "")
    assert ":material" not in label.replace("\\", "")
    assert "\n" not in label
    assert label.endswith(r"0\:31")
