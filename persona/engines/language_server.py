"""A language model behind an OpenAI-compatible server: vLLM, Ollama, llama-server, a studio's.

The answer comes as server-sent events (WHATWG HTML, 9.2.6): lines ``data: {json}``, the last
one ``data: [DONE]``. The key, where the server wants one, is in ``$PERSONA_SERVER_KEY`` and
never in a settings file.
"""

import json
import os
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from http.client import HTTPException
from typing import Any

from persona.engines.protocols import Message
from persona.errors import ConfigError, EngineError

KEY_VARIABLE = "PERSONA_SERVER_KEY"
_PATIENCE_S = 120.0  # between two pieces; a large model on a slow machine reads for a minute


class ServerModel:
    """A `protocols.LanguageModel` on ``POST {base_url}/chat/completions``."""

    def __init__(self, base_url: str, model: str, *, follows_evidence: bool = True) -> None:
        """Remember where the server is; nothing is sent yet.

        Args:
            base_url: as in ``http://localhost:11434/v1``.
            model: the name the server knows it by.
            follows_evidence: whether drafts of it are worth checking.

        Raises:
            ConfigError: no model is named, or the address is not one of the web.
        """
        if not base_url.startswith(("http://", "https://")):
            raise ConfigError(f"{base_url} is no web address. Mend language_model in persona.toml.")
        if not model:
            raise ConfigError(
                f"Say which model {base_url} shall use: set server_model in persona.toml."
            )
        self._base_url, self._model = base_url.rstrip("/"), model
        self._follows_evidence = follows_evidence

    @property
    def name(self) -> str:
        """Return the model and its server."""
        return f"{self._model} at {self._base_url}"

    @property
    def follows_evidence(self) -> bool:
        """Return whether drafts of this model are worth checking."""
        return self._follows_evidence

    def generate(
        self,
        messages: Sequence[Message],
        *,
        max_tokens: int,
        temperature: float,
        seed: int,
        stop: Sequence[str] = (),
    ) -> Iterator[str]:
        """Yield pieces of the answer as the server sends them.

        Raises:
            EngineError: the server cannot be reached, refuses, or breaks off.
        """
        body: dict[str, Any] = {
            "model": self._model,
            "messages": list(messages),
            "max_tokens": max_tokens,
            "temperature": temperature,
            "seed": seed,
            "stream": True,
        }
        if stop:
            body["stop"] = list(stop)
        try:
            with urllib.request.urlopen(self._request(body), timeout=_PATIENCE_S) as response:
                yield from _pieces(response)
        except urllib.error.HTTPError as error:
            with error:
                raise EngineError(self._refusal(error)) from error
        except (OSError, HTTPException) as error:
            reason = getattr(error, "reason", None) or error
            raise EngineError(
                f"The language model server {self._base_url} cannot be reached or broke off "
                f"({reason}). Start it, or choose another language_model in persona.toml."
            ) from error

    def choose(self, messages: Sequence[Message], choices: Sequence[str], *, seed: int) -> str:  # noqa: ARG002
        """Return nothing: servers have no common way to hold a model to a choice."""
        return ""

    def close(self) -> None:
        """Do nothing: no connection is kept."""

    def _request(self, body: dict[str, Any]) -> urllib.request.Request:
        headers = {"Content-Type": "application/json", "Accept": "text/event-stream"}
        if key := os.environ.get(KEY_VARIABLE):
            headers["Authorization"] = f"Bearer {key}"
        return urllib.request.Request(
            f"{self._base_url}/chat/completions", data=json.dumps(body).encode(), headers=headers
        )

    def _refusal(self, error: urllib.error.HTTPError) -> str:
        if error.code in (401, 403):
            return f"{self._base_url} wants a key: set the variable {KEY_VARIABLE} and try again."
        if error.code == 404:
            return (
                f"{self._base_url} does not know the model {self._model}. "
                "Mend language_model or server_model in persona.toml."
            )
        return f"{self._base_url} refused the question (HTTP {error.code}). See its own log."


def _pieces(lines: Any) -> Iterator[str]:
    """Read server-sent events up to ``[DONE]``; an end without it means the server broke off."""
    for line in lines:
        field, _, value = line.decode("utf-8", errors="replace").partition(":")
        if field != "data":
            continue
        if value.strip() == "[DONE]":
            return
        try:
            event = json.loads(value)
        except ValueError as error:
            raise EngineError("The language model server sent something unreadable.") from error
        if "error" in event:
            raise EngineError("The language model server reported an error. See its own log.")
        for choice in event.get("choices", ()):
            if piece := (choice.get("delta") or {}).get("content"):
                yield piece
    raise EngineError("The language model server broke off in the middle of an answer. Try again.")
