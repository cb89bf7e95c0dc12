"""A language model behind HTTP, against a real server in this process."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from persona.engines.language_server import KEY_VARIABLE, ServerModel
from persona.engines.protocols import Message
from persona.errors import ConfigError, EngineError

ASKED: list[Message] = [{"role": "user", "content": "Where were you born?"}]


def event(text: str | None) -> bytes:
    return f"data: {json.dumps({'choices': [{'delta': {'content': text}}]})}\n\n".encode()


DONE = b"data: [DONE]\n\n"
GOOD = [b": a comment\n\n", event(None), event("In "), event("苏州"), event("."), DONE]


class Handler(BaseHTTPRequestHandler):
    """Answers as the server's attributes say, and keeps what it was sent."""

    server: Any

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        self.server.received.append(
            (self.path, dict(self.headers), json.loads(self.rfile.read(length)))
        )
        self.send_response(self.server.status)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        for line in self.server.lines:
            self.wfile.write(line)

    def log_message(self, *_: Any) -> None:
        """Keep the terminal quiet."""


@pytest.fixture
def server() -> Iterator[Any]:
    running: Any = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    running.status, running.lines, running.received = 200, GOOD, []
    thread = threading.Thread(target=running.serve_forever)
    thread.start()
    yield running
    running.shutdown()
    thread.join()
    running.server_close()


def model_of(server: Any) -> ServerModel:
    return ServerModel(f"http://127.0.0.1:{server.server_address[1]}/v1/", "qwen3")


def say(model: ServerModel, **more: Any) -> list[str]:
    options = {"max_tokens": 9, "temperature": 0.5, "seed": 7, **more}
    return list(model.generate(ASKED, **options))


def test_pieces_come_as_they_are_sent(server: Any) -> None:
    assert say(model_of(server)) == ["In ", "苏州", "."]


def test_the_request_is_what_openai_servers_expect(
    server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(KEY_VARIABLE, "secret")
    say(model_of(server), stop=["\n"])
    path, headers, body = server.received[0]
    assert path == "/v1/chat/completions"
    assert headers["Authorization"] == "Bearer secret"
    assert body == {
        "model": "qwen3",
        "messages": ASKED,
        "max_tokens": 9,
        "temperature": 0.5,
        "seed": 7,
        "stream": True,
        "stop": ["\n"],
    }


def test_without_a_key_none_is_sent(server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(KEY_VARIABLE, raising=False)
    say(model_of(server))
    assert "Authorization" not in server.received[0][1]


@pytest.mark.parametrize(
    ("status", "message"),
    [(401, KEY_VARIABLE), (404, "does not know the model qwen3"), (500, "HTTP 500")],
)
def test_a_refusal_is_one_sentence(server: Any, status: int, message: str) -> None:
    server.status = status
    with pytest.raises(EngineError, match=message):
        say(model_of(server))


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ([event("In ")], "broke off"),
        ([b"data: {half\n\n"], "unreadable"),
        ([b'data: {"error": {"message": "out of memory"}}\n\n'], "reported an error"),
    ],
)
def test_a_broken_answer_is_never_taken_for_a_whole_one(
    server: Any, lines: list[bytes], message: str
) -> None:
    server.lines = lines
    with pytest.raises(EngineError, match=message):
        say(model_of(server))


def test_a_server_that_is_not_there_is_one_sentence() -> None:
    with pytest.raises(EngineError, match="cannot be reached"):
        say(ServerModel("http://127.0.0.1:9/v1", "qwen3"))


def test_what_cannot_be_an_address_is_refused_at_once() -> None:
    with pytest.raises(ConfigError, match="server_model"):
        ServerModel("http://localhost/v1", "")
    with pytest.raises(ConfigError, match="no web address"):
        ServerModel("file:///etc/passwd", "qwen3")


def test_it_says_what_it_is() -> None:
    model = ServerModel("http://localhost:1/v1/", "qwen3", follows_evidence=False)
    assert model.name == "qwen3 at http://localhost:1/v1"
    assert not model.follows_evidence
    model.close()
