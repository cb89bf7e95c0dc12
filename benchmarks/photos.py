"""Import many photos, kill the import half way, go on, and say how fast and how large it was.

    python benchmarks/photos.py [--photos 60] [--megapixels 12] [--faces] [--out table.md]

Photos are drawn here: smooth scenes with grain, EXIF date and place, one in twenty a resized copy
of another. Each import runs in a process of its own, so that its peak memory is its own; the
second is killed (SIGKILL) when half of the photos are there, the third resumes it.
"""

import argparse
import multiprocessing
import os
import resource
import signal
import tempfile
import time
from pathlib import Path

import numpy as np
from PIL import Image

from persona import steps
from persona.collect.photos.alike import PictureTraits, alternates, traits_of
from persona.collect.photos.photo import look_at
from persona.opening import open_store
from persona.remember.readers import Custodian
from persona.workspace import Workspace, create_workspace, open_workspace

PEOPLE = '[subject]\nid = "henry"\nname = "Henry Lin"\n'


class Silent:
    """A report that says nothing."""

    def line(self, text: str) -> None:
        """Ignore."""

    def progress(self, what: str, done: int, total: int) -> None:
        """Ignore."""


def draw(folder: Path, photos: int, megapixels: float) -> None:
    """Write the photos; as large and as heavy as those of a telephone."""
    folder.mkdir(parents=True)
    (folder / "people.toml").write_text(PEOPLE)
    width = round((megapixels * 1e6 * 4 / 3) ** 0.5)
    height = width * 3 // 4
    numbers = np.random.default_rng(1)
    grain = Image.effect_noise((width, height), 24).convert("RGB")
    for number in range(photos):
        copied = number % 20 == 19
        rough = np.random.default_rng(number - copied).integers(0, 255, (9, 12, 3), dtype=np.uint8)
        scene = Image.fromarray(rough).resize((width, height), Image.Resampling.BICUBIC)
        image = Image.blend(scene, grain, 0.15)
        if copied:
            image = image.resize((width // 2, height // 2))
        exif = Image.Exif()
        day = f"{2000 + number % 20}:{1 + number % 12:02d}:{2 + number % 26:02d}"
        exif.get_ifd(0x8769)[0x9003] = f"{day} 12:00:{number % 60:02d}"
        exif.get_ifd(0x8825).update(
            {1: "N", 2: (43.0, 28.0, float(numbers.integers(60))), 3: "E", 4: (11.0, 5.0, 0.0)}
        )
        image.save(folder / f"{number:05d}.jpg", quality=88, exif=exif)


def settings(workspace: Workspace, faces: bool) -> Workspace:
    """Switch off what is not measured."""
    chosen = "dlib-faces" if faces else "none"
    text = f'[engines]\nface_finder = "{chosen}"\ntext_reader = "none"\nrecogniser = "none"\n'
    (workspace.root / "persona.toml").write_text(text)
    return open_workspace(workspace.root)


def kept(workspace: Workspace) -> int:
    """Return how many photos are in the archive."""
    with open_store(workspace) as store, store.reader(Custodian()) as view:
        return len(view.sources())


def collect(
    root: Path, material: Path, answer: "multiprocessing.Queue[tuple[float, float]]"
) -> None:
    """Import in this process; answer with processor seconds and peak memory in MB."""
    steps.collect(open_workspace(root), [material], Silent())
    used = resource.getrusage(resource.RUSAGE_SELF)
    answer.put((used.ru_utime + used.ru_stime, used.ru_maxrss / 1024))


def run(
    workspace: Workspace, material: Path, kill_at: int | None = None
) -> tuple[float, float, float]:
    """Import in another process; return wall seconds, processor seconds and peak MB."""
    context = multiprocessing.get_context("spawn")
    answer: multiprocessing.Queue[tuple[float, float]] = context.Queue()
    process = context.Process(target=collect, args=(workspace.root, material, answer))
    started = time.perf_counter()
    process.start()
    while kill_at is not None and process.is_alive():
        if process.pid and sum(1 for path in workspace.originals.glob("*/*")) >= kill_at:
            os.kill(process.pid, signal.SIGKILL)
            process.join()
            return time.perf_counter() - started, 0.0, 0.0
        time.sleep(0.05)
    process.join()
    cpu_s, peak_mb = answer.get(timeout=5)
    return time.perf_counter() - started, cpu_s, peak_mb


def compare_ten_thousand() -> float:
    """Return the processor seconds of looking for copies among 10,000 photos."""
    numbers = np.random.default_rng(2)
    hashes = numbers.integers(0, 2**63, (10_000, 8), dtype=np.uint64)
    greys = numbers.integers(0, 255, (10_000, 64), dtype=np.uint8)
    many = [
        PictureTraits(str(number), tuple(int(pose) for pose in poses), grey.tobytes(), number)
        for number, (poses, grey) in enumerate(zip(hashes, greys, strict=True))
    ]
    started = time.process_time()
    alternates(many)
    return time.process_time() - started


def looking(material: Path) -> float:
    """Return processor seconds of looking at one photo: decode, EXIF, quality, likeness."""
    chosen = [path for path in sorted(material.glob("*.jpg")) if path.stem[-2:] != "19"][:10]
    started = time.process_time()
    for path in chosen:
        look_at(path, path.name)
    return (time.process_time() - started) / len(chosen)


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--photos", type=int, default=60)
    parser.add_argument("--megapixels", type=float, default=12.0)
    parser.add_argument("--faces", action="store_true")
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp())
    material, photos = folder / "photos", options.photos
    draw(material, photos, options.megapixels)
    rows = [
        f"{photos} photos of {options.megapixels:g} megapixels, "
        f"faces {'on' if options.faces else 'off'}, load {os.getloadavg()[0]:.1f}",
        "",
        "| what | wall s | processor s | peak MB | photos/s |",
        "|---|---|---|---|---|",
    ]

    def row(what: str, done: int, wall: float, cpu: float, peak: float) -> None:
        rows.append(f"| {what} | {wall:.1f} | {cpu:.1f} | {peak:.0f} | {done / wall:.1f} |")

    whole = settings(create_workspace(folder, "Whole"), options.faces)
    row("import all", photos, *run(whole, material))
    row("import again: nothing new", photos, *run(whole, material))
    killed = settings(create_workspace(folder, "Killed"), options.faces)
    run(killed, material, kill_at=photos // 2)
    half = kept(killed)
    row(f"resume after kill -9 at {half}", photos - half, *run(killed, material))
    assert kept(killed) == kept(whole) == photos, "nothing is lost, nothing is twice"
    with open_store(whole) as store, store.reader(Custodian()) as view:
        found = alternates([one for source in view.sources() if (one := traits_of(source))])
    rows += [
        "",
        f"- one photo, without the archive: {looking(material):.3f} processor s",
        f"- copies found: {len(found)} of {photos // 20}",
        f"- looking for copies among 10,000: {compare_ten_thousand():.1f} processor s",
    ]
    text = "\n".join(rows)
    print(text)
    if options.out:
        options.out.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
