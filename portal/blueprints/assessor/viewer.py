"""The picture of a page beside the judgement: which file and which page an address asks for."""

from dataclasses import dataclass

from flask import request

from .evidence import Proof

FILE, PAGE = "berkas", "lembar"


@dataclass(frozen=True)
class Shown:
    """The piece of evidence that is looked at, and its page; `page` is None where there is no picture of it."""

    proof: Proof
    page: int | None

    @property
    def before(self) -> int | None:
        return self.page - 1 if self.page and self.page > 1 else None

    @property
    def after(self) -> int | None:
        return self.page + 1 if self.page and self.page < self.proof.pages else None


def shown_page(proofs: list[Proof]) -> Shown | None:
    """The asked file at the asked page, else the first that can be looked at, where it is cited."""
    if not proofs:
        return None
    asked = request.args.get(FILE, "")
    first = next((proof for proof in proofs if proof.pages), proofs[0])
    proof = next((each for each in proofs if str(each.citation.id) == asked), first)
    page = request.args.get(PAGE, "")
    wanted = int(page) if page.isascii() and page.isdigit() and len(page) < 5 else 0
    return Shown(proof, wanted if 1 <= wanted <= proof.pages else proof.page)
