"""The seal on a printed paper: a port with two implementations of our own, and room for a certified provider.

What a person signs is proved by the password typed at that moment and by the row in the database. A seal is put on the
PDF afterwards, so that whoever holds only the file can tell that the institution issued it and nothing was changed.

- `none`: no seal; the paper is verified by its number and its SHA-256 at the public page.
- `certificate`: the institution's own certificate (PKCS#12), as PAdES B-B, without any network.
- `package.module:Class`: another provider, made as `Class(settings)`. It has the three members of `Seal`.

This file is also the program that puts the certificate's seal on a PDF, in a process of its own (see `apart`).
"""

import base64
import importlib
import io
import json
import sys
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from portal.config import Settings

FIELD = "Segel"
# How a signature came about, in the words printed under the name.
METHODS = {"password": "kata sandi", "certificate": "kata sandi dan sertifikat instansi"}


class NotSealed(Exception):
    """The seal could not be put on; the words are for the log and name no passphrase."""


class Seal(Protocol):
    """`method` is stored with a signature and is a key of `METHODS` (a provider adds its own words there)."""

    method: str

    def seal(self, pdf: bytes, *, reason: str, place: str) -> bytes | None:
        """The PDF with the seal on it, appended to the same bytes; None where there is none to put. Else NotSealed."""

    def trusted(self) -> list[bytes]:
        """Certificates (DER) that a seal on one of our papers must lead to."""


class NoSeal:
    """Password only."""

    method = "password"

    def __init__(self, settings: "Settings | None" = None):
        pass

    def seal(self, pdf: bytes, *, reason: str, place: str) -> bytes | None:
        return None

    def trusted(self) -> list[bytes]:
        return []


class CertificateSeal:
    """The institution's own certificate. Certificates beside it in the file, such as its issuer's, are the trusted ones."""

    method = "certificate"

    def __init__(self, settings: "Settings"):
        if settings.seal_certificate is None or settings.seal_passphrase is None:
            raise NotSealed("PORTAL_SEAL_CERTIFICATE and PORTAL_SEAL_PASSPHRASE are needed")
        self._path = settings.seal_certificate.resolve()
        self._passphrase = settings.seal_passphrase.get_secret_value()

    def seal(self, pdf: bytes, *, reason: str, place: str) -> bytes | None:
        made = _apart({**self._given(), "pdf": _text(pdf), "reason": reason, "place": place})
        if not made.startswith(b"%PDF-"):
            raise NotSealed("the certificate gave no PDF back")
        return made

    def trusted(self) -> list[bytes]:
        changed = self._path.stat().st_mtime_ns if self._path.exists() else 0
        return _certificates(json.dumps(self._given()), changed)

    def _given(self) -> dict[str, str]:
        return {"path": str(self._path), "passphrase": self._passphrase}


BUILT_IN = {"none": NoSeal, "certificate": CertificateSeal}


def chosen(settings: "Settings") -> Seal:
    """The seal that the installation puts on its papers."""
    if settings.seal in BUILT_IN:
        return BUILT_IN[settings.seal](settings)
    module, _, name = settings.seal.partition(":")
    made: Seal = getattr(importlib.import_module(module), name)(settings)
    return made


def method_words(method: str) -> str:
    """For under a name; a method nobody knows any more is shown as it was stored."""
    return METHODS.get(method, method)


@lru_cache(maxsize=4)
def _certificates(given: str, changed: int) -> list[bytes]:
    """Read again when the file has another time."""
    return [base64.b64decode(each) for each in json.loads(_apart(json.loads(given)))]


def _apart(given: dict[str, str]) -> bytes:
    from portal.papers.apart import Failed, apart

    try:
        return apart(Path(__file__), json.dumps(given).encode())
    except Failed as failure:
        raise NotSealed(str(failure)) from None


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


# ---------------------------------------------------------------- the program


def _main(given: dict[str, str]) -> bytes:
    from datetime import UTC, datetime

    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign import fields, signers

    signer = signers.SimpleSigner.load_pkcs12(given["path"], passphrase=given["passphrase"].encode())
    if signer is None:
        raise SystemExit("the certificate could not be opened: wrong file or wrong passphrase")
    own = signer.signing_cert
    others = [each for each in signer.cert_registry if each != own]
    if "pdf" not in given:
        return json.dumps([_text(each.dump()) for each in others or [own]]).encode()
    if not own.not_valid_before <= datetime.now(UTC) <= own.not_valid_after:
        raise SystemExit(f"the certificate is valid from {own.not_valid_before} to {own.not_valid_after} only")
    wishes = signers.PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm="sha256",
        subfilter=fields.SigSeedSubFilter.PADES,
        reason=given["reason"],
        location=given["place"],
    )
    writer = IncrementalPdfFileWriter(io.BytesIO(base64.b64decode(given["pdf"])))
    sealed: bytes = signers.PdfSigner(wishes, signer).sign_pdf(writer).getvalue()
    return sealed


if __name__ == "__main__":
    sys.stdout.buffer.write(_main(json.loads(sys.stdin.buffer.read())))
