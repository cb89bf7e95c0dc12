"""What the name of a picture file says: that it is a back, or that somebody restored it.

    scan_012_back.jpg, scan_012 (verso).tif, 012背面.jpg   →  the back of scan_012, of 012
    henry_restored.png, henry-upscaled 4x.jpg, 海生_修复.jpg  →  not what the camera saw

A name proves nothing; it is enough to be careful. A picture that looks restored is never used
to recognise anybody, and the family is asked to say which original it was made from.
"""

import re
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from persona.collect.originals import fingerprint
from persona.errors import UnreadableSource
from persona.records import content_id

RESTORED = "restored or enlarged by somebody, not by this program"

_BACK = re.compile(
    r"(?P<front>.*?)[\s._-]*[(\[（]?(?:\b|(?<=[\d_\s-]))(?:back(?:side)?|verso|rear|reverse|rückseite"
    r"|背面|反面|后面)[)\]）]?",
    re.IGNORECASE,
)
_RESTORED = re.compile(
    r"(?:^|[^a-z])(restored?|restoration|enhanced?|upscaled?|colou?ri[sz]ed|retouched|repaired"
    r"|remini|gfpgan|codeformer|topaz|deoldify|esrgan|superres\w*|ai[-_ ]enhanced)(?:[^a-z]|$)"
    r"|(修复|修復|上色|高清化|放大|增强)",
    re.IGNORECASE,
)


def origin_of(path: Path, relative: str, restored_from: str | None) -> str | None:
    """Return the source id of the picture that a file was restored from; None without a rule.

    Args:
        path: of the restored file, where it lies now.
        relative: its name in the collected folder.
        restored_from: of its rule: the original's name there; ``*`` stands for its own stem.

    Raises:
        UnreadableSource: there is no such picture beside it.
    """
    if restored_from is None:
        return None
    wanted = PurePosixPath(
        restored_from.replace("\\", "/").replace("*", PurePosixPath(relative).stem)
    )
    inside = not wanted.is_absolute() and ".." not in wanted.parts
    depth = len(PurePosixPath(relative).parts)
    for folder in list(path.parents)[:depth] if inside else ():
        original = folder / wanted
        if original.is_file() and not original.samefile(path):
            return content_id("src", fingerprint(original))
    raise UnreadableSource(
        f"{relative} is said to be restored from {restored_from}, which is not there. "
        "Collect that picture with it, or mend restored_from in people.toml."
    )


def front_of(relative: str) -> str | None:
    """Return the path, without its ending, of the picture whose back this is; None: no back."""
    path = PurePosixPath(relative)
    match = _BACK.fullmatch(path.stem)
    if match is None or not match["front"]:
        return None
    return str(path.with_name(match["front"]))


def tie_backs(names: Iterable[str]) -> dict[str, str]:
    """Return, for each back among these file names, the name of its front where that is there."""
    listed = list(names)
    by_stem = {str(PurePosixPath(name).with_suffix("")).casefold(): name for name in listed}
    tied = {}
    for name in listed:
        front = front_of(name)
        if front is not None and by_stem.get(front.casefold(), name) != name:
            tied[name] = by_stem[front.casefold()]
    return tied


def looks_restored(relative: str) -> bool:
    """Tell whether a file's name, or that of its folder, says that somebody restored it."""
    parts = PurePosixPath(relative).parts[-2:]
    stems = [*parts[:-1], PurePosixPath(parts[-1]).stem] if parts else []
    return any(_RESTORED.search(part) for part in stems)
