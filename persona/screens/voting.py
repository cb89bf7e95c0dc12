"""A vote on two things, A and B, of which nobody says which is which: answers, or voices.

Each page has its own words (``[blind]``, ``[listening]``) under the same names, and keeps what it
shows in the visit under its own name, so that the same pieces serve both.
"""

from collections.abc import Callable, Sequence

import streamlit as st

from persona.errors import PersonaError
from persona.records import Judged, Preference
from persona.screens import labels, visit
from persona.screens.markup import as_html, as_label
from persona.screens.page import line, show, subject_name
from persona.screens.words import say

SIDES = ("first", "second")
_RATINGS = (1, 2, 3, 4, 5)

Keep = Callable[[str | None, Preference | None, list[int | None]], bool]
"""Records a vote: of whom (None: a stranger), which was nearer, and a rating of each."""


def shown_number(page: str) -> int:
    """Return how many pairs this visit was shown on a page: each has fields of its own."""
    return int(st.session_state.get(f"{page}-count", 0))


def next_pair(page: str) -> None:
    """Put away what is shown: another pair comes."""
    for kept in (page, f"{page}-sounds"):
        st.session_state.pop(kept, None)
    st.session_state[f"{page}-count"] = shown_number(page) + 1


def vote(page: str, keep: Keep) -> None:
    """Ask which of the two was nearer and what each is worth, and record the answer.

    Args:
        page: ``blind`` or ``listening``: its words, and where the visit keeps what it shows.
        keep: records it.
    """
    number, name = shown_number(page), labels.short_name(subject_name())
    sides = {one: say(f"{page}.prefer_{one.value}") for one in Preference}
    with st.form(f"{page}-vote-{number}"):
        preferred = st.radio(
            say(f"{page}.nearer", name=name),
            list(sides),
            index=None,
            format_func=sides.__getitem__,
            key=f"{page}-nearer-{number}",
        )
        ratings = [_rating(page, side, name) for side in SIDES]
        pressed = st.form_submit_button(as_label(say(f"{page}.keep")), type="primary")
    if pressed and preferred is None and ratings == [None, None]:
        line(say(f"{page}.nothing_chosen"), "notice")
    elif pressed:
        _record(page, keep, preferred, ratings)


def _rating(page: str, side: str, name: str) -> int | None:
    ratings = {one: say(f"{page}.rate_{one}") for one in _RATINGS}
    return st.radio(
        say(f"{page}.rate_{side}", name=name),
        list(ratings),
        index=None,
        horizontal=True,
        format_func=ratings.__getitem__,
        key=f"{page}-rate-{side}-{shown_number(page)}",
    )


def _record(page: str, keep: Keep, preferred: Preference | None, ratings: list[int | None]) -> None:
    here = visit.visitor() or visit.Visitor("stranger")
    try:
        keep(here.person_id, preferred, ratings)
    except PersonaError as error:
        line(str(error), "notice")
        return
    next_pair(page)
    st.session_state[f"{page}-kept"] = True
    st.rerun()


def thanks(page: str) -> None:
    """Say that the last vote is kept, once."""
    if st.session_state.pop(f"{page}-kept", False):
        show(f'<p class="notice" role="status">{as_html(say(f"{page}.kept"))}</p>')


def own_votes(page: str, judged: Judged) -> None:
    """Say how often whoever is here has voted."""
    count = len(visit.listening_view().judgements(judged))
    if count:
        line(say(f"{page}.count", count=count), "small")


def another_button(page: str) -> None:
    """Offer another pair instead of a vote."""
    label = as_label(say(f"{page}.another"))
    st.button(label, key=f"{page}-another", on_click=next_pair, args=(page,))


def players(heads: Sequence[str], sounds: Sequence[bytes], media_type: str) -> None:
    """Offer the two sounds under each other, in the order in which they are shown.

    Args:
        heads: what each is called.
        sounds: content of each; empty: it was taken back meanwhile.
        media_type: of both.
    """
    for side, head, content in zip(SIDES, heads, sounds, strict=True):
        with st.container(key=f"sound-{side}", border=True):
            line(head, "strong")
            if content:
                st.audio(content, format=media_type, alt=head)
            else:
                line(say("source.no_file"), "notice")
    one_at_a_time()


_ONE_AT_A_TIME = """<script>
if (!window.personaOneAtATime) {
  window.personaOneAtATime = true;
  document.addEventListener("play", event => {
    document.querySelectorAll("audio").forEach(one => one !== event.target && one.pause());
  }, true);
}
</script>"""


def one_at_a_time() -> None:
    """Let what sounds fall silent as soon as something else is played."""
    st.html(_ONE_AT_A_TIME, unsafe_allow_javascript=True)
