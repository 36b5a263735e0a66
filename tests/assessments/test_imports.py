"""What an import of agencies or users would do, line by line, before it does anything."""

from pathlib import Path

import pytest
from sqlalchemy import event, select

from assessments.clock import today
from assessments.exchange.organizations import carry_out_organizations, plan_organizations, read_organizations
from assessments.exchange.people import carry_out_people, newcomers, plan_people, read_people
from assessments.exchange.plans import Plan
from assessments.exchange.tables import read_table
from assessments.models import Account, Organization
from assessments.refusal import Refused
from tests import builders as build

AGENCIES = Path(__file__).parents[2] / "portal" / "demo" / "opd_kota_denpasar_2022.csv"
ZONE = "Asia/Makassar"


@pytest.fixture
def city(session):
    return build.city(session)


def agencies(session, city, text) -> Plan:
    records, complaints, _ = read_organizations(read_table(text.encode()))
    assert complaints == []
    return plan_organizations(session, city.instansi, records)


def users(session, city, *lines, by="round_manager") -> Plan:
    text = "nama;nip;nama_pengguna;surel;kode_opd;peran;mulai\n" + "\n".join(lines)
    records, complaints, _ = read_people(read_table(text.encode()))
    assert complaints == []
    return plan_people(session, city.instansi, city.actor(by), records)


def said(plan) -> list[tuple[int, str]]:
    return [(complaint.line, complaint.column) for complaint in plan.complaints]


def do(session, city, plan):
    carry_out_organizations(session, city.actor("round_manager"), city.instansi, plan, today(ZONE))
    session.flush()
    session.expire_all()


def test_a_table_without_its_columns_is_said_at_once():
    _records, complaints, passed_over = read_organizations(read_table(b"name,name,source\na,b,c,d\n"))
    assert [complaint.line for complaint in complaints] == [1, 1, 2]
    assert "source" in passed_over


@pytest.mark.parametrize("head", ["kode,nama,jenis", "CODE;Name;Kind", "jenis,nama,kode"])
def test_columns_stand_in_any_order_and_under_either_name(session, city, head):
    sign = ";" if ";" in head else ","
    cells = {"kode": "77", "code": "77", "nama": "Dinas Uji", "name": "Dinas Uji", "jenis": "dinas", "kind": "dinas"}
    line = sign.join(cells[name.lower()] for name in head.split(sign))
    plan = agencies(session, city, f"{head}\n{line}\n")
    assert [(step.name, step.record["code"]) for step in plan.adds] == [("Dinas Uji", "77")]


def test_the_list_of_denpasar_is_added_whole_and_then_is_the_same(session, city):
    text = AGENCIES.read_text()
    plan = agencies(session, city, text)
    assert plan.complaints == [] and plan.count == len(plan.adds) == text.count("\n") - 1
    do(session, city, plan)
    again = agencies(session, city, text)
    assert (again.count, again.same, again.complaints) == (0, plan.count, [])


def test_codes_that_lengthen_another_by_two_stand_under_it_and_others_under_the_instansi(session, city):
    do(session, city, agencies(session, city, AGENCIES.read_text()))
    found = {each.code: each for each in session.scalars(select(Organization)) if each.code}
    parents = {code: each.on().parent_id for code, each in found.items()}
    assert parents["0308010102"] == found["03080101"].id and parents["03080101"] == found["030801"].id
    assert parents["200010"] == parents["20001"] == parents["030801"] == city.instansi.id


def test_parents_by_name_may_come_after_those_below_them(session, city):
    do(session, city, agencies(session, city, "kode,nama,jenis,kode_induk\n3,C,unit,2\n2,B,unit,1\n1,A,dinas,\n"))
    found = {each.code: each for each in session.scalars(select(Organization)) if each.code}
    assert found["3"].on().parent_id == found["2"].id and found["2"].on().parent_id == found["1"].id


def test_circles_and_unknown_parents_are_refused(session, city):
    plan = agencies(session, city, "kode,nama,jenis,kode_induk\n1,A,unit,2\n2,B,unit,1\n3,C,unit,9\n4,D,unit,4\n")
    assert sorted(said(plan)) == [(2, "kode_induk"), (3, "kode_induk"), (4, "kode_induk"), (5, "kode_induk")]


def test_another_name_opens_a_new_state_and_an_empty_cell_says_nothing(session, city):
    before = city.agencies["dinkes"].short_name
    plan = agencies(session, city, "kode,nama,nama_singkat,jenis\ndinkes-1,Dinas Kesehatan Kota,,\n")
    assert [step.said for step in plan.changes] == [(("Nama", "Dinas Kesehatan", "Dinas Kesehatan Kota"),)]
    do(session, city, plan)
    states = city.agencies["dinkes"].states
    assert [state.name for state in states] == ["Dinas Kesehatan", "Dinas Kesehatan Kota"]
    assert states[-1].valid_from == today(ZONE) and city.agencies["dinkes"].short_name == before


@pytest.mark.parametrize(
    ("line", "column"),
    [(",Tanpa kode,dinas", "kode"), ("77,,dinas", "nama"), ("77,X,", "jenis"), ("77,X,instansi", "jenis"),
     ("77,X,kerajaan", "jenis"), (f"77,{'x' * 201},dinas", "nama"), (f"{'7' * 41},X,dinas", "kode"),
     ("077,X,dinas", "kode"), ("77,a\u202eb,dinas", "nama")],
)
def test_each_fault_is_said_at_its_line_and_column(session, city, line, column):
    do(session, city, agencies(session, city, "kode,nama,jenis\n0077,Ada,dinas\n"))
    plan = agencies(session, city, f"kode,nama,jenis\n88,Baik,dinas\n{line}\n")
    if line.startswith(("77", "077")):
        assert (3, "kode") in said(plan)
    assert (3, column) in said(plan) and {at for at, _ in said(plan)} == {3}
    with pytest.raises(Refused, match="tidak ada yang diterapkan"):
        do(session, city, plan)


def test_a_code_twice_in_a_file_is_refused_at_the_second(session, city):
    assert said(agencies(session, city, "kode,nama,jenis\n77,A,dinas\n77,B,dinas\n")) == [(3, "kode")]


def test_other_instansi_have_their_own_codes(session, city):
    abroad = build.city(session, "Kota Lain")
    do(session, abroad, agencies(session, abroad, "kode,nama,jenis\n77,Dinas Sana,dinas\n"))
    assert len(agencies(session, city, "kode,nama,jenis\n77,Dinas Sini,dinas\n").adds) == 1


def test_planning_takes_the_same_statements_for_one_line_as_for_hundreds(session, city):
    session.flush()
    counts = []
    for lines in (1, 300):
        text = "kode,nama,jenis\n" + "".join(f"k{n},Unit {n},unit\n" for n in range(lines))
        people = [f"Orang {n};;orang.{n};;dinkes-1;Operator OPD;" for n in range(min(lines, 200))]
        counts.append(_statements(session, lambda t=text, p=people: (agencies(session, city, t), users(session, city, *p))))
    assert counts[0] == counts[1] <= 12


def _statements(session, act) -> int:
    seen = []

    def counted(*_):
        seen.append(1)

    event.listen(session.get_bind(), "before_cursor_execute", counted)
    session.expire_all()
    act()
    event.remove(session.get_bind(), "before_cursor_execute", counted)
    return len(seen)


# ---------------------------------------------------------------- users


def test_users_are_added_with_account_and_office_and_then_are_the_same(session, city):
    lines = ("Ni Satu;199001012015012001;ni.satu;satu@kota.example;dinkes-1;Operator OPD;01-02-2026",
             "Ni Satu;199001012015012001;ni.satu;satu@kota.example;kominfo-1;internal_assessor;",
             "Made Dua;;Made.Dua;;kominfo-1;kepala opd;2026-02-01")
    plan = users(session, city, *lines)
    assert plan.complaints == [] and len(plan.adds) == 3 and newcomers(plan) == ["ni.satu", "made.dua"]
    hashes = {name: f"$argon2id${name}" for name in newcomers(plan)}
    made = carry_out_people(session, city.actor("round_manager"), city.instansi, plan, hashes)
    session.flush()
    assert [account.username for account in made] == ["ni.satu", "made.dua"]
    assert all(account.must_change_password for account in made)
    session.expire_all()
    again = users(session, city, *lines)
    assert (again.count, again.same, again.complaints) == (0, 3, [])


def test_somebody_here_already_keeps_account_and_email(session, city):
    there = city.people["operator"].person.account
    plan = users(session, city, f"Nama Baru;;{there.username};lain@kota.example;dinkes-1;Asesor internal;")
    (step,) = plan.changes
    assert [what for what, _, _ in step.said] == ["Nama", "Jabatan"]
    carry_out_people(session, city.actor("round_manager"), city.instansi, plan, {})
    session.flush()
    session.expire_all()
    there = session.get(Account, there.id)
    assert (there.person.name, there.email, there.password) == ("Nama Baru", None, "!")
    assert len(there.person.appointments) == 2


@pytest.mark.parametrize(
    ("line", "column"),
    [(";;x.y;;dinkes-1;Operator OPD;", "nama"), ("A;1987;x.y;;dinkes-1;Operator OPD;", "nip"),
     ("A;1.98E+17;x.y;;dinkes-1;Operator OPD;", "nip"), ("A;;;;dinkes-1;Operator OPD;", "nama_pengguna"),
     ("A;;198701012010011001;;dinkes-1;Operator OPD;", "nama_pengguna"), ("A;;x.y;bukan;dinkes-1;Operator OPD;", "surel"),
     ("A;;x.y;;tidak-ada;Operator OPD;", "kode_opd"), ("A;;x.y;;;Operator OPD;", "kode_opd"),
     ("A;;x.y;;dinkes-1;Raja;", "peran"), ("A;;x.y;;dinkes-1;Asesor eksternal;", "peran"),
     ("A;;x.y;;dinkes-1;Operator OPD;kemarin", "mulai"), ("A;;x.y;;dinkes-1;Operator OPD;30-02-2026", "mulai"),
     ("A;;x.y;;dinkes-1;Kepala OPD;", "peran"), ("A;;head.kota-contoh;;dinkes-1;Operator OPD;", None),
     ("A;199001012015012001;head.kota-contoh;;dinkes-1;Operator OPD;", "nip")],
)
def test_each_fault_of_a_user_is_said_at_its_line_and_column(session, city, line, column):
    plan = users(session, city, "Baik;;orang.baik;;dinkes-1;Operator OPD;", line)
    assert said(plan) == ([] if column is None else [(3, column)])


def test_lines_of_one_file_do_not_contradict_one_another(session, city):
    plan = users(
        session, city,
        "A;;satu.a;a@kota.example;bappeda-1;Operator OPD;",
        "B;;satu.a;;dinkes-1;Operator OPD;",
        "C;;dua.c;A@kota.example;dinkes-1;Operator OPD;",
        "D;;tiga.d;;kominfo-1;Kepala OPD;",
        "E;;empat.e;;kominfo-1;Kepala OPD;",
        "A;;satu.a;a@kota.example;bappeda-1;Operator OPD;",
    )
    assert said(plan) == [(3, "nama"), (4, "surel"), (6, "peran"), (7, "peran")]


def test_people_of_another_instansi_and_oneself_are_left_alone(session, city):
    abroad = build.city(session, "Kota Lain")
    stranger = abroad.people["operator"].person
    own = city.people["round_manager"].person
    plan = users(
        session, city,
        f"{stranger.name};;{stranger.account.username};;dinkes-1;Operator OPD;",
        f"{own.name};;{own.account.username};;dinkes-1;Kepala OPD;",
        f"{own.name};;{own.account.username};;kominfo-1;Pengelola penilaian;",
    )
    assert (2, "nama_pengguna") in said(plan) and any(line == 3 for line, _ in said(plan))
    assert plan.same == 1
