"""Which kinds of files may be evidence, and what a file really is.

A file is accepted when its extension is allowed and its content, looked at from byte 0, agrees;
what the browser claims is never asked. Content checks live in `signatures` and `office_packages`.
"""

import unicodedata
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import BinaryIO

from assessments import office_packages, signatures
from assessments.refusal import Refused

NAME_LENGTH = 120
NAME_BYTES = 240
HEAD = 4096


@dataclass(frozen=True)
class Kind:
    """One kind of file: `check(file)` raises Refused when the content is something else."""

    extensions: tuple[str, ...]
    media_type: str
    label: str
    check: Callable[[BinaryIO], None]
    usual: bool = True

    def is_in(self, allowed: Collection[str]) -> bool:
        """Whether one of its extensions is allowed; `jpg` allows `jpeg` too."""
        return any(extension in allowed for extension in self.extensions)


_ALL = (
    Kind(("pdf",), "application/pdf", "PDF", signatures.check_pdf),
    Kind(("docx",), "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
         "Word (.docx)", office_packages.check_word),
    Kind(("xlsx",), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
         "Excel (.xlsx)", office_packages.check_excel),
    Kind(("pptx",), "application/vnd.openxmlformats-officedocument.presentationml.presentation",
         "PowerPoint (.pptx)", office_packages.check_powerpoint, usual=False),
    Kind(("jpg", "jpeg"), "image/jpeg", "gambar JPG", signatures.check_jpeg),
    Kind(("png",), "image/png", "gambar PNG", signatures.check_png),
    Kind(("mp4",), "video/mp4", "video MP4", signatures.check_mp4),
    Kind(("zip",), "application/zip", "ZIP", office_packages.check_zip, usual=False),
)

KINDS: dict[str, Kind] = {extension: kind for kind in _ALL for extension in kind.extensions}
USUAL: frozenset[str] = frozenset(e for e, kind in KINDS.items() if kind.usual)


def labels(allowed: Collection[str]) -> str:
    """The allowed kinds in words: `PDF, Word (.docx), Excel (.xlsx)`."""
    return ", ".join(kind.label for kind in _ALL if kind.is_in(allowed))


def accept_attribute(allowed: Collection[str]) -> str:
    """The same for the `accept` attribute of a file field: `.pdf,.docx`."""
    return ",".join(f".{extension}" for extension, kind in KINDS.items() if kind.is_in(allowed))


def extension_of(name: str) -> str:
    """Lowercase, without the dot; empty where there is none."""
    stem, dot, extension = name.rpartition(".")
    return extension.lower() if dot and stem else ""


def identify(file: BinaryIO, filename: str, allowed: Collection[str] = USUAL) -> Kind:
    """What this seekable file is; refuses what is not allowed or not what its name says.

    `allowed` are extensions without dots. The position is back at 0 when it returns.
    """
    try:
        return _identify(file, safe_name(filename), allowed)
    finally:
        file.seek(0)


def named(name: str, allowed: Collection[str] = USUAL) -> Kind:
    """The kind a safe name promises; refuses what is not allowed."""
    extension = extension_of(name)
    kind = KINDS.get(extension)
    if kind is None or not kind.is_in(allowed):
        found = f"berakhiran .{extension[:20]}" if extension else "tidak berakhiran"
        raise Refused(f"Berkas {found}; yang dapat diterima: {labels(allowed)}."
                      " Simpan sebagai salah satu jenis itu, lalu unggah lagi.")
    return kind


def _identify(file: BinaryIO, name: str, allowed: Collection[str]) -> Kind:
    file.seek(0)
    head = file.read(HEAD)
    if not head:
        raise Refused("Berkas kosong (0 byte). Buka berkas aslinya, simpan ulang,"
                      " lalu unggah lagi.")
    kind = named(name, allowed)
    file.seek(0)
    try:
        kind.check(file)
    except signatures.Disagrees as error:
        raise Refused(f"Berkas bernama .{extension_of(name)}, tetapi isinya {error.found};"
                      f" isi harus sesuai nama. Simpan ulang sebagai {kind.label},"
                      " lalu unggah lagi.") from error
    return kind


# Names Windows keeps for devices, with any extension.
_DEVICES = frozenset({"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt")
                                                    for n in range(1, 10))})
_UNSHOWN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_FORBIDDEN = str.maketrans(dict.fromkeys('<>:"|?*', "_"))


def safe_name(raw: str) -> str:
    """A file name to show and to offer for saving; never a path in the store.

    Last path part only; NFC; no control, bidirectional or zero-width characters; none that
    Windows forbids; no leading dot, dash or formula sign; at most 120 characters, extension kept.
    """
    name = raw.replace("\\", "/").rpartition("/")[2]
    name = "".join(" " if c in "\t\r\n" else c for c in unicodedata.normalize("NFC", name))
    name = "".join(c for c in name if unicodedata.category(c) not in _UNSHOWN)
    name = " ".join(name.translate(_FORBIDDEN).split()).rstrip(". ")
    stem, dot, extension = name.rpartition(".")
    if not dot or not 0 < len(extension) <= 20:
        stem, dot, extension = name, "", ""
    stem = stem.lstrip(".-=+@ ").rstrip(". ")
    if not stem:
        stem = "berkas"
    elif stem.split(".")[0].strip().lower() in _DEVICES:
        stem = f"berkas {stem}"
    ending = dot + extension.strip()
    stem = stem[:NAME_LENGTH - len(ending)]
    while len((stem + ending).encode()) > NAME_BYTES and len(stem) > 1:
        stem = stem[:-1]
    return stem.rstrip() + ending
