"""Turn the drawings into the JPEG files of ``photos/`` (run by hand).

Needs Debian's chromium, which draws the SVG filters as they were designed. Every picture says
in its EXIF data that it is drawn; the date is set where the family knows it to the day.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image

HERE = Path(__file__).resolve().parent
PHOTOS = HERE.parent / "photos"
LARGEST_BYTES = 200_000
DATES = {"wedding": "1966:09:10 11:00:00", "mei_dumplings": "2018:06:19 16:30:00"}
IMAGE_DESCRIPTION, SOFTWARE, DATE_TIME, EXIF_IFD, DATE_TIME_ORIGINAL = (
    0x010E,
    0x0131,
    0x0132,
    0x8769,
    0x9003,
)


def _rendered(drawing: Path, folder: Path) -> Image.Image:
    """Return the drawing as pixels, at the size its viewBox asks for."""
    head = drawing.read_text(encoding="utf-8").split("viewBox=", 1)[1]
    width, height = (int(value) for value in head.split('"')[1].split()[2:])
    shot = folder / f"{drawing.stem}.png"
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"]
    # The window is taller than the picture: chromium keeps a strip of it for itself.
    size = f"--window-size={width},{height + 120}"
    command = ["chromium", *options, size, f"--screenshot={shot}", drawing.as_uri()]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    with Image.open(shot) as page:
        return page.convert("RGB").crop((0, 0, width, height))


def _exif(name: str) -> Image.Exif:
    exif = Image.Exif()
    exif[IMAGE_DESCRIPTION] = "Drawn for an invented family; not a photograph"
    exif[SOFTWARE] = "persona/demo_family/making/make_pictures.py"
    if name in DATES:
        exif[DATE_TIME] = DATES[name]
        exif.get_ifd(EXIF_IFD)[DATE_TIME_ORIGINAL] = DATES[name]
    return exif


def main() -> None:
    """Draw all pictures, each as well as 200 KB allow."""
    with tempfile.TemporaryDirectory() as folder:
        for drawing in sorted((HERE / "drawings").glob("*.svg")):
            picture = _rendered(drawing, Path(folder))
            target = PHOTOS / f"{drawing.stem}.jpg"
            for quality in range(90, 50, -4):
                picture.save(target, quality=quality, exif=_exif(drawing.stem), optimize=True)
                if target.stat().st_size <= LARGEST_BYTES:
                    break
            sys.stdout.write(f"{target.name}: {target.stat().st_size} bytes\n")


if __name__ == "__main__":
    main()
