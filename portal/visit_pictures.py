"""A photo somebody took on a visit, made into a picture of our own: nothing of the file stays but what is seen.

No place, no device, no time of the camera and nothing hidden behind the picture is kept; drawing happens in a program of
its own with limits (see `previews`).
"""

import tempfile
from pathlib import Path
from typing import BinaryIO

from assessments import filetypes
from assessments.refusal import Refused

from . import previews
from .storage import Kept, Storage

LARGEST_PHOTO = 15 << 20
KINDS = frozenset({"jpg", "jpeg", "png"})
COPY_STEP = 1 << 20
UNDRAWN = "Gambar ini tidak dapat dibaca. Buka di ponsel atau komputer, simpan ulang sebagai JPG, lalu unggah lagi."


def redrawn(file: BinaryIO, name: str, storage: Storage) -> Kept:
    """The picture in the store, as JPEG of at most 1000 by 2000 points; Refused when it is no picture or cannot be drawn."""
    kind = filetypes.identify(file, name, KINDS)
    with tempfile.TemporaryDirectory() as place:
        root, original = Path(place), Path(place) / "asal"
        with open(original, "wb") as copy:
            file.seek(0)
            while block := file.read(COPY_STEP):
                copy.write(block)
        if previews.draw(root, original, "0" * 64, kind.media_type, 1) != 1:
            raise Refused(UNDRAWN, field="files")
        with storage.receive() as incoming:
            incoming.write(previews.picture(root, "0" * 64, 1).read_bytes())
            return incoming.keep()
