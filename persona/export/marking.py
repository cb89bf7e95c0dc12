"""The door through which everything that the program makes leaves: marked, sealed, whole (law 8).

    what the voice said ─ mark_sound ─┐  watermark, in synthetic stretches only
    his own recording ────────────────┴─▶ one sound ─ write_sound ─▶ answer.wav   sealed (C2PA)
                                                                     answer.json  what is what

Real recordings pass through here inside an answer without being changed by a single sample: which
seconds they are, and of which source, is said in the seal and beside the file. There is no switch
that turns any of this off, and without the watermark's weights nothing is spoken.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

from persona import MADE_BY, __version__
from persona.atomic import write_file
from persona.engines.protocols import FloatArray, Watermark
from persona.engines.sound import mp3_bytes, wav_bytes
from persona.engines.watermark_perth import PerthWatermark
from persona.errors import EngineError
from persona.export.marking_keys import SigningKey, signing_key
from persona.export.marking_seal import manifest_of, sealed
from persona.workspace import Workspace

_WAV, _MP3 = "audio/wav", "audio/mpeg"


@cache
def open_watermark(models: Path) -> Watermark:
    """Return the watermark, opened once.

    Raises:
        MissingModel: its weights are not here: nothing can be spoken until they are.
    """
    return PerthWatermark(models)


class Marks:
    """Marks and seals what one version makes."""

    def __init__(self, workspace: Workspace, watermark: Watermark, version_id: str) -> None:
        """Open the key of the archive; it is made now if there is none.

        Raises:
            EngineError: the key is damaged.
            WorkspaceError: the folder cannot be written.
        """
        self._key: SigningKey = signing_key(workspace)
        self._watermark, self._version_id = watermark, version_id

    def mark_sound(self, sound: FloatArray, rate_hz: int) -> FloatArray:
        """Return synthetic (samples,) with the watermark. Never call it on a real recording."""
        return self._watermark.mark(sound, rate_hz)

    def sealed_sound(
        self,
        sound: FloatArray,
        *,
        rate_hz: int,
        comment: str,
        parts: Sequence[Mapping[str, Any]],
        what: str = "spoken answer",
    ) -> bytes:
        """Return a sealed WAV file of sound whose synthetic stretches went through `mark_sound`.

        Args:
            sound: (samples,) float32.
            rate_hz: samples a second.
            comment: for its head, in words.
            parts: each ``start_s``, ``end_s``, ``synthetic``, and ``source`` where it is the
                sound of one.
            what: kind of thing, without names.
        """
        content = wav_bytes(sound, rate_hz=rate_hz, comment=comment)
        manifest = manifest_of(what, _WAV, self._facts(parts), __version__)
        return sealed(content, _WAV, manifest, self._key)

    def sealed_mp3(
        self, sound: FloatArray, *, rate_hz: int, parts: Sequence[Mapping[str, Any]]
    ) -> bytes:
        """Return the same as a small sealed MP3 file, for a page that is handed on.

        A real recording inside is then a smaller copy; the original is where it always was.
        """
        content = mp3_bytes(sound, rate_hz=rate_hz)
        manifest = manifest_of("spoken answer", _MP3, self._facts(parts), __version__)
        return sealed(content, _MP3, manifest, self._key)

    def write_sound(
        self,
        out: Path,
        sound: FloatArray,
        *,
        rate_hz: int,
        comment: str,
        voice: str,
        parts: Sequence[Mapping[str, Any]],
    ) -> str:
        """Write ``out`` (WAV) and its list of parts (``.json``); return the SHA-256 of the WAV.

        Raises:
            EngineError: it could not be sealed or saved; nothing half-written is left.
        """
        content = self.sealed_sound(sound, rate_hz=rate_hz, comment=comment, parts=parts)
        listed = {"voice": voice, **self._facts(parts)}
        try:
            write_file(out, content)
            beside = json.dumps(listed, ensure_ascii=False, indent=1)
            write_file(out.with_suffix(".json"), beside.encode())
        except OSError as error:
            with suppress(OSError):
                out.unlink(missing_ok=True)
            raise EngineError("The spoken answer could not be saved: is the disk full?") from error
        return hashlib.sha256(content).hexdigest()

    def _facts(self, parts: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        """Return what is said of a file: ids and seconds, no words."""
        return {
            "made_by": MADE_BY,
            "version": self._version_id,
            "watermark": self._watermark.name,
            "parts": [dict(part) for part in parts],
        }
