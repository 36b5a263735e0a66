"""What the tests of uploads in pieces share: a tus client that speaks through the test client."""

import base64
import re
from urllib.parse import unquote

from flask.testing import FlaskClient
from sqlalchemy import func, select

from assessments.models import Upload
from portal.partial import PartialFiles

TUS = {"Tus-Resumable": "1.0.0"}
PIECE = "application/offset+octet-stream"


class Sender:
    """Speaks tus as whoever is signed in on the client."""

    def __init__(self, client: FlaskClient, page: str = "/akun"):
        self.client = client
        html = client.get(page).get_data(as_text=True)
        self.token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', html).group(1)

    @property
    def headers(self) -> dict[str, str]:
        return TUS | {"X-CSRFToken": self.token, "Accept": "application/json"}

    def begin(self, length: int, name: str = "Laporan.pdf", headers: dict | None = None, **said: str):
        sent = {"Upload-Length": str(length), "Upload-Metadata": metadata(filename=name, **said)} | (headers or {})
        return self.client.post("/unggahan", headers=self.headers | sent)

    def piece(self, where: str, offset: int, content: bytes, **headers: str):
        sent = {"Upload-Offset": str(offset)} | {name.replace("_", "-"): text for name, text in headers.items()}
        return self.client.patch(where, data=content, content_type=PIECE, headers=self.headers | sent)

    def progress(self, where: str):
        return self.client.head(where, headers=self.headers)

    def end(self, where: str):
        return self.client.delete(where, headers=self.headers)

    def send(self, content: bytes, name: str = "Laporan.pdf", step: int = 100, **said: str):
        """All of it in pieces; the last answer."""
        begun = self.begin(len(content), name, **said)
        assert begun.status_code == 201, begun.get_data(as_text=True)
        for at in range(0, len(content), step):
            answer = self.piece(begun.headers["Location"], at, content[at : at + step])
        return answer


def metadata(**said: str) -> str:
    return ",".join(f"{key} {base64.b64encode(text.encode()).decode()}" for key, text in said.items())


def count(session, kind) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(kind))


def the_upload(session) -> Upload:
    session.rollback()
    session.expire_all()
    return session.scalars(select(Upload)).one()


def files_of(app) -> list[str]:
    folder = PartialFiles(app.extensions["storage"]).folder
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []


def said(response) -> str:
    return unquote(response.headers.get("Portal-Note", "")) or (response.get_json(silent=True) or {}).get("detail", "")


def for_item(where, code: str = "I12") -> dict[str, str]:
    return {"period": where.slug, "item": code}
