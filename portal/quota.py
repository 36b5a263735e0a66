"""How much room an agency has for evidence, and what is left of it (FI-07).

Counted are the different bytes of its documents, whatever cites them, and the whole length of every file that is on its
way in. The same bytes in two documents count once; those of another agency never.
"""

from collections.abc import Mapping
from typing import Any

from flask import current_app
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from assessments.models import Blob, Document, DocumentVersion, Organization, Upload
from assessments.refusal import Refused

from .extensions import db, only_reading
from .formatting import size as in_words


class NoRoom(Refused):
    """More bytes than are left to this agency; `left` says how many are."""

    def __init__(self, left: int, wanted: int):
        super().__init__(
            f"Sisa ruang bukti OPD Anda {in_words(left)}, berkas ini {in_words(wanted)}. Kecilkan berkasnya, pakai dokumen"
            " yang sudah ada di pustaka, atau minta tambahan ruang kepada pengelola."
        )
        self.left = left


def limit(config: Mapping[str, Any] | None = None) -> int:
    """Bytes that one agency may keep."""
    return int((config or current_app.config)["EVIDENCE_QUOTA_BYTES"])


def used(session: Session, organization: Organization | int) -> int:
    """Bytes this agency keeps or is sending."""
    key = organization if isinstance(organization, int) else organization.id
    own = select(DocumentVersion.sha256).join(Document).where(Document.owner_org_id == key)
    kept = select(func.coalesce(func.sum(Blob.size), 0)).where(Blob.sha256.in_(own)).scalar_subquery()
    coming = (
        select(func.coalesce(func.sum(Upload.length), 0))
        .where(Upload.organization_id == key, Upload.state == "receiving")
        .scalar_subquery()
    )
    return int(session.execute(select(kept + coming)).scalar_one())


def left(session: Session, organization: Organization | int) -> int:
    """Bytes that still fit; never below zero."""
    return max(0, limit() - used(session, organization))


def demand(session: Session, organization: Organization | int, wanted: int) -> None:
    """Refuse what does not fit any more."""
    if wanted > (room := left(session, organization)):
        raise NoRoom(room, wanted)


class Room:
    """What is left while the files of one request are kept one after the other."""

    def __init__(self, organization: Organization | int):
        self._organization = organization if isinstance(organization, int) else organization.id
        self._left: int | None = None

    def take(self, sha256: str, wanted: int) -> None:
        """Refuse bytes that are neither in the agency's library already nor fit. Nothing is held afterwards."""
        with only_reading():
            if self._left is None:
                self._left = left(db.session, self._organization)
            if wanted > self._left:
                known = select(DocumentVersion.n).join(Document).where(
                    Document.owner_org_id == self._organization, DocumentVersion.sha256 == sha256
                )
                fits = db.session.scalar(known.limit(1)) is not None
            else:
                fits = True
                self._left -= wanted
            db.session.rollback()
        if not fits:
            raise NoRoom(self._left, wanted)
