"""What can be said about a stored file by opening it, outside the web process.

`read_facts` starts this file as a program of its own, which limits its time and memory before it
touches a byte, so that a file made to hurt can only end that program.
"""

import contextlib
import json
import logging
import re
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal
from zipfile import ZipFile

SECONDS = 20
MEMORY = 512 << 20
PAGES_READ = 5  # pages whose text is looked for; the last page is opened as well
PAGES_SEARCHED = 200  # pages whose annotations are looked at for actions
SEARCHED_S = 6  # of the processor's time for that
OPENING = 4000  # letters of the first page that are kept
PART_READ = 8 << 20  # bytes of a text part that are looked at for them

log = logging.getLogger(__name__)

State = Literal["readable", "locked", "broken", "unread"]


@dataclass(frozen=True)
class Facts:
    """`pages` counts pages, sheets or slides; `text_layer` is None where it does not apply.

    `warnings`: script, action (something starts when it is opened), embedded (other files inside), macros, template
    (fetched from elsewhere). `opening` is the text of the first page.
    """

    pages: int | None
    text_layer: bool | None
    state: State
    sentence: str
    warnings: tuple[str, ...] = ()
    opening: str = ""


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
    found = json.loads(done.stdout)
    return Facts(**found | {"warnings": tuple(found["warnings"])})


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
        first = _first_page(document) if pages else ""
        text = any(document[n].get_textpage().count_chars() > 0
                   for n in range(min(pages, PAGES_READ)))
        if pages:
            document[pages - 1].close()
        carries = {"embedded": document.count_attachments() > 0,
                   "script": raw.FPDFDoc_GetJavaScriptActionCount(document.raw) > 0}
    except pypdfium2.PdfiumError as error:
        return LOCKED if getattr(error, "err_code", None) == raw.FPDF_ERR_PASSWORD else BROKEN
    if not pages:
        return BROKEN
    warnings = {code for code, there in carries.items() if there} | _active(path)
    if not whole:
        return Facts(pages, text, "broken", "Berkas rusak: PDF terpotong, bagian akhirnya hilang."
                     " Salin ulang dari sumbernya, lalu ganti.", tuple(sorted(warnings)), first)
    scan = "" if text else "; tanpa teks yang dapat dicari, mungkin hasil pindai"
    return Facts(pages, text, "readable", f"Terbaca, {f'{pages:,}'.replace(',', '.')} halaman{scan}", tuple(sorted(warnings)), first)


def _first_page(document: Any) -> str:
    page = document[0].get_textpage()
    count = min(page.count_chars(), OPENING)
    return _letters(page.get_text_range(0, count)) if count > 0 else ""


_HARMLESS = ("/GoTo", "/Named", "/URI", "/Thread")  # going somewhere when somebody clicks


def _active(path: Path) -> set[str]:
    """Scripts, actions and files inside a PDF, however it hides them in its catalogue and on its pages."""
    from pypdf import PdfReader

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    found: set[str] = set()
    # Whatever this reader cannot follow, the one that draws pages could not either; it has spoken already.
    with contextlib.suppress(Exception), _for_at_most(SEARCHED_S):
        reader = PdfReader(path)
        root = reader.trailer["/Root"]
        names = _dict(root.get("/Names"))
        found |= {"script"} if "/JavaScript" in names else set()
        found |= {"embedded"} if "/EmbeddedFiles" in names or "/AF" in root else set()
        found |= _action(root.get("/OpenAction"), opens=True) | _actions(root.get("/AA"))
        for number, page in enumerate(reader.pages):
            if number >= PAGES_SEARCHED:
                break
            found |= _actions(page.get("/AA"))
            for each in page.get("/Annots") or ():
                annotation = _dict(each)
                found |= _action(annotation.get("/A")) | _actions(annotation.get("/AA"))
                found |= {"embedded"} if annotation.get("/Subtype") == "/FileAttachment" else set()
    return found


@contextlib.contextmanager
def _for_at_most(seconds: float) -> Iterator[None]:
    """Ends what takes more of the processor's time than this."""

    def enough(*_: object) -> None:
        raise TimeoutError

    signal.signal(signal.SIGVTALRM, enough)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)


def _dict(thing: Any) -> dict[str, Any]:
    thing = thing.get_object() if hasattr(thing, "get_object") else thing
    return thing if isinstance(thing, dict) else {}


def _actions(several: Any) -> set[str]:
    return set().union(*(_action(each, opens=True) for each in _dict(several).values()))


def _action(one: Any, opens: bool = False, depth: int = 0) -> set[str]:
    """What an action does; `opens`: it happens by itself."""
    action = _dict(one)
    kind = action.get("/S")
    if kind is None or depth > 5:
        return set()
    found = {"script"} if kind == "/JavaScript" else set()
    if kind != "/JavaScript" and (kind not in _HARMLESS or (opens and kind == "/URI")):
        found.add("action")
    following = action.get("/Next")
    for each in following if isinstance(following, list) else [following]:
        found |= _action(each, opens, depth + 1)
    return found


_UNSHOWN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ud800-\udfff\ufffe\uffff]")


def _letters(text: str) -> str:
    """What a database and a page can hold of it."""
    return _UNSHOWN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))[:OPENING].strip()


def _read_image(path: Path, media_type: str) -> Facts:
    from assessments.refusal import Refused
    from assessments.signatures import Disagrees, check_jpeg, check_png, jpeg_size, png_size

    check, measure = {"image/png": (check_png, png_size),
                      "image/jpeg": (check_jpeg, jpeg_size)}[media_type]
    with path.open("rb") as file:
        try:
            check(file)
            width, height = measure(file)
        except Refused as refusal:
            # A flood of pixels says so itself; everything else is damage.
            too_large = "piksel" in refusal.sentences[0]
            return Facts(None, None, "broken", refusal.sentences[0]) if too_large else BROKEN
        except Disagrees:
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
    warnings: set[str] = set()
    with path.open("rb") as file:
        try:
            try:
                checks[family](file)
            except Refused as refusal:
                # Refused at the door today; what lies in the store from before is opened and says what it carries.
                carried = {office_packages.MACROS: "macros", office_packages.FETCHES: "template"}
                if refusal.sentences[0] not in carried:
                    raise
                warnings.add(carried[refusal.sentences[0]])
            with office_packages.open_counted(file) as archive:
                names = archive.namelist()
                opening = _docx_opening(archive) if family.startswith("wordprocessingml") else ""
        except Refused as refusal:
            return _unfit(refusal)
        except Disagrees:
            return BROKEN
    warnings |= {"macros" for name in names if "vbaproject" in name.lower()}
    warnings |= {"embedded" for name in names if "/embeddings/" in name.lower() or "/activex/" in name.lower()}
    found = (tuple(sorted(warnings)), opening)
    if family not in _COUNTED:
        return Facts(None, None, "readable", "Terbaca, dokumen Word", *found)
    folder, start, called = _COUNTED[family]
    count = sum(name.startswith(folder + start) and name.endswith(".xml") for name in names)
    return Facts(count, None, "readable", f"Terbaca, {count} {called}", *found)


def _unfit(refusal: Any) -> Facts:
    """An archive that is locked, swells when it is opened, or is damaged."""
    from assessments import office_packages

    said = refusal.sentences[0]
    if said == office_packages.LOCKED:
        return LOCKED
    return Facts(None, None, "broken", said) if said.startswith(office_packages.BOMB[:20]) else BROKEN


def _docx_opening(archive: ZipFile) -> str:
    """The text of a Word document until its first page break, as far as it was written down where that is."""
    from xml.parsers import expat

    pieces: list[str] = []
    parser = expat.ParserCreate(namespace_separator=" ")
    inside = False

    class Enough(Exception):
        pass

    def begin(name: str, attributes: dict[str, str]) -> None:
        nonlocal inside
        word = name.rpartition(" ")[2]
        inside = word == "t"
        if word in ("tab", "br"):
            pieces.append(" ")
        kind = next((value for key, value in attributes.items() if key.rpartition(" ")[2] == "type"), "")
        if (word == "lastRenderedPageBreak" or (word == "br" and kind == "page")) and "".join(pieces).strip():
            raise Enough

    def end(name: str) -> None:
        nonlocal inside
        inside = False
        if name.rpartition(" ")[2] == "p":
            pieces.append("\n")
            if sum(map(len, pieces)) > OPENING:
                raise Enough

    def refuse_doctype(*_: object) -> None:
        raise Enough

    parser.StartElementHandler, parser.EndElementHandler = begin, end
    parser.CharacterDataHandler = lambda text: pieces.append(text) if inside else None
    parser.StartDoctypeDeclHandler = refuse_doctype
    with contextlib.suppress(Enough, expat.ExpatError, KeyError), archive.open("word/document.xml") as part:
        for block in _blocks(part):
            parser.Parse(block, False)
    return _letters("".join(pieces))


def _blocks(part: Any) -> Iterator[bytes]:
    left = PART_READ
    while left > 0 and (block := part.read(64 << 10)):
        left -= len(block)
        yield block


def _read_archive(path: Path) -> Facts:
    from assessments import office_packages
    from assessments.refusal import Refused

    with path.open("rb") as file:
        try:
            with office_packages.open_counted(file) as archive:
                count = sum(not entry.is_dir() for entry in archive.infolist())
        except Refused as refusal:
            return _unfit(refusal)
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
