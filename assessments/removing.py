"""Taking a document out of a library and putting it back: its rows and bytes stay, only nobody finds or cites it."""

from sqlalchemy.orm import object_session

from .actors import Actor
from .answering import detach
from .clock import now
from .document_questions import bound_nowhere, open_citations, still_there, was_removed
from .models import Document
from .refusal import Refused
from .workflow import happened


def remove(document: Document, by: Actor) -> int:
    """Out of lists and pickers; answers that are still being filled let go of it. How many citations that were."""
    _demand(still_there(by, document) or bound_nowhere(by, document))
    cited = open_citations(document)
    for citation in cited:
        detach(citation, by)
    document.removed_at = now()
    note = f"{len(cited)} rujukan ikut dilepas." if cited else ""
    happened(document, "remove", "Dihapus dari pustaka", by, note)
    return len(cited)


def restore(document: Document, by: Actor) -> None:
    """Back into the library; citations that were let go of are not made again."""
    _demand(was_removed(by, document))
    document.removed_at = None
    object_session(document).flush()
    happened(document, "restore", "Dikembalikan ke pustaka", by)


def _demand(sentence: str | None) -> None:
    if sentence:
        raise Refused(sentence)
