"""Of which time answers are wanted: any, unless somebody chooses a year of the life.

Nobody has to choose anything: the control is closed, and what is chosen stands beside the
question box until it is let go again.
"""

import streamlit as st

from persona.converse.as_of import years_of_life
from persona.converse.talk import Talk
from persona.screens import labels
from persona.screens.markup import as_html, as_label
from persona.screens.page import line, show, subject_name
from persona.screens.words import say


def time_choice(talk: Talk) -> None:
    """Offer the years of the life; nothing where the archive does not know them."""
    born, died = years_of_life(talk.subject)
    if born is None or died is None:
        return
    name = labels.short_name(subject_name())
    chosen = talk.as_of
    label = say("talk.as_of", time=chosen) if chosen else say("talk.time")
    with st.popover(as_label(label), icon=":material/history:"):
        line(say("talk.time_how", name=name), "small")
        years = [str(year) for year in range(born, died + 1)]
        st.session_state["as_of"] = chosen if chosen in years else None
        st.selectbox(
            say("talk.time_year"),
            years,
            index=None,
            placeholder=say("talk.time_any"),
            key="as_of",
            on_change=_choose,
            args=(talk,),
        )


def time_line(talk: Talk) -> None:
    """Say of which time answers are, as long as one is chosen, and offer to let it go."""
    if talk.as_of is None:
        return
    with st.container(key="as-of", horizontal=True, vertical_alignment="center"):
        words = say("talk.as_of_now", time=talk.as_of, name=labels.short_name(subject_name()))
        show(f'<p class="small" role="status">{as_html(words)}</p>')
        st.button(
            as_label(say("talk.time_any_again")),
            key="any-time",
            type="tertiary",
            on_click=_any_time,
            args=(talk,),
        )


def _choose(talk: Talk) -> None:
    talk.as_of = st.session_state["as_of"]


def _any_time(talk: Talk) -> None:
    talk.as_of = None
