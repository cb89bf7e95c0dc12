"""A voice that nobody shall hear any more: what ends is said first, and it can be taken back."""

import streamlit as st

from persona.errors import PersonaError
from persona.keeper import voice_block
from persona.records import MadeVoice, Version
from persona.remember.view import View
from persona.remember.voices import CONSENT_ENDED
from persona.screens import visit
from persona.screens.attempts import Done, attempt
from persona.screens.dates import date_words
from persona.screens.markup import as_label
from persona.screens.page import go, line
from persona.screens.version_names import version_name
from persona.screens.words import language, listing, say


def why(view: View, voice: MadeVoice) -> str:
    """Return why nobody hears a voice, and what can be done, in the language of the page."""
    if voice.state_reason == CONSENT_ENDED and voice.person_id is not None:
        name = view.display_name(voice.person_id, language())
        return say("voices.consent_over", name=name)
    if voice_block.taken_back(voice):
        day = voice.state_reason.rstrip(".").rsplit(" ", 1)[-1]
        return say("voices.taken_back_on", date=date_words(day, "", language()))
    return say("voices.blocked", reason=voice.state_reason)


def say_refused(view: View, voice: MadeVoice) -> None:
    """Say that some of what a voice was made of was refused since."""
    if count := voice_block.refused_since(view, voice):
        line(say("voices.refused_since", count=count), "notice")


def offer_block(voice: MadeVoice) -> None:
    """Let the keeper end a voice; everything that it means stands above the button."""
    with st.expander(as_label(say("voices.block"))):
        try:
            ending = voice_block.what_ends(visit.archive().workspace, voice.id)
        except PersonaError as error:
            line(str(error), "notice")
            return
        line(say("voices.block_means"))
        names = listing([version_name(version) for version in ending.versions])
        line(say("voices.block_versions" if names else "voices.block_no_version", versions=names))
        key = f"block-why-{voice.id}"
        st.text_input(say("voices.block_why"), key=key, max_chars=300)
        st.button(as_label(say("voices.block_do")), key=f"block-{voice.id}",
                  on_click=attempt, args=(_block, voice.id, key))  # fmt: skip


def offer_back(view: View, voice: MadeVoice) -> None:
    """Say why nobody hears a voice; one that the keeper blocked can be brought back."""
    line(why(view, voice), "notice")
    if voice.state_reason != CONSENT_ENDED and not voice_block.taken_back(voice):
        st.button(as_label(say("voices.unblock")), key=f"unblock-{voice.id}",
                  on_click=attempt, args=(_unblock, voice.id))  # fmt: skip


def show_unheard(view: View, version: Version) -> None:
    """Tell the keeper that a version is not heard with its own voice, and the way to mend it."""
    voice = voice_block.unheard_voice(visit.archive().workspace, view, version)
    if voice is None:
        return
    line(say("versions.unheard", why=why(view, voice)), "notice")
    if st.button(as_label(say("versions.to_voices")), key=f"to-voices-{version.number}"):
        go("voices")


def _block(voice_id: str, key: str) -> Done:
    workspace = visit.archive().workspace
    voice_block.block_voice(workspace, voice_id, str(st.session_state.get(key) or ""))
    return Done(say("voices.blocked_done"), lambda: voice_block.unblock_voice(workspace, voice_id))


def _unblock(voice_id: str) -> Done:
    voice_block.unblock_voice(visit.archive().workspace, voice_id)
    return Done(say("voices.unblocked"))
