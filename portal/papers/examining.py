"""What can be said about a PDF somebody brings: which numbers stand in it, and whether a seal on it is whole.

Opened in a process of its own with limits (see `apart`): the file comes from anybody. This file is also that program.
"""

import base64
import io
import json
import re
import sys
from dataclasses import dataclass
from pathlib import Path

SECONDS = 15
PAGES = 3  # pages whose text is looked at
NUMBER = re.compile(r"\b(?:PM|BA|PP|LH)-[A-Z0-9-]{6,36}")


@dataclass(frozen=True)
class Examined:
    """`numbers` of papers that stand in its text; `seal` is None without one, else whether it is whole and ours."""

    readable: bool
    numbers: tuple[str, ...] = ()
    seal: "SealFound | None" = None


@dataclass(frozen=True)
class SealFound:
    """`intact`: the sealed bytes are as they were; `trusted`: by our certificate; `whole`: nothing was added after it."""

    intact: bool
    trusted: bool
    whole: bool


def examined(pdf: bytes, trusted: list[bytes]) -> Examined:
    """What the program finds; a file it cannot open, or not in time, is not readable."""
    from portal.papers.apart import Failed, apart

    given = {"pdf": base64.b64encode(pdf).decode(), "trusted": [base64.b64encode(each).decode() for each in trusted]}
    try:
        found = json.loads(apart(Path(__file__), json.dumps(given).encode(), seconds=SECONDS))
    except Failed:
        return Examined(False)
    seal = SealFound(**found["seal"]) if found["seal"] else None
    return Examined(found["readable"], tuple(found["numbers"]), seal)


# ---------------------------------------------------------------- the program


def _numbers(pdf: bytes) -> list[str] | None:
    """In order of appearance; None when this is no PDF that can be opened."""
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(pdf)
        text = " ".join(document[n].get_textpage().get_text_bounded() for n in range(min(len(document), PAGES)))
        text += " " + " ".join(document.get_metadata_dict(skip_empty=True).values())
    except pypdfium2.PdfiumError:
        return None
    return list(dict.fromkeys(NUMBER.findall(text)))[:10]


def _seal(pdf: bytes, trusted: list[bytes]) -> dict[str, bool] | None:
    if b"/ByteRange" not in pdf:  # never compressed: a seal says there which bytes it covers
        return None
    import logging

    from asn1crypto.x509 import Certificate
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko.sign.validation.status import SignatureCoverageLevel
    from pyhanko_certvalidator import ValidationContext

    logging.disable(logging.CRITICAL)
    try:
        signatures = PdfFileReader(io.BytesIO(pdf), strict=False).embedded_signatures
    except Exception:  # whatever a broken file makes a reader say: it carries no seal that could be read
        return None
    if not signatures:
        return None
    roots = [Certificate.load(each) for each in trusted]
    try:
        found = validate_pdf_signature(signatures[0], ValidationContext(trust_roots=roots, allow_fetching=False))
    except Exception:  # a seal that cannot be read is one that is broken
        return {"intact": False, "trusted": False, "whole": False}
    intact = bool(found.intact and found.valid)
    whole = found.coverage == SignatureCoverageLevel.ENTIRE_FILE
    return {"intact": intact, "trusted": bool(intact and found.trusted), "whole": bool(intact and whole)}


def _main(given: dict) -> dict:
    pdf = base64.b64decode(given["pdf"])
    numbers = _numbers(pdf)
    seal = _seal(pdf, [base64.b64decode(each) for each in given["trusted"]])
    return {"readable": numbers is not None, "numbers": numbers or [], "seal": seal}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(_main(json.loads(sys.stdin.buffer.read()))))
