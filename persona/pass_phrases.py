"""Pass phrases: somebody may ask that nobody else says their name in front of the screen.

    pass_phrases.json   who → salt and scrypt hash; readable by its owner only (0600)

Nobody needs one. Who has set one is asked for it before the app lets them in under their name.
It guards the screen, not the disk: whoever can read the files of this machine can read the
archive, as with any program that does not encrypt its folder.

The hash is scrypt (RFC 7914), 32 MB and about a tenth of a second; after a wrong phrase the next
try has to wait, longer each time.
"""

import hashlib
import json
import secrets
import threading
import time
import unicodedata
from pathlib import Path

from filelock import FileLock, Timeout

from persona.atomic import write_file
from persona.errors import ConverseError, WorkspaceError
from persona.workspace import Workspace

FILE = "pass_phrases.json"
KEEPER = "custodian"
"""The name under which the keeper of the archive has a phrase."""

LEAST = 6
"""Characters that a phrase must have: short enough to be remembered by everybody."""

FREE_TRIES = 3
LONGEST_WAIT_S = 300.0

_COST = {"n": 2**15, "r": 8, "p": 1, "maxmem": 64 * 2**20}
_tries: dict[tuple[Path, str], tuple[int, float]] = {}
_one_at_a_time = threading.Lock()


def is_guarded(workspace: Workspace, who: str) -> bool:
    """Say whether ``who``, a person's id or `KEEPER`, has set a phrase."""
    return who in _read(workspace)


def set_phrase(workspace: Workspace, who: str, phrase: str) -> None:
    """Set or change a phrase.

    Raises:
        ConverseError: it is too short.
        WorkspaceError: it cannot be written; what was set before still holds.
    """
    if len(_plain(phrase)) < LEAST:
        raise ConverseError(f"Choose a pass phrase of at least {LEAST} characters.")
    salt = secrets.token_bytes(16)
    _change(workspace, who, {"salt": salt.hex(), "scrypt": _hashed(phrase, salt).hex()})


def remove_phrase(workspace: Workspace, who: str) -> None:
    """Let somebody in without a phrase again. Raises `WorkspaceError`."""
    _change(workspace, who, None)


def opens(workspace: Workspace, who: str, phrase: str) -> bool:
    """Say whether this is the phrase of ``who``; True where none was set.

    Raises:
        ConverseError: too many wrong tries; one has to wait.
        WorkspaceError: the file of phrases is damaged.
    """
    kept = _read(workspace).get(who)
    if kept is None:
        return True
    key = (workspace.root, who)
    with _one_at_a_time:
        wrong, again_at = _tries.get(key, (0, 0.0))
        wait = again_at - time.monotonic()
        if wait > 0:
            raise ConverseError(f"That was not it. Please wait {wait:.0f} seconds, then try again.")
        found = _hashed(phrase, bytes.fromhex(kept["salt"]))
        if secrets.compare_digest(found, bytes.fromhex(kept["scrypt"])):
            _tries.pop(key, None)
            return True
        pause = min(2.0 ** (wrong - FREE_TRIES + 2), LONGEST_WAIT_S)
        waiting = pause if wrong >= FREE_TRIES else 0.0
        _tries[key] = (wrong + 1, time.monotonic() + waiting)
        return False


def _plain(phrase: str) -> str:
    """Return a phrase as it is compared: the same letters, however a keyboard writes them."""
    return unicodedata.normalize("NFKC", phrase).strip()


def _hashed(phrase: str, salt: bytes) -> bytes:
    words = _plain(phrase).encode("utf-8", "surrogatepass")
    return hashlib.scrypt(words, salt=salt, dklen=32, **_COST)


def _read(workspace: Workspace) -> dict[str, dict[str, str]]:
    try:
        content = json.loads((workspace.root / FILE).read_text(encoding="utf-8"))
        return {
            who: {part: kept[part] for part in ("salt", "scrypt")} for who, kept in content.items()
        }
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise WorkspaceError(
            f"{FILE} cannot be read, so nobody is let in. Restore it from a copy; or delete it, "
            "and everybody sets a new pass phrase."
        ) from error


def _change(workspace: Workspace, who: str, entry: dict[str, str] | None) -> None:
    try:
        with FileLock(workspace.root / f".{FILE}.lock", timeout=5):
            content = {one: kept for one, kept in _read(workspace).items() if one != who}
            if entry is not None:
                content[who] = entry
            data = json.dumps(content, indent=1, sort_keys=True).encode()
            write_file(workspace.root / FILE, data, private=True)
    except Timeout as error:
        raise WorkspaceError(f"{FILE} is being changed. Try again in a moment.") from error
    except OSError as error:
        raise WorkspaceError(
            f"{FILE} cannot be written: {error.strerror}. The pass phrases are as they were."
        ) from error
