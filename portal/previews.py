"""Pictures of the first pages of a file: what people look at instead of opening the original.

They are derived: kept beside the originals under `previews/`, they can be removed and made again at any time, and carry
nothing of the original but what is seen (no metadata, no scripts). Like reading, drawing happens in a program of its own
(`python portal/previews.py`) with limits on time, memory and the size of what it writes; what it had drawn when it ended
is kept.
"""

import contextlib
import logging
import resource
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

SECONDS = 60
MEMORY = 1 << 30
LARGEST = 4 << 20  # bytes of one picture
WIDE, TALL = 1000, 2000
SMALL_WIDE, SMALL_TALL = 160, 226
QUALITY = 80
FOLDER = "previews"
DRAWN = ("application/pdf", "image/jpeg", "image/png")

log = logging.getLogger(__name__)


def place(root: Path, sha256: str) -> Path:
    """The folder with the pictures of these bytes."""
    return root / FOLDER / sha256[:2] / sha256


def picture(root: Path, sha256: str, page: int, small: bool = False) -> Path:
    return place(root, sha256) / f"{page}{'-kecil' if small else ''}.jpg"


def draw(root: Path, original: Path, sha256: str, media_type: str, pages: int, *, seconds: float = SECONDS) -> int:
    """Draw the first `pages` pages and return how many there are; older pictures are replaced as a whole."""
    if media_type not in DRAWN or pages < 1:
        return 0
    target = place(root, sha256)
    draft = root / FOLDER / f"tmp-{secrets.token_hex(8)}"
    draft.mkdir(parents=True)
    try:
        command = [sys.executable, "-I", str(Path(__file__).resolve()), str(original.resolve()), media_type,
                   str(draft.resolve()), str(pages)]
        try:
            done = subprocess.run(command, capture_output=True, timeout=seconds, check=False,
                                  stdin=subprocess.DEVNULL, cwd="/", env={})
            if done.returncode:
                log.warning("%s not drawn to its end, status %s: %s", sha256, done.returncode, done.stderr[-300:])
        except subprocess.TimeoutExpired:
            log.warning("%s not drawn within %s s", sha256, seconds)
        count = _whole(draft)
        if count:
            target.parent.mkdir(parents=True, exist_ok=True)
            remove(root, sha256)
            draft.rename(target)
        return count
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def remove(root: Path, sha256: str) -> None:
    shutil.rmtree(place(root, sha256), ignore_errors=True)


def sweep(root: Path, older_than: float) -> None:
    """Remove what a killed drawing left behind `older_than` seconds ago."""
    for draft in (root / FOLDER).glob("tmp-*"):
        with contextlib.suppress(FileNotFoundError):
            if draft.stat().st_mtime <= time.time() - older_than:
                shutil.rmtree(draft, ignore_errors=True)


def walk(root: Path) -> Iterator[str]:
    """The hashes pictures are kept for."""
    for folder in sorted((root / FOLDER).glob("[0-9a-f][0-9a-f]/*")):
        yield folder.name


def _whole(folder: Path) -> int:
    """How many pages from the first on have both pictures; the large one is written first."""
    count = 0
    while (folder / f"{count + 1}-kecil.jpg").exists():
        count += 1
    return count


# ---------------------------------------------------------------- the program


def _draw_pdf(path: Path, folder: Path, most: int) -> None:
    import pypdfium2

    document = pypdfium2.PdfDocument(path)
    for number in range(min(most, len(document))):
        page = document[number]
        width, height = page.get_size()
        scale = min(WIDE / max(width, 1), TALL / max(height, 1))
        _save(page.render(scale=scale, may_draw_forms=False).to_pil(), folder, number + 1)
        page.close()


def _draw_image(path: Path, folder: Path) -> None:
    from PIL import Image, ImageOps

    from assessments.signatures import PIXELS

    Image.MAX_IMAGE_PIXELS = None  # counted here, before a pixel is unpacked
    with Image.open(path, formats=("JPEG", "PNG")) as image:
        if image.width * image.height > PIXELS:
            return
        image.draft("RGB", (WIDE, TALL))
        image.thumbnail((WIDE, TALL))
        _save(ImageOps.exif_transpose(image), folder, 1)


def _save(image: Any, folder: Path, number: int) -> None:
    from PIL import Image

    if image.mode in ("RGBA", "LA", "PA", "P"):
        image = image.convert("RGBA")
        paper = Image.new("RGB", image.size, "white")
        paper.paste(image, mask=image.getchannel("A"))
        image = paper
    image = image.convert("RGB")
    image.info.clear()
    image.save(folder / f"{number}.jpg", "JPEG", quality=QUALITY, optimize=True)
    image.thumbnail((SMALL_WIDE, SMALL_TALL))
    ready = folder / f"{number}-kecil.tmp"
    image.save(ready, "JPEG", quality=QUALITY, optimize=True)
    ready.rename(folder / f"{number}-kecil.jpg")


def _main(arguments: list[str]) -> int:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST, LARGEST))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
    path, media_type, folder, most = arguments
    if media_type == "application/pdf":
        _draw_pdf(Path(path), Path(folder), int(most))
    else:
        _draw_image(Path(path), Path(folder))
    return 0


if __name__ == "__main__":
    sys.exit(_main(sys.argv[1:]))
