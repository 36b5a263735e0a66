"""What the tests of the workbook share: taking it out, changing it as a person would, bringing it back."""

import io
import re
from collections.abc import Callable

import openpyxl
from flask.testing import FlaskClient
from openpyxl import Workbook
from sqlalchemy import select

from assessments.exchange.agency_workbook.shape import COLUMNS, ROWS
from assessments.models import ReturnedWorkbook
from portal.once import new_key
from tests.portal.agency_pages import form_of

PAGE = "/penilaian/2026/excel"
COLUMN = {name: n for n, name in enumerate(COLUMNS, 1)}


def taken(client: FlaskClient) -> bytes:
    answer = client.get(f"{PAGE}/isian.xlsx")
    assert answer.status_code == 200
    return answer.get_data()


def opened(content: bytes) -> Workbook:
    return openpyxl.load_workbook(io.BytesIO(content))


def saved(book: Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def row_of(book: Workbook, code: str) -> int:
    """The row of an item on the sheet."""
    return next(n for n, (cell,) in enumerate(book[ROWS].iter_rows(max_col=1, values_only=True), 1)
                if str(cell).endswith(f"-{code}"))


def filled(content: bytes, **cells: dict[str, object]) -> bytes:
    """`filled(content, I01={"Fakta": "..."})`: these cells written, then saved by another program."""
    book = opened(content)
    for code, words in cells.items():
        for name, text in words.items():
            book[ROWS].cell(row_of(book, code), COLUMN[name]).value = text
    return saved(book)


def edited(content: bytes, change: Callable[[Workbook], object]) -> bytes:
    book = opened(content)
    change(book)
    return saved(book)


def brought_back(client: FlaskClient, content: bytes, name: str = "isian.xlsx", **fields):
    sent = form_of(client, PAGE, "unggah-excel") | {"key": new_key()} | fields
    answer = client.post(PAGE, data=sent | {"file": (io.BytesIO(content), name)}, content_type="multipart/form-data", buffered=True)
    answer.request.environ["wsgi.input"].close()  # a large body lies in a file of the test client
    return answer


def shown(client: FlaskClient, content: bytes) -> tuple[str, str]:
    """(address, page) of what came back."""
    answer = brought_back(client, content)
    assert answer.status_code == 302, answer.get_data(as_text=True)
    where = answer.headers["Location"]
    return where, unmarked(client.get(where))


def unmarked(answer) -> str:
    """The page without the marks of what differs."""
    return re.sub("</?(ins|del)>", "", answer.get_data(as_text=True))


def applied(client: FlaskClient, where: str, *items: str, **choices: str):
    """Press the button with these rows ticked and conflicts decided ({item: "excel"})."""
    page = client.get(where).get_data(as_text=True)
    sent = form_of(client, where, "terapkan") | {f"versi-{code}": version for code, version in re.findall(
        r'name="versi-(\w+)" value="(\d+)"', page)}
    return client.post(where, data=sent | {"items": list(items)} | {f"pilih-{code}": choice for code, choice in choices.items()})


def undone(client: FlaskClient, where: str):
    return client.post(f"{where}/pembatalan", data=form_of(client, where, part="/pembatalan"))


def stored_workbooks(session) -> list[ReturnedWorkbook]:
    session.rollback()
    session.expire_all()
    return list(session.scalars(select(ReturnedWorkbook).order_by(ReturnedWorkbook.id)))


