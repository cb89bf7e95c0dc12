"""The pages, their addresses, who may open them, and what happens when one cannot be shown."""

import logging
import traceback
from pathlib import Path

import streamlit as st
from PIL import Image, ImageDraw

from persona.errors import PersonaError
from persona.screens import (
    blind,
    collect,
    compare,
    disagreements,
    keeper,
    listening,
    make,
    memories,
    pictures,
    review,
    talk,
    versions,
    visit,
    voices,
    welcome,
    who,
    withdraw,
)
from persona.screens.page import frame, heading, line, subject_name
from persona.screens.words import say

_PAGES = {
    "welcome": welcome.render,
    "talk": talk.render,
    "memories": memories.render,
    "versions": versions.render,
    "compare": compare.render,
    "blind": blind.render,
    "listening": listening.render,
    "keep": keeper.render,
    "collect": collect.render,
    "who": who.render,
    "review": review.render,
    "disagreements": disagreements.render,
    "pictures": pictures.render,
    "voices": voices.render,
    "make": make.render,
    "withdraw": withdraw.render,
}
_FOR_THE_KEEPER = ("keep", *keeper.TASKS)
_log = logging.getLogger(__name__)


def show(folder: Path, first: str = "welcome") -> None:
    """Show the archive in ``folder`` to whoever sits in front of the screen.

    Args:
        folder: a workspace.
        first: the page that opens at the plain address.
    """
    st.set_page_config(page_title="Persona", page_icon=_icon())
    try:
        visit.arrive(folder)
        with visit.reading():
            _shown(first)
    except PersonaError as error:
        _sorry(str(error), error)
    except Exception as error:  # noqa: BLE001 - a family never sees a traceback
        _sorry(say("page.unexpected"), error)


@st.cache_data(show_spinner=False)
def _icon() -> Image.Image:
    """Return the icon of the browser's tab, drawn here: named ones are fetched from afar."""
    icon = Image.new("RGBA", (64, 64))
    ImageDraw.Draw(icon).ellipse((4, 4, 60, 60), fill="#6b3f1d", outline="#cdb89a", width=6)
    return icon


def _shown(first: str) -> None:
    pages = {
        name: st.Page(
            render,
            title=_title(name),
            url_path="" if name == first else name,
            default=name == first,
        )
        for name, render in _PAGES.items()
    }
    st.session_state["pages"] = pages
    page = st.navigation(list(pages.values()), position="hidden")
    frame(pages)
    if page.title not in {pages[name].title for name in _open_pages()}:
        st.switch_page(pages["welcome"])
    page.run()


def _open_pages() -> list[str]:
    """Return the pages that whoever is here may open."""
    if visit.visitor() is None:
        return ["welcome"]
    if not visit.subject_known():
        return ["welcome", "collect"] if visit.keeps() else ["welcome"]
    return [name for name in _PAGES if visit.keeps() or name not in _FOR_THE_KEEPER]


def _title(name: str) -> str:
    return f"{say(f'page.{name}')} · {say('page.name', name=subject_name())}"


def _sorry(reason: str, error: Exception) -> None:
    """Say what went wrong and what to do; the log gets the place, never what somebody said."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    _log.warning("%s in %s, line %s", type(error).__name__, Path(last.filename).name, last.lineno)
    heading(say("page.error_title"), 2)
    line(reason, "notice")
