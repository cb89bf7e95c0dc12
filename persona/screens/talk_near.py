"""Where to look when nothing is enough to answer: places, offered outside the persona's words.

It is the page that speaks here, not the simulation: nothing is claimed, and nothing is quoted
until somebody asks for it. What stands there is then told as any answer, with its source.
"""

from collections.abc import Callable

import streamlit as st

from persona.errors import PersonaError
from persona.remember.view import View
from persona.screens import labels
from persona.screens.markup import as_label
from persona.screens.page import line
from persona.screens.visit import Exchange
from persona.screens.words import say


def show_near(exchange: Exchange, view: View, key: str, ask: Callable[[str], None]) -> None:
    """Show what was offered beside an answer, a button each; nothing where nothing was.

    Args:
        exchange: a question and its answer.
        view: of the person who listens; a place that closed meanwhile is not shown.
        key: tells the buttons of one answer from those of others.
        ask: puts a question.
    """
    found = []
    for near in exchange.near:
        try:
            source, passage = view.source(near.source_id), view.passage(near.passage_id)
        except PersonaError:
            continue
        found.append((near, source, labels.source_title(view, source, passage, near.start)))
    if not found:
        return
    with st.container(key=f"near-{key}"):
        line(say("talk.near_one" if len(found) == 1 else "talk.near"), "label")
        for number, (near, source, title) in enumerate(found):
            st.button(
                as_label(title),
                key=f"near-{key}-{number}",
                icon=labels.ICONS[source.kind],
                help=as_label(say("talk.near_open", title=title)),
                wrap=True,
                on_click=ask,
                args=(near.ask,),
            )
