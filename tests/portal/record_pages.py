"""What the tests of the inventory's records and their import share: the forms of the pages, and files to bring in."""

import csv
import io
import re

from sqlalchemy import func, select

from assessments.models import Application
from tests import builders as build
from tests.portal.agency_pages import form_of

LIST = "/inventaris"
FILE = f"{LIST}/impor"
HEAD = ["kode", "nama", "kode_opd", "jenis", "basis", "alamat", "status", "tahun_pembuatan", "fungsi"]
LINES = [
    ["1", "Antrean Puskesmas", "dinkes-1", "Khusus", "Web", "antre.contoh.go.id", "aktif", "2019", "Antre dari rumah"],
    ["2", "Peta Rencana", "Bappeda", "umum", "web, mobile", "", "naktif", "-", ""],
]


def as_(client, session, city: build.City, who: str):
    return build.sign_in(client, session, city.people[who])


def page_of(application: Application) -> str:
    return f"{LIST}/catatan/{application.id}"


def typed(client, page: str) -> dict:
    """The whole form of a record as the page shows it."""
    html = client.get(page).get_data(as_text=True)
    found = re.search(r'<form[^>]*id="catatan".*?</form>', html, re.S)
    assert found, "no form of the record on the page"
    body, sent = found.group(0), dict(form_of(client, page, "catatan"))
    for tag in re.findall(r"<input[^>]*>", body):
        name, value = (re.search(rf'{what}="([^"]*)"', tag) for what in ("name", "value"))
        if 'type="text"' in tag and name:
            sent[name.group(1)] = value.group(1) if value else ""
    for name, text in re.findall(r'<textarea[^>]*name="([^"]*)"[^>]*>\r?\n?(.*?)</textarea>', body, re.S):
        sent[name] = text
    for name, options in re.findall(r'<select[^>]*name="([^"]*)"[^>]*>(.*?)</select>', body, re.S):
        chosen = re.search(r'<option selected value="([^"]*)"', options)
        sent[name] = chosen.group(1) if chosen else ""
    boxes = [tag for tag in re.findall(r'<input[^>]*name="platforms"[^>]*>', body) if " checked" in tag]
    return sent | {"platforms": ["", *re.findall(r'value="([^"]*)"', " ".join(boxes))]}


def part(client, page: str, id: str, **fields) -> dict:
    """One of the small forms of a record's page, filled."""
    return form_of(client, page, id) | fields


def as_csv(lines, head=HEAD, delimiter=",", begin="") -> bytes:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows([head, *lines])
    return (begin + out.getvalue()).encode()


def check(client, content: bytes, name: str = "aplikasi.csv"):
    sent = form_of(client, FILE, "unggah-berkas") | {"file": (io.BytesIO(content), name)}
    return client.post(FILE, data=sent, content_type="multipart/form-data")


def hidden_of(page: str, id: str) -> dict[str, str]:
    found = re.search(rf'<form[^>]*id="{id}".*?</form>', page, re.S)
    assert found, f"no form {id} on the page"
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', found.group(0)))


def carry_out(client, page: str):
    return client.post(f"{FILE}/penerapan", data=hidden_of(page, "penerapan"))


def count(session) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(Application))
