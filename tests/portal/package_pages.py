"""What the tests of packages share: a round with a claim whose evidence lies in the store, and reading what was sent."""

import csv
import io
import zipfile

from assessments import library
from assessments.models import Citation, DocumentVersion
from tests import builders as build
from tests.portal.round_pages import Round, begun


def read_package(answer) -> zipfile.ZipFile:
    assert answer.status_code == 200, answer.status_code
    assert answer.mimetype == "application/zip"
    content = answer.get_data()
    assert len(content) == answer.content_length
    found = zipfile.ZipFile(io.BytesIO(content))
    assert found.testzip() is None
    return found


def contents_of(found: zipfile.ZipFile) -> list[dict]:
    text = found.read("daftar-isi.csv").decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text), delimiter=";"))


def claimed(session, **more) -> Round:
    """Bappeda's I01 and I12 are claims, each with its document."""
    where = begun(session, **more)
    build.accepted(session, where.city, where.period)
    session.commit()
    return where


def put(app, session, where: Round, content: bytes, *, title: str = "Perda 12 Tahun 2024", name: str | None = "perda.pdf",
        item: str = "I12", letter: str = "b", number: str | None = None, media_type: str = "application/pdf",
        reading: str = "readable", url: str | None = None) -> Citation:
    """One more document under the claim on an item, its bytes in the store."""
    blob = None
    if url is None:
        with app.extensions["storage"].receive() as incoming:
            incoming.write(content)
            kept = incoming.keep()
        blob = library.remember_blob(session, kept.sha256, kept.size, media_type)
        session.flush()
        blob.reading_state = reading
    assessment = build.assessment_of(session, where.period)
    owner, by = where.city.agencies["bappeda"], where.city.actor("operator")
    kind = "link" if url else "regulation"
    version = library.add_document(session, owner, by, title="Dokumen", kind=kind, blob=blob, url=url, file_name=name)
    session.flush()
    version.document.title, version.number, version.file_name = title, number, name
    made = Citation(claim=assessment.claim(item), cited=version, levels=[1, 2, 3], locator="hlm. 9-43", letter=letter)
    session.add(made)
    session.commit()
    return made


def carried(app, session, where: Round, content: bytes = b"%PDF-instansi", title: str = "Dokumen instansi") -> DocumentVersion:
    """A document of the instansi's own library, its bytes in the store."""
    with app.extensions["storage"].receive() as incoming:
        incoming.write(content)
        kept = incoming.keep()
    blob = library.remember_blob(session, kept.sha256, kept.size, "application/pdf")
    session.flush()
    blob.reading_state = "readable"
    made = library.add_document(session, where.city.instansi, where.city.actor("round_manager"), title=title, kind="plan",
                                blob=blob, file_name="rencana.pdf")
    session.commit()
    return made
