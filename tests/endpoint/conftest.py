"""A real server in this process, on Arthur's archive, and a client that speaks plain HTTP."""

import http.client
import json
import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from persona.endpoint.server import make_endpoint
from persona.engines.deterministic import HashEmbedder, ScriptedLanguageModel
from persona.engines.protocols import LanguageModel
from persona.opening import Engines
from persona.records import Person
from persona.remember.readers import Custodian
from persona.remember.store import Store
from persona.tokens import make_token
from persona.workspace import Workspace, open_workspace
from tests.converse.conftest import workspace as workspace  # noqa: PLC0414 - a fixture

BEES = "Who was stung when the bees swarmed?"


@dataclass(frozen=True)
class Reply:
    """What came back."""

    status: int
    headers: dict[str, str]
    raw: bytes

    @property
    def body(self) -> Any:
        return json.loads(self.raw)

    @property
    def text(self) -> str:
        return str(self.body["choices"][0]["message"]["content"])

    @property
    def code(self) -> str:
        error = self.body["error"]
        assert sorted(error) == ["code", "message", "param", "type"]
        assert error["message"].endswith((".", "persona-…"))
        return str(error["code"])

    @property
    def events(self) -> list[Any]:
        """Return the events of a stream, which must end as OpenAI's do."""
        lines = [line for line in self.raw.decode().split("\n\n") if line]
        assert all(line.startswith("data: ") for line in lines)
        assert lines.pop() == "data: [DONE]"
        return [json.loads(line[6:]) for line in lines]


@dataclass
class Client:
    """Asks one server as one listener."""

    port: int
    secret: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    def send(self, method: str, path: str, raw: bytes | None = None, **headers: str) -> Reply:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        sent = {"Content-Type": "application/json", **self.headers}
        if self.secret:
            sent["Authorization"] = f"Bearer {self.secret}"
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        try:
            connection.request(method, path, raw, sent)
            answer = connection.getresponse()
            return Reply(
                answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read()
            )
        finally:
            connection.close()

    def post(self, body: Any, **headers: str) -> Reply:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.send("POST", "/v1/chat/completions", raw, **headers)

    def ask(self, question: Any, **more: Any) -> Reply:
        return self.post({"messages": [{"role": "user", "content": question}], **more})

    def open_stream(self, question: str) -> socket.socket:
        """Begin a stream and return the bare connection."""
        body = json.dumps({"messages": [{"role": "user", "content": question}], "stream": True})
        raw = body.encode()
        head = (
            "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\n"
            f"Authorization: Bearer {self.secret}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(raw)}\r\n\r\n"
        )
        opened = socket.create_connection(("127.0.0.1", self.port), timeout=30)
        opened.sendall(head.encode() + raw)
        return opened


@dataclass
class Serving:
    """A server on an archive of its own."""

    workspace: Workspace
    port: int

    def client(self, person_id: str | None = "nell", until: str | None = None) -> Client:
        with Store.open(self.workspace) as store, store.reader(Custodian()) as view:
            person: Person | None = view.person(person_id) if person_id else None
        return Client(self.port, make_token(self.workspace, person, until)[1])


Serve = Callable[..., Serving]


@pytest.fixture
def archive(workspace: Workspace, tmp_path: Path) -> Workspace:
    """Return a copy of Arthur's archive that a test may change."""
    shutil.copytree(workspace.root, tmp_path / "arthur")
    return open_workspace(tmp_path / "arthur")


@pytest.fixture
def serve(archive: Workspace) -> Iterator[Serve]:
    """Return a function that starts a server with a model of the test."""
    with ExitStack() as running:

        def start(model: LanguageModel | None = None, **options: Any) -> Serving:
            engines = Engines(model or ScriptedLanguageModel(), None, HashEmbedder())
            options = {"per_minute": 10_000, "engines": engines, **options}
            return Serving(archive, running.enter_context(listening(archive, **options)))

        yield start


@contextmanager
def listening(archive: Workspace, **options: Any) -> Iterator[int]:
    """Run a server in a thread; yield its port."""
    bound = socket.create_server(("127.0.0.1", 0))
    app = make_endpoint(archive, **options)
    server = uvicorn.Server(
        uvicorn.Config(app, log_config=None, ws="none", timeout_graceful_shutdown=5)
    )
    thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]})
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive()
            time.sleep(0.005)
        yield int(bound.getsockname()[1])
    finally:
        server.should_exit = True
        thread.join()
        bound.close()
