"""The seal of a file: a signed list, inside the file, of what made it (C2PA content credentials).

    content + what is said of it ──sign──▶ content with a seal      (specification: C2PA 2.2)
    content with a seal ──read──▶ whole or broken, by whom, what is said

A seal says that a program made this, which program, for which version, and which seconds are a
real recording, by its id. It never says a word of what is spoken, holds no preview picture, and
neither making nor reading one asks any server. It proves who made a file as long as it is there;
anybody can take it away by saving the file anew, which is why there is a watermark as well.
"""

import io
import json
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from persona.errors import EngineError
from persona.export.marking_keys import SigningKey

MADE = "org.memorial-persona.made"
"""Name of the part of the seal that only this program writes."""

_KINDS = "http://cv.iptc.org/newscodes/digitalsourcetype/"
BY_PROGRAM = f"{_KINDS}trainedAlgorithmicMedia"
WITH_REAL = f"{_KINDS}compositeWithTrainedAlgorithmicMedia"
_SYNTHETIC = (BY_PROGRAM, WITH_REAL, f"{_KINDS}algorithmicMedia", f"{_KINDS}compositeSynthetic")

_OFFLINE = {"remote_manifest_fetch": False, "ocsp_fetch": False, "verify_timestamp_trust": False}
_HEAD_BYTES = 16
_LARGEST = 2**30
"""Files above a gigabyte are not read for a seal: this program makes none of that size."""


class SealState(StrEnum):
    """What became of the seal of a file."""

    OURS = "ours"
    """Whole, and by this archive's own key."""
    WHOLE = "whole"
    """Whole: nothing was changed since; by a key that is not this archive's."""
    BROKEN = "broken"
    """There is one, and the file was changed since, or the seal was."""
    NONE = "none"
    """There is none, or a file of this kind cannot hold one."""


@dataclass(frozen=True)
class Seal:
    """What the seal of a file says; nothing of it can be believed when it is broken.

    Attributes:
        state: whole or not.
        program: name and version of the program that sealed it.
        synthetic: it says that a program made all or some of it.
        made: what this program wrote: version, parts …; empty in seals of others.
    """

    state: SealState
    program: str = ""
    synthetic: bool = False
    made: dict[str, Any] = field(default_factory=dict)


def sealed(content: bytes, media_type: str, manifest: dict[str, Any], key: SigningKey) -> bytes:
    """Return the content of a file with a seal in it; sound and pixels stay as they are.

    Args:
        content: of a WAV, MP3, M4A, MP4, PNG or JPEG file.
        media_type: ``audio/wav`` …
        manifest: see `manifest_of`.
        key: of the archive.

    Raises:
        EngineError: it could not be sealed; an unsealed file must not be written then.
    """
    import c2pa  # type: ignore[import-untyped]

    out = io.BytesIO()
    try:
        info = c2pa.C2paSignerInfo(
            alg=c2pa.C2paSigningAlg.ES256,
            sign_cert=key.chain,
            private_key=key.private,
            ta_url=None,
        )
        settings = {"builder": {"thumbnail": {"enabled": False}}, "verify": _OFFLINE}
        with (
            c2pa.Context.from_dict(settings) as context,
            c2pa.Signer.from_info(info) as signer,
            c2pa.Builder.from_json(json.dumps(manifest), context) as builder,
        ):
            builder.sign(signer, media_type, io.BytesIO(content), out)
    except c2pa.C2paError as error:
        raise EngineError(
            "The file that was made could not be sealed as synthetic, so it was not kept. "
            "Run: persona doctor"
        ) from error
    return out.getvalue()


def manifest_of(title: str, media_type: str, made: dict[str, Any], program: str) -> dict[str, Any]:
    """Return what a seal says, in the terms of C2PA.

    Args:
        title: what kind of thing it is; no name, no words of it.
        media_type: of the file.
        made: ids and seconds as plain values; ``parts`` lists what is synthetic, and what is a
            real recording of which ``source``.
        program: version of this program.
    """
    by = {"name": "memorial-persona", "version": program}
    parts = made["parts"]
    sources = list(dict.fromkeys(str(one["source"]) for one in parts if one.get("source")))
    created = {
        "action": "c2pa.created",
        "digitalSourceType": BY_PROGRAM if all(one["synthetic"] for one in parts) else WITH_REAL,
        "softwareAgent": by,
    }
    placed = {"action": "c2pa.placed", "parameters": {"ingredientIds": sources}}
    return {
        "claim_generator_info": [by],
        "title": title,
        "format": media_type,
        "ingredients": [
            {"label": one, "title": one, "instance_id": one, "relationship": "componentOf"}
            for one in sources
        ],
        "assertions": [
            {
                "label": "c2pa.actions.v2",
                "data": {"actions": [created, placed] if sources else [created]},
            },
            {"label": MADE, "data": made},
        ],
    }


def read_seal(file: Path, root: bytes = b"") -> Seal:
    """Return what the seal of a file says; damaged files and kinds without seals have none.

    Args:
        file: of any kind.
        root: certificate of the archive; empty where there is none to compare with.

    Raises:
        OSError: the file cannot be read.
    """
    import c2pa

    with file.open("rb") as opened:
        media_type = media_type_of(opened.read(_HEAD_BYTES))
        if not media_type or file.stat().st_size > _LARGEST:
            return Seal(SealState.NONE)
        opened.seek(0)
        settings: dict[str, Any] = {"verify": {**_OFFLINE, "verify_trust": True}}
        if root:
            settings["trust"] = {"user_anchors": root.decode("ascii")}
        try:
            with (
                c2pa.Context.from_dict(settings) as context,
                c2pa.Reader(media_type, opened, context=context) as reader,
            ):
                return _seal_of(json.loads(reader.json()), reader.get_validation_state() or "")
        except c2pa.C2paError as error:
            unreadable = "ManifestNotFound" not in str(error) and _holds_one(file)
            return Seal(SealState.BROKEN if unreadable else SealState.NONE)


def _seal_of(told: dict[str, Any], state: str) -> Seal:
    active = told.get("manifests", {}).get(told.get("active_manifest"), {})
    assertions = {one["label"]: one.get("data", {}) for one in active.get("assertions", ())}
    actions = [
        action
        for label, data in assertions.items()
        if label.startswith("c2pa.actions")
        for action in data.get("actions", ())
    ]
    by = (active.get("claim_generator_info") or [{}])[0]
    states = {"Trusted": SealState.OURS, "Valid": SealState.WHOLE}
    made = assertions.get(MADE, {})
    return Seal(
        state=states.get(state, SealState.BROKEN),
        program=f"{by.get('name', '')} {by.get('version', '')}".strip(),
        synthetic=any(action.get("digitalSourceType") in _SYNTHETIC for action in actions),
        made=made if isinstance(made, dict) else {},
    )


def media_type_of(head: bytes) -> str:
    """Return the kind of a file that can hold a seal, by its first bytes; else nothing."""
    if head[:4] == b"RIFF":
        return {b"WAVE": "audio/wav", b"WEBP": "image/webp"}.get(head[8:12], "")
    if head[4:8] == b"ftyp":
        brands = {b"M4A ": "audio/mp4", b"heic": "image/heic", b"mif1": "image/heif"}
        return brands.get(head[8:12], "video/mp4")
    if head[:3] == b"ID3" or (head[:1] == b"\xff" and head[1:2] in (b"\xfb", b"\xf3", b"\xf2")):
        return "audio/mpeg"
    starts = {b"\x89PNG": "image/png", b"\xff\xd8\xff": "image/jpeg", b"fLaC": "audio/flac"}
    return next((kind for start, kind in starts.items() if head.startswith(start)), "")


def _holds_one(file: Path) -> bool:
    """Say whether there are bytes of a seal in a file that cannot be read as one."""
    return b"c2pa.claim" in file.read_bytes()
