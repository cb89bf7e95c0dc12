"""Any OpenAI-compatible ``/chat/completions`` takes the family test, over HTTP.

What a system says before every first answer, whatever it is asked (a notice that this is a
simulation, a disclaimer), is learnt from two questions that have nothing in common. It is judged
like the rest for secrets and forms of address, but it claims nothing about the family.
"""

import json
import re
import time
import urllib.error
import urllib.request
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

from persona.evaluation.judging import plain_answer
from persona.evaluation.probe import Cited, Probe, Said, SaidSentence

TIMEOUT_S = 120
PATIENCE_S = 90.0
"""Seconds that are waited for an endpoint that asks for patience (429, 503), in all."""
PLEASANTRIES = {
    "en": ("Good morning.", "What is the capital of Peru?"),
    "zh": ("早上好。", "秘鲁的首都是哪里？"),
}
NOTICE = "notice"
"""Standing of a sentence that stands before every first answer."""
GOES_BACK = "Persona-Conversation"
"""A header that, where an answer has it, is sent along with the next question."""
STANDINGS = frozenset({"own_words", "told", "inferred", "unknown", "small_talk"})
"""What a system may say that a sentence rests on; the last two claim nothing."""
_END = re.compile(r"(?<=[.!?。！？\n])")
_WRONG = (OSError, ValueError, KeyError, IndexError, TypeError, AttributeError)


class Endpoint:
    """Anything that answers over HTTP; citations are read where it gives them.

    The listener is who the token says, so give one token a listener: ``tokens`` maps the id of a
    person (``""``: a stranger) to a token, and ``"*"`` serves everybody else. All that was said
    before goes along with each question, for those who keep nothing.
    """

    def __init__(self, url: str, tokens: dict[str, str], model: str = "persona") -> None:
        """Ask at ``url``, which ends before ``/chat/completions``."""
        self._url = url.rstrip("/") + "/chat/completions"
        self._tokens, self._model = tokens, model
        self._notices: dict[tuple[str, str], str] = {}
        self.name = f"endpoint {re.sub(r'^https?://', '', url)}"

    def answer(self, probe: Probe) -> Said:
        """Return what it says."""
        talk = _Talk(self._url, self._model, self._token(probe.listener_id or ""))
        sentences: list[SaidSentence] = []
        offered: list[str] = []
        started, failed, notice = time.perf_counter(), "", ""
        try:
            notice = self._notice(probe)
            for question in (*probe.before, probe.question):
                started = time.perf_counter()
                heard = talk.ask(question)
                sentences += with_annotations(
                    heard.text,
                    heard.annotations,
                    notice=notice,
                    declared=heard.declared,
                )
                offered += heard.offered
        except _WRONG as error:
            failed = f"{type(error).__name__}: {error}"
        # What is offered beside the answer is looked through for secrets like the answer itself.
        whole = round((time.perf_counter() - started - talk.waited_s) * 1000, 1)
        return Said(tuple(sentences), whole, whole, None, failed, tuple(offered))

    def _token(self, listener: str) -> str:
        return self._tokens.get(listener, self._tokens.get("*", ""))

    def _notice(self, probe: Probe) -> str:
        """Return what this listener is told first in this language, whatever they ask."""
        key = (probe.listener_id or "", probe.language)
        if key not in self._notices:
            asked = PLEASANTRIES.get(probe.language, PLEASANTRIES["en"])
            token = self._token(key[0])
            self._notices[key] = in_both(
                *(_Talk(self._url, self._model, token).ask(question).text for question in asked)
            )
        return self._notices[key]


@dataclass(frozen=True)
class _Heard:
    """An answer: its text, what it cites, and what the system says that its sentences are."""

    text: str
    annotations: list[Any]
    declared: list[Any]
    offered: list[str]


class _Talk:
    """One conversation with an endpoint."""

    def __init__(self, url: str, model: str, token: str) -> None:
        self._url, self._model = url, model
        self._headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
        self._earlier: list[dict[str, str]] = []
        self.waited_s = 0.0

    def ask(self, question: str) -> "_Heard":
        """Return an answer."""
        self._earlier.append({"role": "user", "content": question})
        body = self._posted()
        message = body["choices"][0]["message"]
        text = _plain(message.get("content"))
        self._earlier.append({"role": "assistant", "content": text})
        beside = body.get("persona") or {}
        return _Heard(
            text,
            list(message.get("annotations") or []),
            list(beside.get("sentences") or []),
            [str(one.get("ask") or "") for one in beside.get("near") or []],
        )

    def _posted(self) -> dict[str, Any]:
        self.waited_s = 0.0
        body = {"model": self._model, "messages": self._earlier, "temperature": 0, "stream": False}
        while True:
            request = urllib.request.Request(
                self._url, data=json.dumps(body).encode(), headers=self._headers
            )
            try:
                with urllib.request.urlopen(request, timeout=TIMEOUT_S) as response:
                    if kept := response.headers.get(GOES_BACK):
                        self._headers[GOES_BACK] = kept
                    return dict(json.load(response))
            except urllib.error.HTTPError as error:
                self._wait(error)

    def _wait(self, error: urllib.error.HTTPError) -> None:
        """Wait as long as an endpoint asks for; what cannot be mended by waiting is raised."""
        with error:
            asked = error.headers.get("Retry-After", "")
            seconds = float(asked) if asked.isdigit() else 5.0
        if error.code not in (429, 503) or self.waited_s + seconds > PATIENCE_S:
            raise error
        time.sleep(seconds)
        self.waited_s += seconds


def in_both(one: str, other: str) -> str:
    """Return the whole sentences with which both answers begin."""
    pairs = takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False))
    common = "".join(letter for letter, _ in pairs)
    ends = [found.start() for found in _END.finditer(common)]
    # The last sign of a common beginning may end a sentence in one answer only ("..." and ".").
    return common[: ends[-1]].strip() if ends else ""


def with_annotations(
    text: str,
    annotations: Iterable[Any],
    *,
    notice: str = "",
    declared: Iterable[Any] = (),
) -> list[SaidSentence]:
    """Return the sentences of a message, each with the citations that point into it.

    Args:
        text: the message.
        annotations: read are those with ``start_index`` and ``end_index`` (characters of the
            message), as OpenAI's ``url_citation`` has them, in a nested object or not; ``quote``
            or ``text`` is what stands at the cited place, ``source``, ``title`` or ``url`` where
            it stands, ``narrator`` who tells it.
        notice: what every first answer begins with; its sentences have the standing `NOTICE`.
        declared: what the system says of its sentences: spans with a ``standing``. Where it says
            nothing, a sentence ends where words end one, and its words say whether it claims.
    """
    flat = [one for one in map(_flat, annotations) if _is_span(one, text)]
    begun = len(notice) if notice and text.startswith(notice) else 0
    found = []
    for start, end, standing in _spans(text, begun, declared):
        inside = [one for one in flat if one["start_index"] < end and one["end_index"] > start]
        cited = tuple(_cited(one) for one in inside)
        # Where no narrator is given, nothing can be held against who is named in the sentence.
        unnamed = standing == "told" and not any(one.names for one in cited)
        kind = "inferred" if unnamed else standing
        found.append(SaidSentence(text[start:end], standing=kind, cited=cited))
    return found


def _spans(text: str, begun: int, declared: Iterable[Any]) -> Iterator[tuple[int, int, str]]:
    """Yield the sentences of a message: where they begin and end, and their standing."""
    said = [one for one in declared if isinstance(one, dict) and _is_span(one, text)]
    place = begun
    yield from _by_words(text, 0, begun, NOTICE)
    for one in sorted(said, key=lambda one: int(one["start_index"])):
        if one["start_index"] < place or one.get("standing") not in STANDINGS:
            continue
        yield from _by_words(text, place, one["start_index"], "")
        yield one["start_index"], one["end_index"], one["standing"]
        place = one["end_index"]
    yield from _by_words(text, place, len(text), "")


def _by_words(text: str, start: int, end: int, standing: str) -> Iterator[tuple[int, int, str]]:
    for plain in plain_answer(text[start:end]):
        at = text.index(plain.text, start)
        start = at + len(plain.text)
        yield at, start, standing


def _cited(one: dict[str, Any]) -> Cited:
    narrator = str(one.get("narrator") or "")
    # 'You told me' names who listens; whether rightly is not looked at.
    names = [narrator, narrator.split(maxsplit=1)[0], "You ", "你"] if narrator.strip() else []
    return Cited(
        source=str(one.get("source") or one.get("title") or one.get("url") or ""),
        exact=one.get("quote") or one.get("text"),
        memory_id=str(one.get("memory_id") or ""),
        names=tuple(names),
        own=one.get("standing") == "own_words",
    )


def _is_span(one: dict[str, Any], text: str) -> bool:
    start, end = one.get("start_index", 0), one.get("end_index", 0)
    return isinstance(start, int) and isinstance(end, int) and 0 <= start < end <= len(text)


def _plain(content: Any) -> str:
    """Return the text of a message's content: text, or a list of parts that have some."""
    if isinstance(content, list):
        return "".join(str(part.get("text") or "") for part in content if isinstance(part, dict))
    return str(content or "")


def _flat(annotation: Any) -> dict[str, Any]:
    """Return an annotation with what is nested in it beside its own fields."""
    if not isinstance(annotation, dict):
        return {}
    nested = [value for value in annotation.values() if isinstance(value, dict)]
    return {key: value for one in (annotation, *nested) for key, value in one.items()}
