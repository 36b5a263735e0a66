"""Printed papers: what a PDF says, its tags, how it comes into being, and who gets it."""

import io
from datetime import timedelta
from fractions import Fraction

import pytest
from pypdf import PdfReader
from sqlalchemy import func, select

from assessments import attesting, countersigning, general_questions
from assessments.canonical import canonical, digest
from assessments.models import Appointment, Job, Paper, PrintedPaper, Receipt, Signature, Snapshot
from portal import fsck, jobs
from portal.papers import pressing, printing
from portal.papers.codes import square
from portal.papers.contents import _decimal, _level, _minutes
from tests import builders
from tests.portal.agency_pages import statements
from tests.portal.approval_pages import at, city_with_passwords, filled

PAGE, SAVE = 10, 14
HOSTILE = '#import "x" $ * ] [ @a <b> _c_ \\ `d` // e = f \u202e terbalik'
ADDRESS = printing.Verbatim("https://contoh.invalid/verifikasi/PM")


def text_of(pdf: bytes) -> str:
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]
    return " ".join(" ".join(pages).replace("\u200b", "").split())


def content(**more) -> dict:
    signature = {"name": "A", "title": "B", "for": "", "at": "hari ini", "day": "x", "method": "kata sandi"}
    return {
        "institution": "Kota Contoh", "unit": "", "heading": "Tanda terima", "number": "PM-2026-AAAA-BBBB", "footer": "",
        "address": ADDRESS, "code": square(ADDRESS), "rehearsal": "", "local": "", "signature": signature,
        "statement": "Saya menyatakan.", "facts": [["Isi", "2"]], "fingerprint": "abcd",
        "answers": [["1", "Satu", "3", "1"]], "earlier": [],
    } | more


def receipt_pdf(title="x", **more) -> bytes:
    return printing.printed("receipt.typ", content(**more), title=title)


@pytest.fixture
def where(session):
    return city_with_passwords(session)


@pytest.fixture
def part(session, where):
    made = builders.signed(session, where, builders.opened(session, where))
    session.commit()
    return made


@pytest.fixture
def receipt(session, part):
    return attesting.newest_receipt(part)


# ---------------------------------------------------------------- the file itself


def test_a_paper_is_tagged_pdf_a_in_indonesian_with_its_title():
    reader = PdfReader(io.BytesIO(receipt_pdf("Tanda terima PM")))
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"] and str(root["/Lang"]).startswith("id")
    metadata = root["/Metadata"].get_data().decode()
    assert "<pdfaid:part>2</pdfaid:part>" in metadata and "<pdfaid:conformance>A</pdfaid:conformance>" in metadata
    assert reader.metadata.title == "Tanda terima PM"
    assert [round(float(side)) for side in reader.pages[0].mediabox[2:]] == [595, 842]
    tags = str(_tags(root["/StructTreeRoot"]))
    assert all(word in tags for word in ("/H1", "/H2", "/Table", "/TH", "/Figure")), tags
    assert "Kode QR menuju" in tags


def _tags(node, depth=0):
    node = node.get_object() if hasattr(node, "get_object") else node
    if isinstance(node, dict) and depth < 30:
        return {key: _tags(node[key], depth + 1) for key in ("/K", "/Alt", "/S") if key in node}
    if isinstance(node, list) and depth < 30:
        return [_tags(each, depth + 1) for each in node]
    return str(node)


def test_letters_of_the_template_language_come_out_as_letters():
    text = text_of(receipt_pdf(HOSTILE, statement=HOSTILE, heading=HOSTILE))
    assert '#import "x" $ * ] [ @a <b> _c_ \\ `d` // e = f [U+202E] terbalik' in text


def test_a_letter_without_a_shape_is_printed_as_its_number():
    text = text_of(receipt_pdf(statement="Selesai \U0001f680 \u4e2d \x00 é ŋ “a”"))
    assert "Selesai [U+1F680] [U+4E2D] [U+0000] é ŋ “a”" in text


def test_a_word_of_4000_letters_stays_on_the_paper():
    pdf, places = receipt_pdf(statement="x" * 4000), []
    for page in PdfReader(io.BytesIO(pdf)).pages:
        page.extract_text(visitor_text=lambda text, *_: places.append(len(text.strip())))
    assert text_of(pdf).count("x") >= 4000
    assert max(places) < 200, "one line holds no more than fits"


def test_every_page_says_which_one_of_how_many_it_is():
    reader = PdfReader(io.BytesIO(receipt_pdf(answers=[[str(n), f"Indikator {n}", "3", "1"] for n in range(1, 120)])))
    assert len(reader.pages) > 2
    for number, page in enumerate(reader.pages, start=1):
        assert f"Halaman {number} dari {len(reader.pages)}" in page.extract_text()


@pytest.mark.parametrize("name", ["tidak-ada.typ", "../printing.py", "/etc/passwd"])
def test_only_a_template_of_ours_is_printed(name):
    with pytest.raises(printing.NotPrinted):
        printing.printed(name, {}, title="x")


def test_the_same_content_gives_the_same_bytes(receipt):
    first, second = (printing.printed("receipt.typ", content(), title="x", at=receipt.at) for _ in range(2))
    assert first == second


# ---------------------------------------------------------------- receipts


def test_a_receipt_says_who_signed_what_when_and_how_much(session, receipt):
    sheet = pressing._sheet(session, receipt.number)
    text = text_of(printing.printed(sheet.template, sheet.content, title=sheet.title))
    signature = receipt.signature
    for words in (receipt.number, signature.name, signature.title, " ".join(signature.statement.split()), "WITA",
                  "2 indikator", "kata sandi", receipt.submission.organization.name):
        assert words in text, words
    for whole in (f"/verifikasi/{receipt.number}", receipt.snapshot_sha):  # a long line is broken on the paper
        assert whole in text.replace(" ", "")


def test_an_acting_official_stands_with_the_one_acted_for(session, where):
    office = where.people["head"]
    office.kind, office.acting_for = "plh", builders.person(session, "Ibu Definitif", where.agencies["bappeda"])
    office.decision_no, office.decision_on = "SK 1/2026", office.starts_on
    session.flush()
    part = builders.signed(session, where, builders.opened(session, where))
    session.flush()
    sheet = pressing._sheet(session, attesting.newest_receipt(part).number)
    assert sheet.content["signature"]["title"].startswith("Plh.")
    assert "atas nama Ibu Definitif" in text_of(printing.printed(sheet.template, sheet.content, title=sheet.title))


def test_signing_asks_for_the_print_and_the_job_prints_once(app, client, session, where):
    part = builders.ready(session, where, builders.opened(session, where))
    session.commit()
    client = builders.sign_in(client, session, where.people["head"])
    assert client.post(at(part, "/pernyataan"), data=filled(client, part)).status_code == 302
    session.rollback()
    assert session.scalar(select(func.count()).select_from(Job).where(Job.kind == pressing.PRINT)) == 1
    session.commit()
    jobs.run_due()
    row = session.scalars(select(PrintedPaper)).one()
    number, first = row.number, row.sha256
    assert number == session.scalar(select(Receipt.number)) and not row.sealed
    session.commit()
    assert pressing.print_once(session, number).sha256 == first
    session.commit()
    assert session.scalars(select(PrintedPaper.sha256)).one() == first
    assert app.extensions["storage"].check(first)


def test_the_file_comes_at_once_where_no_job_has_run(client, session, where, part, receipt):
    number, address = receipt.number, at(part, f"/bukti/{receipt.number}")
    session.commit()
    client = builders.sign_in(client, session, where.people["operator"])
    with statements() as seen:
        answer = client.get(address)
    assert answer.status_code == 200 and answer.data.startswith(b"%PDF-") and len(seen) <= SAVE
    assert answer.mimetype == "application/pdf" and number in answer.headers["Content-Disposition"]
    with statements() as seen:
        assert client.get(address).data == answer.data
    assert len(seen) <= PAGE
    session.rollback()
    assert session.scalars(select(PrintedPaper.number)).all() == [number]
    session.commit()
    assert f'href="{address}"' in client.get(at(part, "/bukti")).get_data(as_text=True)


def test_another_number_and_a_foreign_agency_find_nothing(client, session, where, part, receipt):
    own, strange = at(part, f"/bukti/{receipt.number}"), at(part, "/bukti/PM-2026-AAAA-AAAA")
    session.commit()
    assert builders.sign_in(client, session, where.people["operator"]).get(strange).status_code == 404
    other = builders.office(session, "operator lain", where.agencies["dinkes"], "agency_operator")
    session.commit()
    assert builders.sign_in(client, session, other).get(own).status_code == 404


def test_bytes_that_are_gone_or_others_are_told_and_not_sent(app, client, session, where, part, receipt):
    address = at(part, f"/bukti/{receipt.number}")
    session.commit()
    client = builders.sign_in(client, session, where.people["operator"])
    client.get(address)
    session.rollback()
    path = app.extensions["storage"].path(session.scalar(select(PrintedPaper.sha256)))
    session.commit()
    path.chmod(0o640)
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    assert client.get(address).status_code == 409
    path.unlink()
    answer = client.get(address)
    assert answer.status_code == 409 and pressing.DAMAGED in answer.get_data(as_text=True)


def test_the_store_knows_printed_bytes_and_keeps_them(app, client, session, where, part, receipt):
    address = at(part, f"/bukti/{receipt.number}")
    session.commit()
    builders.sign_in(client, session, where.people["operator"]).get(address)
    session.rollback()
    store = app.extensions["storage"]
    sha256 = session.scalar(select(PrintedPaper.sha256))
    session.commit()
    found = fsck.examine(session, store)
    assert sha256 not in found.orphans + found.unnamed_rows + found.missing + found.damaged
    found.orphans = [sha256]  # as if it had been seen before its row was written
    assert fsck.sweep(session, store, found, grace=-1) == 0 and store.check(sha256)


def test_what_no_job_printed_is_asked_for_again(session, receipt):
    pressing.ask_for_missing(session, receipt.at)
    assert session.scalar(select(Job.args).where(Job.kind == pressing.PRINT)) == {"number": receipt.number}


def test_a_receipt_names_the_ones_before_it(session, part, receipt):
    snapshot = Snapshot(sha256="b" * 64, kind="attested", content=b"{}", at=receipt.at)
    office = session.get_one(Appointment, receipt.signature.appointment_id)
    signature = Signature(snapshot=snapshot, statement="x", appointment=office, name="Bapak Dulu", title="Kepala",
                          method="password", at=receipt.at)
    session.add(Receipt(number="PM-2026-DULU-DULU", kind="attested", snapshot=snapshot, signature=signature,
                        submission_id=part.id, at=receipt.at - timedelta(days=1)))
    session.flush()
    earlier = pressing._sheet(session, receipt.number).content["earlier"]
    assert [line[0] for line in earlier] == ["PM-2026-DULU-DULU"] and earlier[0][2] == "Bapak Dulu"


# ---------------------------------------------------------------- papers of the Koordinator


@pytest.fixture
def papers(session, where):
    assessment = builders.ready_to_send(session, where, builders.opened(session, where))
    by = where.actor("coordinator")
    office = session.get_one(Appointment, by.appointment_id)
    made = countersigning.sign(assessment, by, {each.kind: each.sha256 for each in countersigning.drafts(assessment, office)})
    session.commit()
    return made


def test_both_papers_are_printed_from_their_frozen_copies(session, papers):
    for paper in papers:
        sheet = pressing._sheet(session, paper.number)
        text = text_of(printing.printed(sheet.template, sheet.content, title=sheet.title))
        assert paper.number in text and " ".join(paper.signature.statement.split()) in text
        assert paper.signature.name in text and paper.snapshot_sha in text.replace(" ", "")
    minutes = pressing._sheet(session, next(each.number for each in papers if each.kind == "minutes")).content
    assert "Nomor 188.45/1/2020" in dict(minutes["facts"])["Tim Asesor Internal"]
    assert len(minutes["items"]) == len(papers[0].assessment.period.instrument.items) and minutes["nodes"]


def test_minutes_print_why_they_were_signed_without_a_team_decision_and_how_many_questions_were_answered():
    facts = dict(_minutes({"without_team": "Masih di bagian hukum.", "general": {"questions": 4, "answered": 3}}, "UTC")["facts"])
    assert facts["Tim Asesor Internal"] == "belum dicatat. Alasan Koordinator SPBE tetap menandatangani: Masih di bagian hukum."
    assert facts["Pertanyaan umum"] == "3 dari 4 dijawab"


def test_a_receipt_prints_the_answers_to_the_general_questions_and_an_old_copy_none(session, where):
    period = builders.opened(session, where)
    general_questions.add_questions(session, period, ["Layanan apa?", "Rencana apa?"], where.actor("round_manager"))
    assessment = builders.ready_to_send(session, where, period)
    general_questions.answer(general_questions.asked_of(session, assessment)[0], assessment, "Satu portal.", 0, where.actor("round_manager"))
    sent = attesting.send(assessment, where.actor("responsible_officer"))
    session.commit()
    sheet = pressing._sheet(session, sent.number)
    text = text_of(printing.printed(sheet.template, sheet.content, title=sheet.title))
    assert "Pertanyaan umum yang dibekukan" in text and "Satu portal." in text and "tidak dijawab" in text
    assert dict(sheet.content["facts"])["Pertanyaan umum"] == "1 dari 2 dijawab"
    old = canonical({name: said for name, said in attesting.contents(sent).items() if name not in ("edition", "general")})
    session.add(Receipt(number="PM-2026-LAMA-LAMA", kind="sent", assessment=assessment, signature=sent.signature, at=sent.at,
                        snapshot=Snapshot(sha256=digest(old), kind="sent", content=old, at=sent.at)))
    session.commit()
    before = pressing._sheet(session, "PM-2026-LAMA-LAMA").content
    assert before["general"] == [] and "Pertanyaan umum" not in dict(before["facts"])


def test_a_frozen_copy_with_holes_is_printed_with_holes():
    empty = _minutes({"items": [{}], "nodes": [{}], "responsible": [{}]}, "UTC")
    assert dict(empty["facts"])["Tim Asesor Internal"] == "belum dicatat", "a hole is said"
    assert "belum diisi" in str(empty["facts"]) and empty["index"] == "belum diisi" and empty["items"][0][2] == "belum diisi"


def test_papers_are_for_readers_of_the_assessment(client, session, where, papers):
    paper = session.get_one(Paper, papers[0].number)
    room = f"/pengelolaan/{paper.assessment.period.slug}/{paper.assessment.subject.organization.slug}/cetakan"
    address = f"{room}/{paper.number}"
    session.commit()
    client = builders.sign_in(client, session, where.people["coordinator"])
    with statements() as seen:
        answer = client.get(address)
    assert answer.data.startswith(b"%PDF-") and len(seen) <= SAVE
    with statements() as seen:
        assert client.get(address).data == answer.data
    assert len(seen) <= PAGE
    assert client.get(f"{room}/BA-X").status_code == 404
    assert builders.sign_in(client, session, where.people["operator"]).get(address).status_code == 403


def test_levels_are_printed_as_people_write_them():
    assert (_level(None), _level("3"), _level(str(Fraction(7, 2))), _decimal("2.50")) == ("belum diisi", "3", "3,5", "2,50")
