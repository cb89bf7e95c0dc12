"""Routes, who may ask how often, and what is logged.

    POST /v1/chat/completions    a question; ``stream`` sends sentence by sentence
    GET  /v1/models              the versions that may be talked to

Nothing is answered without a valid token. The log holds ids, status and milliseconds, never what
somebody said. No other web page may read an answer: there is no CORS.
"""

import logging
import socket
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager
from functools import partial
from typing import Any

import anyio
import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from persona.converse.answer import AnswerSentence
from persona.converse.listener import language_of
from persona.endpoint.asked import BODY_LIMIT, CONVERSATION_HEADER, Asked, read_body
from persona.endpoint.pace import Pace
from persona.endpoint.refusal import Refusal, refusal_of
from persona.endpoint.talks import Held, Talks
from persona.endpoint.wire import DONE, Occasion, Writing, event, header_text, models_body
from persona.errors import WorkspaceError
from persona.opening import Engines
from persona.tokens import Token, TokenState, find_token
from persona.workspace import Workspace

LOCAL = "127.0.0.1"
REQUESTS_A_MINUTE = 20
AT_ONCE = 8
"""Answers that are made at the same time; the model makes one after the other."""

PATIENCE_S = 30.0
"""How long a request body may take to arrive, and an answer to end when the server stops."""

_log = logging.getLogger(__name__)
_SYNTHETIC = {"Persona-Synthetic": "true", "Cache-Control": "no-store"}
_STATES = {
    TokenState.UNKNOWN: ("invalid_token", "This token is not known here."),
    TokenState.EXPIRED: ("token_expired", "This token has expired. Ask for a new one."),
    TokenState.REVOKED: ("token_revoked", "This token was revoked. Ask for a new one."),
}


class Endpoint:
    """The handlers of the routes, and what they share."""

    def __init__(self, workspace: Workspace, talks: Talks, per_minute: int) -> None:
        self._workspace, self.talks = workspace, talks
        self._pace = Pace(per_minute)
        self._places = threading.BoundedSemaphore(AT_ONCE)

    async def models(self, request: Request) -> Response:
        """List the versions that may be talked to."""
        token = await self._token(request)
        return JSONResponse(models_body(await run_in_threadpool(self.talks.versions, token)))

    async def complete(self, request: Request) -> Response:
        """Answer one question."""
        token = await self._token(request)
        asked = read_body(await _body(request), request.headers.get(CONVERSATION_HEADER))
        lent = ExitStack()
        try:
            held = await run_in_threadpool(self._lend, lent, token, asked)
            answer = _Answer(held, asked, lent)
            await answer.begin()
            return answer.streamed() if asked.stream else await answer.whole()
        except BaseException:
            with anyio.CancelScope(shield=True):
                await run_in_threadpool(lent.close)
            raise

    def _lend(self, lent: ExitStack, token: Token, asked: Asked) -> Held:
        if not self._places.acquire(blocking=False):
            raise Refusal(503, "busy", "Too many ask at once.", headers={"Retry-After": "5"})
        lent.callback(self._places.release)
        return lent.enter_context(self.talks.hold(token, asked))

    async def _token(self, request: Request) -> Token:
        """Return the token of a request that is valid and not too fast.

        Raises:
            Refusal: it is missing, unknown, expired or revoked, or asks too often.
        """
        scheme, _, secret = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not secret.strip():
            raise _not_let_in("missing_token", "Send your token: Authorization: Bearer persona-…")
        token, state = await run_in_threadpool(find_token, self._workspace, secret.strip())
        if token is None or state is not TokenState.VALID:
            raise _not_let_in(*_STATES[state])
        request.state.token_id = token.id
        if wait_s := self._pace.wait(token.id):
            raise Refusal(
                429,
                "rate_limit_exceeded",
                f"That is too fast. Ask again in {wait_s} seconds.",
                headers={"Retry-After": str(wait_s)},
            )
        return token


class _Answer:
    """One answer on its way: made in a worker thread, sent from the event loop."""

    def __init__(self, held: Held, asked: Asked, lent: ExitStack) -> None:
        self._held, self._asked, self._lent = held, asked, lent
        talk = held.talk
        # A client has no screen in the listener's language: the notice is in that of the question.
        notice = talk.notice_in(language_of(asked.question, [talk.language]))
        occasion = Occasion(
            conversation_id=talk.conversation_id,
            version=talk.version,
            question=asked.question,
            notice=notice if held.fresh else None,
        )
        self._writing = Writing(occasion, held.view)
        self._sentences: Iterator[AnswerSentence] = iter(())
        self._ready: dict[str, Any] | None = None
        self.headers = {
            **_SYNTHETIC,
            CONVERSATION_HEADER: talk.conversation_id,
            "Persona-Notice": header_text(notice),
        }

    async def begin(self) -> None:
        """Ask, and wait for the first sentence, so that a failure still has its own status."""
        self._sentences = await run_in_threadpool(self._held.talk.ask, self._asked.question)
        self._ready = await run_in_threadpool(self._next)
        self._held.fresh = False

    async def whole(self) -> Response:
        """Return the answer in one piece."""
        while self._ready is not None:
            self._ready = await run_in_threadpool(self._next)
        body = self._writing.whole(self._held.talk.last_turn_id)
        await run_in_threadpool(self.stop)
        return JSONResponse(body, headers=self.headers)

    def streamed(self) -> Response:
        """Return the answer as it comes; whoever walks away leaves what was said recorded."""
        return _Events(self)

    async def events(self) -> AsyncIterator[bytes]:
        """Yield the events of the stream."""
        usage = self._asked.usage
        try:
            yield self._writing.first_chunk(with_usage=usage)
            while self._ready is not None:
                yield self._writing.chunk(self._ready, with_usage=usage)
                self._ready = await run_in_threadpool(self._next)
            last = self._writing.last_chunk(self._held.talk.last_turn_id, with_usage=usage)
            # Before the end is sent: whoever reads it may ask the next thing at once.
            await run_in_threadpool(self.stop)
            yield last
            if usage:
                yield self._writing.usage_chunk()
        except Exception as error:  # noqa: BLE001 - the status is sent already
            await run_in_threadpool(self.stop)
            yield event(_told(error).body())
        yield DONE

    def stop(self) -> None:
        """Record what was said, and let others ask; a second call does nothing."""
        close: Callable[[], None] = getattr(self._sentences, "close", lambda: None)
        try:
            close()
        except Exception as error:  # noqa: BLE001 - nobody is left to tell
            _told(error)
        finally:
            self._lent.close()

    def _next(self) -> dict[str, Any] | None:
        sentence = next(self._sentences, None)
        if sentence is not None:
            return self._writing.add(sentence)
        answer = self._held.talk.last_answer
        self._writing.offer(answer.near if answer else ())
        return None


class _Events(StreamingResponse):
    """A stream that ends the answer as soon as its reader goes, not when memory is tidied up."""

    def __init__(self, answer: _Answer) -> None:
        super().__init__(answer.events(), headers=answer.headers, media_type="text/event-stream")
        self._answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            with anyio.CancelScope(shield=True):
                await run_in_threadpool(self._answer.stop)


def make_endpoint(
    workspace: Workspace,
    *,
    version: str | None = None,
    per_minute: int = REQUESTS_A_MINUTE,
    engines: Engines | None = None,
) -> Starlette:
    """Return the application.

    Args:
        workspace: the persona.
        version: number, id or name of the one version that is served; None: all that may be.
        per_minute: requests of one token in a minute.
        engines: models to use; None: those of each version.
    """
    endpoint = Endpoint(workspace, Talks(workspace, only=version, engines=engines), per_minute)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        await run_in_threadpool(endpoint.talks.close)

    return Starlette(
        routes=[
            Route("/v1/models", _answered(endpoint.models), methods=["GET"]),
            Route("/v1/chat/completions", _answered(endpoint.complete), methods=["POST"]),
        ],
        exception_handlers={HTTPException: _no_route},
        lifespan=lifespan,
    )


def serve(
    workspace: Workspace,
    *,
    ready: Callable[[str], None],
    host: str = LOCAL,
    port: int = 0,
    version: str | None = None,
    per_minute: int = REQUESTS_A_MINUTE,
) -> None:
    """Serve until the process is asked to stop; answers under way are finished first.

    Args:
        workspace: the persona.
        ready: told the address as soon as requests are taken.
        host: the address of this machine to listen at.
        port: 0: any that is free.
        version: the one version that is served; None: all that may be.
        per_minute: requests of one token in a minute.

    Raises:
        WorkspaceError: this address or port cannot be listened at.
    """
    try:
        listening = socket.create_server((host, port), reuse_port=False)
    except OSError as error:
        raise WorkspaceError(
            f"Nothing can listen at {host}, port {port}: {error.strerror}. Choose another --port."
        ) from error
    with listening:
        _log.setLevel(logging.INFO)
        settings = uvicorn.Config(
            make_endpoint(workspace, version=version, per_minute=per_minute),
            log_config=None,
            access_log=False,
            server_header=False,
            ws="none",
            timeout_graceful_shutdown=int(PATIENCE_S),
        )
        address = f"http://{host}:{listening.getsockname()[1]}/v1"
        _Announced(settings, partial(ready, address)).run(sockets=[listening])


class _Announced(uvicorn.Server):
    """A server that says that it listens once it does, when a request to stop is heard too."""

    def __init__(self, settings: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(settings)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._ready()


def _answered(
    handler: Callable[[Request], Awaitable[Response]],
) -> Callable[[Request], Awaitable[Response]]:
    """Turn every error into OpenAI's error object, and log ids and status."""

    async def answer(request: Request) -> Response:
        started = time.perf_counter()
        try:
            response = await handler(request)
        except ClientDisconnect:
            response = Response(status_code=499)
        except Exception as error:  # noqa: BLE001 - an error text may hold what somebody said
            refusal = _told(error)
            response = JSONResponse(refusal.body(), refusal.status, headers=refusal.headers)
        token_id = getattr(request.state, "token_id", "-")
        took_ms = round((time.perf_counter() - started) * 1000)
        route = request.scope["route"].path
        _log.info("%s %s %s %d ms", token_id, route, response.status_code, took_ms)
        return response

    return answer


def _told(error: Exception) -> Refusal:
    """Return what the client is told; what is not the client's doing is logged by its name."""
    refusal = refusal_of(error)
    if refusal.status >= 500:
        _log.warning("%s: %s", refusal.code, type(error.__cause__ or error).__name__)
    return refusal


async def _no_route(_: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 404
    sentence = "There is /v1/chat/completions (POST) and /v1/models (GET), and nothing else."
    refusal = Refusal(status, "unknown_url", sentence)
    return JSONResponse(refusal.body(), status)


async def _body(request: Request) -> bytes:
    """Return the body of a request, read no further than `BODY_LIMIT`."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise Refusal(415, "wrong_content_type", "Send JSON: Content-Type: application/json.")
    parts, size = [], 0
    try:
        with anyio.fail_after(PATIENCE_S):
            async for part in request.stream():
                size += len(part)
                if size > BODY_LIMIT:
                    raise Refusal(
                        413, "too_large", f"A request may have {BODY_LIMIT} bytes, not more."
                    )
                parts.append(part)
    except TimeoutError as error:
        raise Refusal(408, "too_slow", "The request did not arrive in time.") from error
    return b"".join(parts)


def _not_let_in(code: str, sentence: str) -> Refusal:
    return Refusal(401, code, sentence, headers={"WWW-Authenticate": "Bearer"})
