"""Raw files of a family → an archive with a version, by the steps of the program themselves."""

import shutil
from pathlib import Path

from benchmarks.family.family import Family, words
from benchmarks.family.material import path_of
from persona import opening, steps
from persona.records import Restriction
from persona.records.ids import content_id
from persona.remember.conflicts.finding import find_conflicts
from persona.remember.readers import Custodian
from persona.remember.view import View
from persona.workspace import Workspace, create_workspace, open_workspace

QUICK = """
[engines]
language_model = "scripted"
embedder = "hash"
recogniser = "none"
voice = "none"

[training]
minimum_words = 100000
"""
"""Nothing that needs weights: for tests, and to see in a minute whether everything runs."""

EMBEDDED = """
[engines]
language_model = "{model}"
recogniser = "none"
voice = "none"

[training]
steps = {steps}
minimum_words = {minimum_words}
"""


class Quiet:
    """A report that says nothing."""

    def line(self, text: str) -> None:
        """Say nothing."""

    def progress(self, what: str, done: int, total: int) -> None:
        """Say nothing."""


def build(
    family: Family, raw: Path, parent: Path, settings: str = QUICK, *, restrict: bool = True
) -> Workspace:
    """Return the archive of a family: collected, remembered, restricted, with a version."""
    shutil.rmtree(parent, ignore_errors=True)
    parent.mkdir(parents=True)
    made = create_workspace(parent, family.subject.name)
    file = made.root / "persona.toml"
    file.write_text(file.read_text(encoding="utf-8") + settings, encoding="utf-8")
    made = open_workspace(made.root)
    collected = steps.collect(made, [raw], Quiet())
    if collected.left_out:
        raise SystemExit(f"The material was not read: {collected.left_out}")
    steps.remember(made, Quiet())
    with opening.open_store(made) as store:
        view = store.reader(Custodian())
        if restrict:
            store.put_restrictions(_memory_rules(family, view))
        if not view.conflicts():
            store.put_conflicts(find_conflicts(store.reader(Custodian())))
    steps.train(made, Quiet(), name="family test")
    return made


def without_secrets(family: Family, raw: Path, out: Path) -> Path:
    """Copy the raw files without anything that is kept from somebody: the twin of an archive.

    Who may not know the secrets must get the same answers from both.
    """
    shutil.rmtree(out, ignore_errors=True)
    shutil.copytree(raw, out)
    for secret in words("script")["secrets"]:
        path = out / path_of(family, secret["file"])
        if secret.get("memory"):
            text = path.read_text(encoding="utf-8")
            path.write_text(text.replace(family.fill(secret["text"]), "Mm."), encoding="utf-8")
        else:
            path.unlink()
    return out


def _memory_rules(family: Family, view: View) -> list[Restriction]:
    """Return the rules for what one person alone may know of what others may hear."""
    rules = []
    for secret in words("script")["secrets"]:
        if not secret.get("memory"):
            continue
        text = family.fill(secret["text"])
        found = [memory for memory in view.memories() if text[:40] in memory.quote]
        if not found:
            raise SystemExit(f"Nothing was remembered of the secret in {secret['file']}")
        owner = family.member(secret["owner"]).id
        for target in {m.id for m in found} | {
            c.passage_id for m in found for c in view.citations(m.id)
        }:
            rules.append(
                Restriction(id=content_id("rst", target, owner), target_id=target, allow=[owner])
            )
    return rules
