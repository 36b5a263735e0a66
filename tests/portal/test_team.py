"""The Tim Asesor Internal in the browser: its decision with a file, its people, what nobody comes from, what disagrees."""

import io
import re
from datetime import date

import pytest
from sqlalchemy import func, select

from assessments import removing, staffing, team
from assessments.actors import SYSTEM
from assessments.models import AuditEntry, Document, Event, Period, TeamDecision, TeamMember
from assessments.models.team import TEAM_FUNCTIONS
from assessments.refusal import Refused
from portal.once import new_key
from tests import builders as build
from tests.portal.files import pdf_of
from tests.portal.round_pages import as_, begun, hidden, send, statements

DECISION = {
    "number": "188.45/12/2026", "dated": "2026-01-05", "subject": "Tim Asesor Internal SPBE", "signatory": "Wali Kota Contoh",
    "starts_on": "2026-01-05", "ends_on": "2026-12-31", "document": "",
}


def here(where) -> str:
    return f"{where.base}/tim"


def page(client, where, more: str = "") -> str:
    return client.get(here(where) + more).get_data(as_text=True)


def seated(session, where, who: str, role: str = "", function: int | None = None) -> TeamMember:
    made = team.add_member(
        session, where.assessment(session), where.city.people[who].person, where.city.actor("coordinator"),
        role=role or who, function=function,
    )
    session.commit()
    return made


def rows(session, kind) -> list:
    session.rollback()
    return list(session.scalars(select(kind)))


# ---------------------------------------------------------------- decisions


def test_a_decision_with_its_file_goes_into_the_library_of_the_instansi(client, session):
    where = begun(session)
    as_(client, session, where, "round_manager")
    door = f"{here(where)}/keputusan"
    sent = hidden(client, door, door) | {name: [text] for name, text in DECISION.items()}
    answer = client.post(door, data=sent | {"files": (io.BytesIO(pdf_of(2)), "keputusan.pdf")}, content_type="multipart/form-data")
    assert answer.status_code == 302, answer.get_data(as_text=True)
    made = rows(session, TeamDecision)[0]
    assert (made.number, made.dated, made.ends_on) == ("188.45/12/2026", date(2026, 1, 5), date(2026, 12, 31))
    document = made.document.document
    assert document.owner_org_id == where.city.instansi.id and made.document.number == made.number
    html = page(client, where)
    assert "188.45/12/2026" in html and "5 Januari 2026" in html and document.title in html
    assert team.decision_of(session, where.assessment(session)).number == "188.45/12/2026"
    with pytest.raises(Refused, match="keputusan tim asesor internal"):
        removing.remove(session.get_one(Document, document.id), where.city.actor("round_manager"))
    session.rollback()
    assert session.scalar(select(func.count()).select_from(AuditEntry).where(AuditEntry.payload.contains("team_decision"))) == 1


def test_the_koordinator_chooses_a_document_that_is_there_but_uploads_none(client, session):
    where = begun(session)
    version = build.document(session, where.city.instansi, where.city.actor("round_manager"), b"%PDF-sk")
    session.commit()
    as_(client, session, where, "coordinator")
    door = f"{here(where)}/keputusan"
    html = client.get(door).get_data(as_text=True)
    assert "Peraturan contoh" in html and 'type="file"' not in html
    assert send(client, door, door, **(DECISION | {"document": str(version.document_id)})).status_code == 302
    made = rows(session, TeamDecision)[0]
    assert (made.document_id, made.document_n) == (version.document_id, version.n)
    agency = build.document(session, where.city.agencies["bappeda"], where.city.actor("operator"), b"%PDF-opd")
    session.commit()
    refused = send(client, door, door, **(DECISION | {"number": "2", "document": str(agency.document_id)}))
    assert refused.status_code == 422 and len(rows(session, TeamDecision)) == 1


def test_the_newest_decision_holds_and_a_wrong_one_is_put_right(client, session):
    where = begun(session)
    as_(client, session, where, "coordinator")
    door = f"{here(where)}/keputusan"
    send(client, door, door, **DECISION)
    send(client, door, door, **(DECISION | {"number": "200/2026", "dated": "2026-03-01"}))
    twice = send(client, door, door, **DECISION)
    assert twice.status_code == 422 and "sudah dicatat" in twice.get_data(as_text=True)
    newest = team.decision_of(session, where.assessment(session))
    assert newest.number == "200/2026"
    mend = f"{door}/{newest.id}"
    assert 'value="200/2026"' in client.get(mend).get_data(as_text=True)
    assert send(client, mend, mend, **(DECISION | {"number": "201/2026", "dated": "2026-03-02"})).status_code == 302
    assert team.decision_of(session, where.assessment(session)).number == "201/2026"
    assert "Sebelumnya: nomor 200/2026" in session.scalars(select(Event.note).order_by(Event.id.desc())).first()
    assert client.get(f"{door}/999").status_code == 404


def test_two_who_correct_one_decision_at_once_get_both_texts(client, session):
    where = begun(session)
    as_(client, session, where, "coordinator")
    door = f"{here(where)}/keputusan"
    send(client, door, door, **DECISION)
    made = rows(session, TeamDecision)[0]
    mend, before = f"{door}/{made.id}", hidden(client, f"{door}/{made.id}", f"{door}/{made.id}")
    assert send(client, mend, mend, **(DECISION | {"number": "13/2026", "signatory": "Wali Kota"})).status_code == 302
    late = DECISION | {"number": "14/2026", "dated": "2026-01-06"}
    stale = client.post(mend, data=before | late | {"key": new_key()})
    html = stale.get_data(as_text=True)
    assert stale.status_code == 409 and "13/2026" in html and "14/2026" in html and "5 Januari 2026" in html and "6 Januari 2026" in html
    assert rows(session, TeamDecision)[0].number == "13/2026", "nothing was lost"
    same = before | DECISION | {"number": "13/2026", "signatory": "Wali Kota", "key": new_key()}
    assert client.post(mend, data=same).status_code == 302, "what says the same is no conflict"
    nobody = client.post(mend, data=before | late | {"key": new_key(), "version": ""})
    assert nobody.status_code == 409
    again = dict(re.findall(r'name="(version|key)" value="([^"]*)"', html))
    assert client.post(mend, data=before | late | again).status_code == 302
    assert rows(session, TeamDecision)[0].number == "14/2026"


def test_all_that_is_wrong_with_a_decision_is_said_at_once_and_kept(client, session):
    where = begun(session)
    as_(client, session, where, "round_manager")
    door = f"{here(where)}/keputusan"
    wrong = {"number": "", "dated": "2099-01-01", "signatory": "", "starts_on": "2026-05-01", "ends_on": "2026-01-01", "document": "x"}
    answer = send(client, door, door, **(DECISION | wrong | {"subject": "Yang diketik"}))
    html = answer.get_data(as_text=True)
    assert answer.status_code == 422 and "Yang diketik" in html
    for field in ("number", "dated", "signatory", "ends_on", "document"):
        assert f'href="#{field}"' in html, field
    for text in ("a\u0000b", "x" * 81, "a\u202eb"):
        assert send(client, door, door, **(DECISION | {"number": text})).status_code == 422
    assert rows(session, TeamDecision) == []


# ---------------------------------------------------------------- people


def test_people_are_found_named_changed_and_leave_with_a_trace(client, session):
    where = begun(session)
    as_(client, session, where, "coordinator")
    door = f"{here(where)}/anggota"
    assert "coordinator kota-contoh" in client.get(door).get_data(as_text=True)
    assert "operator kota-contoh" not in client.get(door).get_data(as_text=True)
    found = client.get(f"{door}?cari=OPERATOR").get_data(as_text=True)
    operator = where.city.people["operator"].person_id
    assert f'value="{operator}"' in found
    done = send(client, door, door, cari="operator", person=str(operator), role="member", function="6", title="")
    assert done.status_code == 302
    made = rows(session, TeamMember)[0]
    assert (made.person_id, made.role, made.function, made.title) == (operator, "member", 6, "Operator OPD, Bappeda")
    mine = f"{door}/{operator}"
    assert send(client, mine, mine, role="member", function="12", title="Analis").status_code == 302
    assert rows(session, TeamMember)[0].function == 12
    assert send(client, f"{mine}/keluar", mine).status_code == 302
    assert rows(session, TeamMember) == [] and client.get(mine).status_code == 404
    labels = list(session.scalars(select(Event.label).where(Event.verb == "team").order_by(Event.id)))
    assert [label.split(": ")[0].rsplit(" ", 2)[0] for label in labels] and "keluar dari tim" in labels[-1]


def test_there_is_exactly_one_pelaksana_entri_data(client, session):
    where = begun(session)
    seated(session, where, "entry_officer")
    as_(client, session, where, "round_manager")
    door = f"{here(where)}/anggota"
    other = where.city.people["internal_assessor"].person_id
    refused = send(client, door, door, person=str(other), role="entry_officer", function="3", title="Ketikan saya")
    html = refused.get_data(as_text=True)
    assert refused.status_code == 422 and "hanya satu orang" in html and "Ketikan saya" in html and 'href="#role"' in html
    session.rollback()
    session.add(TeamMember(assessment_id=where.assessment(session).id, person_id=other, role="entry_officer"))
    with pytest.raises(Exception, match=r"(?i)unique"):
        session.flush()
    session.rollback()


BAD = [("person", "", "person"), ("person", "999999", "person"), ("person", "1e3", "person"), ("role", "raja", "role"),
       ("role", "", "role"), ("function", "16", "function"), ("function", "٣", "function"), ("function", "", "function"),
       ("title", "x" * 201, "title"), ("title", "a\u0000", "title")]


@pytest.mark.parametrize(("name", "text", "field"), BAD, ids=lambda value: value[:12])
def test_IN_01_a_place_that_cannot_be_is_told_at_its_field(client, session, name, text, field):
    where = begun(session)
    as_(client, session, where, "round_manager")
    door = f"{here(where)}/anggota"
    good = {"person": str(where.city.people["internal_assessor"].person_id), "role": "member", "function": "3", "title": "Analis"}
    answer = send(client, door, door, **(good | {name: text}))
    assert answer.status_code == 422 and f'href="#{field}"' in answer.get_data(as_text=True)
    assert rows(session, TeamMember) == []


def test_AC_04_people_of_another_instansi_are_not_found(client, session):
    where = begun(session)
    abroad = build.city(session, "Kota Lain")
    session.commit()
    as_(client, session, where, "coordinator")
    door = f"{here(where)}/anggota"
    stranger = abroad.people["coordinator"].person_id
    assert "kota-lain" not in client.get(f"{door}?cari=coordinator").get_data(as_text=True)
    assert send(client, door, door, cari="coordinator", person=str(stranger), role="coordinator").status_code == 422
    with pytest.raises(Refused, match="tidak sedang bertugas"):
        team.add_member(session, where.assessment(session), abroad.people["coordinator"].person, where.city.actor("coordinator"),
                        role="coordinator")


# ---------------------------------------------------------------- what is missing


def test_the_screen_says_which_of_the_fifteen_functions_has_no_member(client, session):
    where = begun(session)
    seated(session, where, "internal_assessor", "member", 3)
    seated(session, where, "inspector", "member", 14)
    html = page(as_(client, session, where, "inspector"), where)
    assert "<b>13 fungsi belum ada anggotanya</b>" in html and html.count("Belum ada anggota<") == 13
    for name in TEAM_FUNCTIONS.values():
        assert name in html
    assert "Koordinator SPBE belum disebut" in html and "Tambah anggota" not in html


def test_names_and_offices_that_disagree_are_said_both_ways(client, session):
    where = begun(session)
    seated(session, where, "internal_assessor", "coordinator")
    html = page(as_(client, session, where, "round_manager"), where)
    assert "internal assessor kota-contoh disebut sebagai Koordinator SPBE, tetapi di portal tidak memegang peran" in html
    assert "coordinator kota-contoh memegang peran" in html and "tetapi tim menyebut internal assessor kota-contoh" in html
    assert "entry officer kota-contoh memegang peran" in html and "belum disebut dalam tim" in html


def test_who_acts_for_the_named_koordinator_is_no_disagreement(session):
    where = begun(session)
    boss = where.city.people["coordinator"]
    acting = build.person(session, "pelaksana harian", where.city.instansi)
    staffing.appoint(session, acting, boss.organization, "coordinator", SYSTEM, kind="plh", acting_for=boss.person,
                     decision_no="1", decision_on=build.day(), starts_on=build.day(), ends_on=build.day())
    for role in team.NAMED:
        seated(session, where, role)
    assessment = where.assessment(session)
    assert team.mismatches(team.team_of(session, assessment), team.officers(session, assessment)) == []


def test_whoever_holds_no_office_any_more_is_shown_as_such_and_proposed_to_nobody(client, session):
    where = begun(session)
    left, stays = seated(session, where, "inspector", "member", 14), seated(session, where, "internal_assessor", "member", 3)
    as_(client, session, where, "round_manager")
    assert "berakhir" not in page(client, where)
    staffing.end_appointment(session, where.city.people["inspector"], SYSTEM)
    dinkes = where.city.agencies["dinkes"]
    dinkes.states[-1].valid_to = build.day()
    session.commit()
    assessment = where.assessment(session)
    assert team.gone(session, assessment, team.team_of(session, assessment)) == {left.person_id}
    html = page(client, where)
    assert html.count("Jabatan sudah berakhir") == 1 and html.count("(jabatan berakhir)") == 1 and stays.person.name in html
    offered = {person.id for person, _place in team.candidates(session, assessment, where.city.people["head_other"].person.name)}
    assert where.city.people["head_other"].person_id not in offered, "its agency is no more"


# ---------------------------------------------------------------- the last round


def test_the_team_of_the_last_round_comes_over_in_one_press(client, session):
    where = begun(session, slug="2025", year=2025)
    for role in team.NAMED:
        seated(session, where, role)
    gone = seated(session, where, "inspector", "member", 14)
    by = where.city.actor("coordinator")
    team.record_decision(session, where.assessment(session), by, team.Decree("1/2025", date(2025, 1, 2), "Wali Kota", date(2025, 1, 2)))
    staffing.end_appointment(session, where.city.people["inspector"], SYSTEM)
    session.commit()
    assert gone.person.name
    build.draft(session, where.city, slug="2026", year=2026)
    build.draft(session, where.city, slug="gladi", year=2026, track="rehearsal")
    session.commit()
    as_(client, session, where, "round_manager")
    new = where.base.replace("2025", "2026") + "/tim"
    assert "Salin tim dari Penilaian mandiri SPBE 2026" in client.get(new).get_data(as_text=True)
    answer = send(client, f"{new}/salinan", new)
    assert answer.status_code == 302
    html = client.get(new).get_data(as_text=True)
    assert "3 orang disalin" in html and "Keputusannya ikut" in html and "Tidak disalin karena tidak bertugas lagi: inspector" in html
    assert "1/2025" in html
    again = send(client, f"{new}/salinan", "")
    assert again.status_code == 409 and "Tidak ada yang dapat disalin" in again.get_data(as_text=True)


def test_a_closed_round_keeps_its_team(client, session):
    where = begun(session)
    seated(session, where, "coordinator")
    session.scalar(select(Period)).state = "closed"
    session.commit()
    as_(client, session, where, "round_manager")
    assert client.get(f"{here(where)}/anggota").status_code == 409
    assert "Tambah anggota" not in page(client, where)


def test_the_page_asks_as_often_for_one_as_for_fifteen(client, session):
    where = begun(session)
    for role in team.NAMED:
        seated(session, where, role)
    as_(client, session, where, "round_manager")
    page(client, where)
    with statements() as few:
        page(client, where)
    assessment = where.assessment(session)
    for n in range(1, 16):
        office = build.office(session, f"anggota {n}", where.city.agencies["dinkes"], "internal_assessor")
        team.add_member(session, assessment, office.person, where.city.actor("coordinator"), role="member", function=n)
    session.commit()
    with statements() as many:
        html = page(client, where)
    assert "Semua fungsi sudah ada anggotanya" in html and re.search("Keputusan", html)
    assert len(few) == len(many) <= 10, many
    person = where.city.people["internal_assessor"].person_id
    sent = hidden(client, f"{here(where)}/anggota", f"{here(where)}/anggota")
    with statements() as saving:
        done = client.post(f"{here(where)}/anggota", data=sent | {"person": [str(person)], "role": ["member"], "function": ["3"], "key": [new_key()]})
    assert done.status_code == 302 and len(saving) <= 14, len(saving)
