"""The floor: the least a Flask app can do for the same work, without sign-in, rights, CSRF, validation or workflow.

- `/rows/<n>`: n rows through the ORM into a Jinja page, gzipped like ours;
- `/table/<n>`: n rows through the ORM into a workbook by XlsxWriter, in memory;
- POST `/row/<id>`: a form becomes one UPDATE and one appended audit row, durable (SQLite WAL, synchronous=FULL);
- POST `/file`: a multipart body is hashed while it is written, synced, renamed to its hash, and gets a row.
"""

import hashlib
import io
import os
import secrets
from pathlib import Path

import xlsxwriter
from flask import Flask, Request, Response, redirect, render_template, request
from flask_compress import Compress
from sqlalchemy import ForeignKey, String, Text, create_engine, event, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

FOLDER = Path(os.environ.get("FLOOR_FOLDER", "."))
ROWS = 400
STEP = 1024 * 1024  # read in large steps, as the portal does: small ones cost the server a copy each


class Base(DeclarativeBase):
    pass


class Row(Base):
    __tablename__ = "row"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    aspect: Mapped[str] = mapped_column(String(80))
    weight: Mapped[str] = mapped_column(String(20))
    level: Mapped[int]
    facts: Mapped[str] = mapped_column(Text)
    analysis: Mapped[str] = mapped_column(Text)


class Entry(Base):
    """One appended line of an audit log."""

    __tablename__ = "entry"
    id: Mapped[int] = mapped_column(primary_key=True)
    row_id: Mapped[int] = mapped_column(ForeignKey("row.id"))
    text: Mapped[str] = mapped_column(Text)


class File(Base):
    __tablename__ = "file"
    id: Mapped[int] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]


def engine_in(folder: Path):
    engine = create_engine(f"sqlite:///{folder / 'floor.sqlite'}")

    @event.listens_for(engine, "connect")
    def _connected(connection, _record):
        for pragma in ("busy_timeout=10000", "journal_mode=WAL", "foreign_keys=ON", "synchronous=FULL"):
            connection.execute("PRAGMA " + pragma)

    return engine


def prepare(folder: Path) -> None:
    """Make the database of the floor."""
    engine = engine_in(folder)
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add_all(
            Row(
                name=f"Tingkat kematangan kebijakan internal nomor {n}", aspect=f"Aspek {n % 8 + 1}",
                weight=f"{n % 5 + 1},50%", level=n % 5 + 1, facts="", analysis="",
            )
            for n in range(1, ROWS + 1)
        )
        session.commit()
    engine.dispose()


class Incoming(io.RawIOBase):
    """Hashed and counted while it is written."""

    def __init__(self) -> None:
        self.path = FOLDER / f"{secrets.token_hex(8)}.part"
        self.file = open(self.path, "xb")
        self.hash = hashlib.sha256()
        self.size = 0

    def write(self, block) -> int:
        self.hash.update(block)
        self.size += len(block)
        return self.file.write(block)

    def seek(self, offset: int, whence: int = 0) -> int:
        return 0

    def keep(self) -> str:
        self.file.flush()
        os.fsync(self.file.fileno())
        self.file.close()
        self.path.rename(FOLDER / self.hash.hexdigest())
        return self.hash.hexdigest()


class FloorRequest(Request):
    def _get_file_stream(self, total_content_length, content_type, filename=None, content_length=None):
        return Incoming()

    def _get_stream_for_parsing(self):
        return io.BufferedReader(super()._get_stream_for_parsing(), STEP)


app = Flask(__name__)
app.request_class = FloorRequest
app.config["MAX_CONTENT_LENGTH"] = 256 * STEP
app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
Compress(app)
engine = engine_in(FOLDER)


@app.get("/healthz")
def healthy():
    return "ok"


@app.get("/rows/<int:n>")
def rows(n: int):
    with Session(engine) as session:
        return render_template("rows.html", rows=session.scalars(select(Row).order_by(Row.id).limit(n)).all())


@app.get("/table/<int:n>")
def table(n: int):
    target = io.BytesIO()
    with Session(engine) as session, xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for at, row in enumerate(session.scalars(select(Row).order_by(Row.id).limit(n))):
            sheet.write_row(at, 0, [row.id, row.name, row.aspect, row.weight, row.level, row.facts, row.analysis])
    return Response(target.getvalue(), mimetype="application/octet-stream")


@app.post("/row/<int:key>")
def save(key: int):
    with Session(engine) as session:
        row = session.get_one(Row, key)
        row.level, row.facts, row.analysis = int(request.form["value"]), request.form["facts"], request.form["analysis"]
        session.add(Entry(row_id=key, text=row.facts[:200]))
        session.commit()
    return redirect(f"/row/{key}")


@app.post("/file")
def upload():
    incoming = request.files["files"].stream
    with Session(engine) as session:
        session.add(File(sha256=incoming.keep(), size=incoming.size))
        session.commit()
    return redirect("/file")
