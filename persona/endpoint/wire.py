"""An answer as OpenAI's chat completions write it, and what is added to them.

    choices[0].message.content         the sentences, joined; in the first answer of a conversation
                                       the notice stands before them, because many clients show
                                       nothing else
    choices[0].message.annotations     one citation a span: what carries which characters
    persona                            conversation, turn, version, the standing of each sentence,
                                       after a refusal where to look (``near``), and in the first
                                       answer of a conversation the notice

Streams are server-sent events (WHATWG HTML, 9.2.6) of ``chat.completion.chunk`` objects, a
sentence each, because a sentence is checked before it is said; the last but one chunk says
``finish_reason`` and has all annotations again. Offsets count characters (Unicode code points).
"""

import json
import re
import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from persona.converse.answer import AnswerSentence
from persona.converse.near import Near
from persona.converse.places import place_words
from persona.records import Version
from persona.remember.view import View

DONE = b"data: [DONE]\n\n"


@dataclass(frozen=True)
class Occasion:
    """What every part of one answer says: where it belongs.

    ``notice`` says what this is; it is set in the first answer of a conversation.
    """

    conversation_id: str
    version: Version
    question: str
    notice: str | None


class Writing:
    """Builds the JSON of one answer while its sentences come."""

    def __init__(self, occasion: Occasion, view: View) -> None:
        """Begin an answer; ``view`` is the listener's and opens what is cited."""
        self._occasion = occasion
        self._view = view
        self._head = {
            "id": f"chatcmpl-{secrets.token_hex(12)}",
            "created": int(time.time()),
            "model": occasion.version.id,
            "system_fingerprint": occasion.version.id,
        }
        self._opening = f"{occasion.notice}\n\n" if occasion.notice else ""
        self._text = self._opening
        self._annotations: list[dict[str, Any]] = []
        self._sentences: list[dict[str, Any]] = []
        self._near: list[dict[str, str]] = []

    def add(self, sentence: AnswerSentence) -> dict[str, Any]:
        """Take a sentence in and return the ``delta`` of its chunk."""
        follows = bool(self._sentences) and sentence.language != "zh"
        gap = " " if follows else ""
        start = len(self._text) + len(gap)
        self._text += gap + sentence.text
        place = {"sentence": len(self._sentences), "start_index": start}
        place["end_index"] = len(self._text)
        standing = {**place, "standing": sentence.standing.value}
        self._sentences.append(standing | _clip(sentence))
        cited = [standing | citation for citation in _citations(sentence, self._view)]
        self._annotations += cited
        return {"content": gap + sentence.text} | ({"annotations": cited} if cited else {})

    def offer(self, offered: Sequence[Near]) -> None:
        """Take in where to look; it stands beside the answer, never in its words."""
        self._near = [
            {"ask": one.ask, "place": one.title, "source_id": one.source_id} for one in offered
        ]

    def whole(self, turn_id: str | None) -> dict[str, Any]:
        """Return the whole answer as one ``chat.completion``."""
        message = {
            "role": "assistant",
            "content": self._text,
            "refusal": None,
            "annotations": self._annotations,
        }
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
        return {
            **self._head,
            "object": "chat.completion",
            "choices": [choice],
            "usage": self.usage(),
            "persona": self._about(turn_id),
        }

    def first_chunk(self, *, with_usage: bool) -> bytes:
        """Return the chunk that opens a stream: what this is comes before the first word."""
        about = {key: value for key, value in self._about(None).items() if value}
        return self.chunk(
            {"role": "assistant", "content": self._opening},
            with_usage=with_usage,
            more={"persona": about},
        )

    def chunk(
        self,
        delta: dict[str, Any],
        *,
        with_usage: bool,
        finish: str | None = None,
        more: dict[str, Any] | None = None,
    ) -> bytes:
        """Return one event of a stream."""
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
        body = {**self._head, "object": "chat.completion.chunk", "choices": [choice]}
        return event(body | ({"usage": None} if with_usage else {}) | (more or {}))

    def last_chunk(self, turn_id: str | None, *, with_usage: bool) -> bytes:
        """Return the chunk that says that the answer is complete."""
        delta = {"annotations": self._annotations} if self._annotations else {}
        return self.chunk(
            delta, with_usage=with_usage, finish="stop", more={"persona": self._about(turn_id)}
        )

    def usage_chunk(self) -> bytes:
        """Return the chunk with the count, which has no choices."""
        body = {**self._head, "object": "chat.completion.chunk", "choices": []}
        return event(body | {"usage": self.usage()})

    def usage(self) -> dict[str, int]:
        """Return words, Hanzi and signs of question and answer: nobody pays by them here."""
        asked, said = _count(self._occasion.question), _count(self._text)
        return {"prompt_tokens": asked, "completion_tokens": said, "total_tokens": asked + said}

    def _about(self, turn_id: str | None) -> dict[str, Any]:
        occasion = self._occasion
        about: dict[str, Any] = {
            "conversation": occasion.conversation_id,
            "turn": turn_id,
            "version": occasion.version.number,
            "sentences": self._sentences,
        }
        about |= {"near": self._near} if self._near else {}
        return about | ({"notice": occasion.notice} if occasion.notice else {})


def event(body: dict[str, Any]) -> bytes:
    """Return one server-sent event."""
    return f"data: {json.dumps(body, ensure_ascii=False)}\n\n".encode()


def models_body(versions: Sequence[Version]) -> dict[str, Any]:
    """Return the list of the versions that may be talked to, newest first."""
    return {
        "object": "list",
        "data": [
            {
                "id": version.id,
                "object": "model",
                "created": int(version.created_at.timestamp()),
                "owned_by": "persona",
                "number": version.number,
                "name": version.name,
            }
            for version in sorted(versions, key=lambda one: -one.number)
        ],
    }


def header_text(text: str) -> str:
    """Return text for a header: as it is, or as RFC 8187 writes other scripts."""
    if text.isascii() and text.isprintable():
        return text
    return f"UTF-8''{quote(text, safe='')}"


def _citations(sentence: AnswerSentence, view: View) -> list[dict[str, Any]]:
    found = []
    for span in sentence.citations:
        passage, source = view.passage(span.passage_id), view.source(span.source_id)
        found.append(
            {
                "type": "citation",
                "memory_id": span.memory_id,
                "narrator": view.display_name(view.memory(span.memory_id).narrator_id),
                "source_id": span.source_id,
                "passage_id": span.passage_id,
                "quote": passage.text[span.start : span.end],
                "place": place_words(source, passage, view.display_name),
            }
        )
    return found


def _clip(sentence: AnswerSentence) -> dict[str, Any]:
    clip = sentence.clip
    if clip is None:
        return {}
    where = {"source_id": clip.source_id, "start_s": clip.start_s, "end_s": clip.end_s}
    return {"recording": where}


def _count(text: str) -> int:
    return len(re.findall(r"[\u3400-\u9fff]|\w+|[^\w\s]", text))
