"""All that can be proved of one version, in the order of what rests on what."""

from collections.abc import Iterator

from persona import opening
from persona.errors import VersionError
from persona.progress import Check, Report, VerifyResult
from persona.proof.golden import ask_again
from persona.proof.hashes import Looked, base_model, examples, folder, memories, phrases, voice
from persona.proof.rebuild import make_again
from persona.records import VersionState
from persona.remember.readers import Custodian
from persona.remember.store import Store
from persona.train.serving import named_version
from persona.train.versions import read_manifest
from persona.workspace import Workspace


def prove_version(
    workspace: Workspace, reference: str, report: Report, *, rebuild: bool = False
) -> VerifyResult:
    """Prove that a version is what it was; nothing is changed.

    Args:
        workspace: the persona.
        reference: number, id or name.
        report: told how far it is.
        rebuild: also train it again in a folder of its own and compare the bytes; when that is
            interrupted, it goes on next time.

    Raises:
        VersionError: there is no such version.
    """
    with opening.open_store(workspace) as store:
        return VerifyResult(tuple(_checks(workspace, store, reference, report, rebuild)))


def _checks(
    workspace: Workspace, store: Store, reference: str, report: Report, rebuild: bool
) -> Iterator[Check]:
    with store.reader(Custodian()) as view:
        version = named_version(view.versions(), reference)
        yield Check(f"Version {version.number} ({version.state.value}): {version.id}.")
        try:
            manifest = read_manifest(workspace.versions / version.id)
        except VersionError as error:
            yield Check("Nothing else can be proved without its manifest.", (str(error),))
            return
        looked = Looked(workspace, view, version, manifest)
        parts = folder(looked)
        yield parts
        for check in (examples, phrases, base_model, voice, memories):
            yield check(looked)
        if rebuild:
            yield make_again(looked, store, report)
        if version.state is VersionState.BLOCKED:
            yield Check("It is blocked, so it is asked nothing.")
        elif not parts.faults and not looked.emptied:
            yield ask_again(looked, report)
