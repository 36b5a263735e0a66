"""The text of every page of a file and the roots it is found by, read in a program of its own.

`read_pages` starts this file as a program with limits on time and memory. Each page is one line of its output, so what it
had read when it ended, or was ended, is kept. PDF: its pages. PowerPoint: its slides. Word: what stands between the page
breaks that were written down. Other kinds have no pages of text.
"""

import json
import logging
import re
import resource
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

SECONDS = 60
MEMORY = 512 << 20
PAGES = 3000  # of one file
LETTERS = 20_000  # of one page
ALL_LETTERS = 6_000_000  # of one file
LINE = LETTERS * 20  # bytes; a line that is longer was not written by this program
PART_READ = 32 << 20  # bytes of one part of an office package
OFFICE = "application/vnd.openxmlformats-officedocument."
WORD, SLIDES = OFFICE + "wordprocessingml.document", OFFICE + "presentationml.presentation"
READ = ("application/pdf", WORD, SLIDES)
NO_ROOT = re.compile(r"[^a-z0-9 ]")

log = logging.getLogger(__name__)


def read_pages(path: str | Path, media_type: str, *, seconds: float = SECONDS) -> list[Any]:
    """Pages (assessments.page_search.ReadPage) in their order; takes at most `seconds`. A missing file raises FileNotFoundError."""
    from assessments.page_search import ReadPage
    from assessments.texts import UNSHOWABLE

    Path(path).stat()
    command = [sys.executable, "-I", str(Path(__file__).resolve()), str(Path(path).resolve()), media_type]
    found: list[ReadPage] = []
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd="/", env={}) as program:
        ending = threading.Timer(seconds, program.kill)
        ending.start()
        try:
            while len(found) < PAGES and (line := program.stdout.readline(LINE)).endswith(b"\n"):  # type: ignore[union-attr]
                page, text, words = json.loads(line)
                found.append(ReadPage(int(page), UNSHOWABLE.sub("", text)[:LETTERS], NO_ROOT.sub("", words)))
        finally:
            ending.cancel()
            program.kill()
    if program.returncode > 0:
        log.warning("%s not read to its end, status %s", path, program.returncode)
    return found


# ---------------------------------------------------------------- the program


def _pdf(path: Path) -> Iterator[str]:
    import pypdfium2

    document = pypdfium2.PdfDocument(path)
    for number in range(len(document)):
        try:
            page = document[number]
            written = page.get_textpage()
            count = min(written.count_chars(), LETTERS)
            text = written.get_text_range(0, count) if count > 0 else ""
            written.close()
            page.close()
        except pypdfium2.PdfiumError:
            text = ""
        yield text


def _office(path: Path, media_type: str) -> Iterator[str]:
    from assessments import office_packages

    with path.open("rb") as file, office_packages.open_counted(file) as archive:
        if media_type == WORD:
            yield from _parts(archive, "word/document.xml")
            return
        slides = (re.fullmatch(r"ppt/slides/slide(\d{1,4})\.xml", name) for name in archive.namelist())
        for slide in sorted(filter(None, slides), key=lambda match: int(match[1])):
            yield "\n".join(_parts(archive, slide[0]))


def _parts(archive: Any, name: str) -> list[str]:
    """The text of a part, divided at the page breaks written in it."""
    from xml.parsers import expat

    pages: list[list[str]] = [[]]
    inside = False

    def begin(name: str, attributes: dict[str, str]) -> None:
        nonlocal inside
        word = name.rpartition(" ")[2]
        inside = word == "t"
        if word in ("tab", "br"):
            pages[-1].append(" ")
        kind = next((value for key, value in attributes.items() if key.rpartition(" ")[2] == "type"), "")
        if (word == "lastRenderedPageBreak" or (word == "br" and kind == "page")) and "".join(pages[-1]).strip():
            pages.append([])

    def end(name: str) -> None:
        nonlocal inside
        inside = False
        if name.rpartition(" ")[2] == "p":
            pages[-1].append("\n")

    def refuse_doctype(*_: object) -> None:
        raise ValueError("a document type has no place in a package")

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler, parser.EndElementHandler = begin, end
    parser.CharacterDataHandler = lambda text: pages[-1].append(text) if inside else None
    parser.StartDoctypeDeclHandler = refuse_doctype
    left = PART_READ
    with archive.open(name) as part:
        while left > 0 and (block := part.read(64 << 10)):
            left -= len(block)
            parser.Parse(block, False)
    return ["".join(page) for page in pages]


def _main(arguments: list[str]) -> int:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
    from assessments.page_words import page_roots
    from assessments.texts import UNSHOWABLE

    path, media_type = arguments
    left = ALL_LETTERS
    pages = _pdf(Path(path)) if media_type == "application/pdf" else _office(Path(path), media_type)
    for number, written in enumerate(pages, start=1):
        text = UNSHOWABLE.sub("", written.replace("\r\n", "\n").replace("\r", "\n"))[: min(LETTERS, left)].strip()
        left -= len(text)
        print(json.dumps([number, text, " ".join(page_roots(text))]), flush=True)
        if number == PAGES or left <= 0:
            break
    return 0


if __name__ == "__main__":
    sys.exit(_main(sys.argv[1:]))
