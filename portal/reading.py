"""What can be said about a stored file by opening it, outside the web process.

`read_facts` starts this file as a program of its own, which limits its time and memory before it
touches a byte, so that a file made to hurt can only end that program.
"""

import json
import logging
import resource
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

SECONDS = 20
MEMORY = 512 << 20
PAGES_READ = 5  # pages whose text is looked for; the last page is opened as well

log = logging.getLogger(__name__)

State = Literal["readable", "locked", "broken", "unread"]


@dataclass(frozen=True)
class Facts:
    """`pages` counts pages, sheets or slides; `text_layer` is None where it does not apply."""

    pages: int | None
    text_layer: bool | None
    state: State
    sentence: str


LOCKED = Facts(None, None, "locked", "Berkas dikunci kata sandi; asesor tidak dapat membukanya."
               " Simpan ulang tanpa kata sandi, lalu ganti.")
BROKEN = Facts(None, None, "broken", "Berkas rusak dan tidak dapat dibuka. Buka berkas aslinya,"
               " simpan ulang, lalu ganti.")
UNREAD = Facts(None, None, "unread", "Belum terbaca: berkas terlalu rumit untuk diperiksa otomatis."
               " Buka sendiri berkas ini untuk memastikan isinya.")


def read_facts(path: str | Path, media_type: str, *, seconds: float = SECONDS) -> Facts:
    """Opens a file of this media type and says what was found; takes at most `seconds`.

    A missing file raises FileNotFoundError: that is the store's fault, not the document's.
    """
    Path(path).stat()
    command = [sys.executable, "-I", str(Path(__file__).resolve()), str(Path(path).resolve()),
               media_type]
    try:
        done = subprocess.run(command, capture_output=True, timeout=seconds, check=False,
                              stdin=subprocess.DEVNULL, cwd="/", env={})
    except subprocess.TimeoutExpired:
        log.warning("%s not read within %s s", path, seconds)
        return UNREAD
    if done.returncode:
        log.warning("%s not read, status %s: %s", path, done.returncode, done.stderr[-500:])
        return UNREAD
    return Facts(**json.loads(done.stdout))


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _read(path: Path, media_type: str) -> Facts:
    if media_type == "application/pdf":
        return _read_pdf(path)
    if media_type.startswith("image/"):
        return _read_image(path, media_type)
    if media_type.startswith("application/vnd.openxmlformats-officedocument."):
        return _read_office(path, media_type)
    if media_type == "application/zip":
        return _read_archive(path)
    return Facts(None, None, "unread", "Tersimpan; isi jenis berkas ini tidak diperiksa otomatis.")


def _read_pdf(path: Path) -> Facts:
    import pypdfium2
    from pypdfium2 import raw

    from assessments.signatures import pdf_has_end

    with path.open("rb") as file:
        whole = pdf_has_end(file)
    try:
        document = pypdfium2.PdfDocument(path)
        pages = len(document)
        text = any(document[n].get_textpage().count_chars() > 0
                   for n in range(min(pages, PAGES_READ)))
        if pages:
            document[pages - 1].close()
    except pypdfium2.PdfiumError as error:
        return LOCKED if getattr(error, "err_code", None) == raw.FPDF_ERR_PASSWORD else BROKEN
    if not pages:
        return BROKEN
    if not whole:
        return Facts(pages, text, "broken", "Berkas rusak: PDF terpotong, bagian akhirnya hilang."
                     " Salin ulang dari sumbernya, lalu ganti.")
    scan = "" if text else "; tanpa teks yang dapat dicari, mungkin hasil pindai"
    return Facts(pages, text, "readable", f"Terbaca, {pages} halaman{scan}")


def _read_image(path: Path, media_type: str) -> Facts:
    from assessments.refusal import Refused
    from assessments.signatures import Disagrees, check_jpeg, check_png, jpeg_size, png_size

    check, measure = {"image/png": (check_png, png_size),
                      "image/jpeg": (check_jpeg, jpeg_size)}[media_type]
    with path.open("rb") as file:
        try:
            check(file)
            width, height = measure(file)
        except (Refused, Disagrees):
            return BROKEN
    return Facts(None, None, "readable", f"Terbaca, gambar {width} x {height} piksel")


# media type -> (folder of the parts that are counted, start of their names, what they are called)
_COUNTED = {
    "spreadsheetml.sheet": ("xl/worksheets/", "sheet", "lembar kerja"),
    "presentationml.presentation": ("ppt/slides/", "slide", "salindia"),
}


def _read_office(path: Path, media_type: str) -> Facts:
    from assessments import office_packages
    from assessments.refusal import Refused
    from assessments.signatures import Disagrees

    family = media_type.rpartition("officedocument.")[2]
    checks = {"wordprocessingml.document": office_packages.check_word,
              "spreadsheetml.sheet": office_packages.check_excel,
              "presentationml.presentation": office_packages.check_powerpoint}
    with path.open("rb") as file:
        try:
            checks[family](file)
            with office_packages.open_counted(file) as archive:
                names = archive.namelist()
        except Refused as refusal:
            return LOCKED if office_packages.LOCKED in refusal.sentences else BROKEN
        except Disagrees:
            return BROKEN
    if family not in _COUNTED:
        return Facts(None, None, "readable", "Terbaca, dokumen Word")
    folder, start, called = _COUNTED[family]
    count = sum(name.startswith(folder + start) and name.endswith(".xml") for name in names)
    return Facts(count, None, "readable", f"Terbaca, {count} {called}")


def _read_archive(path: Path) -> Facts:
    from assessments import office_packages
    from assessments.refusal import Refused

    with path.open("rb") as file:
        try:
            with office_packages.open_counted(file) as archive:
                count = sum(not entry.is_dir() for entry in archive.infolist())
        except Refused as refusal:
            return LOCKED if office_packages.LOCKED in refusal.sentences else BROKEN
    return Facts(None, None, "readable", f"Terbaca, arsip berisi {count} berkas")


def _main(arguments: list[str]) -> int:
    _limit()
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
    path, media_type = arguments
    try:
        facts: dict[str, Any] = asdict(_read(Path(path), media_type))
    except MemoryError:
        facts = asdict(UNREAD)
    sys.stdout.write(json.dumps(facts))
    return 0


if __name__ == "__main__":
    sys.exit(_main(sys.argv[1:]))
