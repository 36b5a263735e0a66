"""Files on their way in: the body is read with no transaction open, each file is looked at and kept under its hash."""

from dataclasses import dataclass

from flask import current_app, request

from assessments import filetypes
from assessments.filetypes import Kind
from assessments.refusal import Refused

from .extensions import db
from .intake import check_form
from .quota import Room
from .storage import Kept
from .uploads import received

TITLE_LENGTH = 200


@dataclass(frozen=True)
class Arrived:
    """A file that lies in the store: its safe name, what it is, and its hash and size."""

    name: str
    kind: Kind
    kept: Kept

    @property
    def title(self) -> str:
        return self.name.rpartition(".")[0][:TITLE_LENGTH] or self.name


def arrived(organization: int, field: str = "files") -> tuple[list[Arrived], list[tuple[str, str]]]:
    """What was sent and can be kept in the library of an organization, and (name, sentence) for every file that cannot.

    Called by an upload view after its own door: that reading ends here, then the form is checked and only then is the
    body read, so that nobody waits for a slow line.
    """
    db.session.rollback()
    check_form()
    kept, refused = [], []
    room = Room(organization)
    sent = [file for file in request.files.getlist(field) if file.filename]
    if not sent:
        refused.append(("", "Pilih berkas dulu."))
    for file in sent:
        name = filetypes.safe_name(file.filename)
        incoming = received(file)
        try:
            kind = filetypes.identify(incoming, file.filename, current_app.config["EVIDENCE_KINDS"])
            room.take(incoming.sha256, incoming.size)
            kept.append(Arrived(name, kind, incoming.keep()))
        except Refused as refusal:
            refused.append((name, refusal.sentences[0]))
    return kept, refused


def kind_of(kind: Kind) -> str:
    """The first guess of a document's kind; people correct it in the library."""
    if kind.media_type.startswith("image/"):
        return "screenshot"
    return "video" if kind.media_type.startswith("video/") else "other"
