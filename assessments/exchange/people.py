"""Users from a file: who would get an account, which offices would be given, and what cannot be taken.

A person is known by NIP, and without one by the user name. One line gives one office; the same person may have several
lines. Somebody who is here already keeps account, e-mail and password: only the name and further offices can change.
"""

import re
from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from ..actors import Actor
from ..clock import today
from ..mailing import usable
from ..models import Account, Appointment, Organization, Person
from ..models.people import ROLES
from ..refusal import Refused
from ..staffing import NIP, NO_PASSWORD, ONE_HOLDER, USERNAME, appoint, introduce, local_id_of, local_ids
from ..texts import clean_line, folded
from .plans import Complaint, Plan, Record, Step, records_of
from .tables import Row

COLUMNS = {
    "name": ("nama", "name"),
    "nip": ("nip",),
    "username": ("nama_pengguna", "username"),
    "email": ("surel", "email"),
    "code": ("kode_opd", "kode"),
    "role": ("peran", "role"),
    "from": ("mulai", "sejak"),
}
MOST = 5000
WITH_FIRST_PASSWORD = 200  # of one file: each takes a tenth of a second to hash, and is shown a single time
FROM_OUTSIDE = ("assessor", "panel_lead", "reviewer")
GIVEN = {code: label for code, label in ROLES.items() if code not in FROM_OUTSIDE}
WORDS = {word.casefold(): code for code, label in GIVEN.items() for word in (code, label)}


@dataclass
class Here:
    """What the portal knows of the people and offices the file speaks of."""

    agencies: dict[str, Organization]
    by_nip: dict[str, Person]
    by_username: dict[str, Account]
    emails: dict[str, Account]
    heads: dict[tuple[int, str], list[Appointment]]


def read_people(rows: list[Row]) -> tuple[list[Record], list[Complaint], list[str]]:
    """The lines of a table of users, what is wrong with its shape, and the columns nobody asked for."""
    return records_of(rows, COLUMNS, ("name", "username", "code", "role"))


def plan_people(session: Session, instansi: Organization, by: Actor, records: list[Record]) -> Plan:
    """What carrying out these lines would do now. Reads only; the statements do not grow with the lines."""
    plan = Plan()
    if len(records) > MOST:
        plan.complaints.append(Complaint(records[MOST].line, "", f"Paling banyak {MOST} baris dalam satu berkas."))
        return plan
    records = [_cleaned(plan, record) for record in records]
    here = _here(session, instansi, records)
    seen: dict[str, Record] = {}
    offices: dict[tuple, int] = {}
    for record in records:
        organization, role, starts_on = _office(plan, record, here)
        person = _person(plan, record, here, instansi, by)
        first = seen.setdefault(record["nip"] or record["username"], record)
        _check_agreement(plan, record, first)
        if plan.refuses(record):
            continue
        _check_rivals(plan, record, here, offices, person, organization, role, starts_on)
        if plan.refuses(record):
            continue
        office = f"{ROLES[role]}, {organization.short_name}"
        if person is None:
            plan.adds.append(
                Step(record.line, record["name"], (("Nama pengguna", "", record["username"]), ("Jabatan", "", office)), record)
            )
            continue
        said = [("Nama", person.name, record["name"])] if person.name != record["name"] else []
        if not any(a.role == role and a.organization_id == organization.id and _lasts(a) for a in person.appointments):
            said.append(("Jabatan", "", office))
        if said and person.id == by.person_id:
            plan.complain(record, "nama_pengguna", "Anda tidak dapat mengubah akun atau jabatan Anda sendiri.")
        elif said:
            plan.changes.append(Step(record.line, person.name, tuple(said), record))
        else:
            plan.same += 1
    return plan


def newcomers(plan: Plan) -> list[str]:
    """The user names that will get an account: each needs a first password."""
    return list(dict.fromkeys(step.record["username"] for step in plan.adds))


def without_letter(plan: Plan, names: list[str], invite: bool) -> list[str]:
    """The user names that need a first password on paper: all, or with invitations those without an address.

    Adds a complaint where they are too many for one file.
    """
    addresses = {step.record["username"]: step.record["email"] for step in plan.adds}
    on_paper = [name for name in names if not (invite and usable(addresses[name]))]
    if len(on_paper) > WITH_FIRST_PASSWORD:
        plan.complaints.append(Complaint(
            0, "surel", f"{len(on_paper)} akun baru memerlukan kata sandi awal di kertas, paling banyak {WITH_FIRST_PASSWORD} "
            "sekali impor. Isi surelnya dan pilih undangan, atau bagi berkasnya.",
        ))
    return on_paper


def carry_out_people(
    session: Session, by: Actor, instansi: Organization, plan: Plan, hashes: dict[str, str]
) -> list[Account]:
    """Do what the plan says; `hashes` are {user name: hashed first password}, whoever has none waits for a link.

    Gives the new accounts. What the plan has looked at is not asked again for each line, so thousands are stored in as
    many statements as the driver needs to carry them.
    """
    if plan.complaints:
        raise Refused("Berkas ini masih memuat baris yang ditolak, jadi tidak ada yang diterapkan.")
    records = [step.record for step in (*plan.adds, *plan.changes)]
    here = _here(session, instansi, records)
    made = _add_people(session, plan, here, hashes)
    single = []
    for step in plan.adds:
        record = step.record
        organization, role = here.agencies[record["code"]], WORDS[record["role"].casefold()]
        person, starts_on = made[record["username"]].person, _day(record["from"]) or today(organization.clock_zone)
        if role in ONE_HOLDER:
            single.append((person, organization, role, starts_on))
        else:
            session.add(Appointment(person=person, organization=organization, role=role, starts_on=starts_on))
    session.flush()
    for person, organization, role, starts_on in single:
        appoint(session, person, organization, role, by, starts_on=starts_on)
        session.flush()
    for step in plan.changes:
        record = step.record
        known = here.by_nip.get(record["nip"]) or here.by_username[record["username"]].person
        for what, _before, _after in step.said:
            if what == "Nama":
                introduce(known, record["name"], known.phone or "")
            else:
                appoint(session, known, here.agencies[record["code"]], WORDS[record["role"].casefold()], by,
                        starts_on=_day(record["from"]))
        session.flush()
    return list(made.values())


def _add_people(session: Session, plan: Plan, here: Here, hashes: dict[str, str]) -> dict[str, Account]:
    """{user name: new account}, each with its person, stored together."""
    numbered: dict[int, int] = {}
    made: dict[str, Account] = {}
    for step in plan.adds:
        record = step.record
        if record["username"] in made:
            continue
        home, local_id = here.agencies[record["code"]], None
        if not record["nip"]:
            if home.id not in numbered:
                numbered[home.id] = local_ids(session, home)
            numbered[home.id] += 1
            local_id = local_id_of(home, numbered[home.id])
        person = Person(name=record["name"], nip=record["nip"] or None, home_org=home, local_id=local_id)
        email = clean_line(record["email"], 254, "Surel", "email")
        made[record["username"]] = Account(
            person=person, username=record["username"], username_folded=record["username"], email=email or None,
            email_folded=folded(email) if email else None, password=hashes.get(record["username"], NO_PASSWORD),
            must_change_password=True,
        )
    session.add_all(made.values())
    session.flush()
    return made


def _here(session: Session, instansi: Organization, records: list[Record]) -> Here:
    agencies = session.scalars(
        select(Organization).where(or_(Organization.instansi_id == instansi.id, Organization.id == instansi.id))
    ).all()
    whole = (
        joinedload(Person.account),
        selectinload(Person.appointments).joinedload(Appointment.organization),
        joinedload(Person.home_org),
    )
    nips = {record["nip"] for record in records if record["nip"]}
    names = {record["username"] for record in records}
    emails = {folded(record["email"]) for record in records if record["email"]}
    people = session.scalars(select(Person).where(Person.nip.in_(nips)).options(*whole)).all()
    accounts = session.scalars(
        select(Account)
        .where(or_(Account.username_folded.in_(names), Account.email_folded.in_(emails)))
        .options(joinedload(Account.person).options(*whole))
    ).all()
    heads: dict[tuple[int, str], list[Appointment]] = {}
    for office in session.scalars(
        select(Appointment)
        .where(
            Appointment.role.in_(ONE_HOLDER),
            Appointment.kind == "definitive",
            Appointment.organization_id.in_([each.id for each in agencies]),
        )
        .options(joinedload(Appointment.person))
    ):
        heads.setdefault((office.organization_id, office.role), []).append(office)
    return Here(
        {each.code: each for each in agencies if each.code and each.ended_on is None}
        | {each.slug: each for each in agencies if each.ended_on is None},
        {each.nip: each for each in people},
        {each.username_folded: each for each in accounts},
        {each.email_folded: each for each in accounts if each.email_folded},
        heads,
    )


def _cleaned(plan: Plan, record: Record) -> Record:
    cells = dict(record.cells)
    try:
        cells["name"] = clean_line(record["name"], 120, "Nama", required=True)
    except Refused as refusal:
        plan.complain(record, "nama", " ".join(refusal.sentences))
    cells["nip"] = record["nip"].replace(" ", "").removeprefix("'")
    if cells["nip"] and not NIP.match(cells["nip"]):
        plan.complain(record, "nip", "NIP harus 18 angka. Di lembar kerja, simpan kolomnya sebagai teks.")
    cells["username"] = folded(record["username"])
    if not USERNAME.match(cells["username"]) or NIP.match(cells["username"]):
        plan.complain(
            record, "nama_pengguna",
            "Nama pengguna 3 sampai 59 huruf kecil, angka, titik, garis bawah, atau tanda hubung, dan bukan NIP.",
        )
    if record["email"] and not usable(record["email"]):
        plan.complain(record, "surel", "Alamat surel tidak lengkap. Contoh: nama@kota.go.id.")
    return Record(record.line, cells)


def _office(plan: Plan, record: Record, here: Here) -> tuple[Organization | None, str, date | None]:
    organization = here.agencies.get(record["code"])
    if organization is None:
        plan.complain(record, "kode_opd", f"Kode {record['code'][:40] or 'kosong'} tidak dikenal pada daftar organisasi.")
    role = WORDS.get(record["role"].casefold(), "")
    if not role:
        plan.complain(record, "peran", f"Peran tidak dikenal. Pilihannya: {', '.join(GIVEN.values())}.")
    starts_on = _day(record["from"])
    if record["from"] and starts_on is None:
        plan.complain(record, "mulai", "Tanggal mulai tidak dapat dibaca. Tulis seperti 26-08-2026 atau 2026-08-26.")
    return organization, role, starts_on


def _person(plan: Plan, record: Record, here: Here, instansi: Organization, by: Actor) -> Person | None:
    """Who the line speaks of, where the person is here already."""
    by_nip = here.by_nip.get(record["nip"]) if record["nip"] else None
    account = here.by_username.get(record["username"])
    person = by_nip or (account.person if account else None)
    if person is None:
        if record["email"] and folded(record["email"]) in here.emails:
            plan.complain(record, "surel", "Alamat surel ini sudah dipakai.")
        return None
    if _home(person) != instansi.id:
        plan.complain(record, "nip" if by_nip else "nama_pengguna", "NIP atau nama pengguna ini sudah terdaftar.")
    elif person.account is None or person.account.username_folded != record["username"]:
        plan.complain(record, "nama_pengguna", "NIP ini sudah terdaftar dengan nama pengguna lain.")
    elif record["nip"] and person.nip != record["nip"]:
        plan.complain(record, "nip", "Nama pengguna ini sudah dipakai orang lain.")
    return person


def _home(person: Person) -> int | None:
    if person.home_org is not None:
        return person.home_org.root_id
    return next((held.organization.root_id for held in person.appointments), None)


def _check_agreement(plan: Plan, record: Record, first: Record) -> None:
    """Lines about one person agree, and one user name or e-mail is not given to two."""
    if first is not record and (first["username"], first["name"]) != (record["username"], record["name"]):
        plan.complain(record, "nama", f"Berbeda dengan baris {first.line} untuk orang yang sama.")


def _check_rivals(plan: Plan, record: Record, here: Here, offices: dict, person, organization, role, starts_on) -> None:
    who = record["nip"] or record["username"]
    for kind, key in (("nama_pengguna", record["username"]), ("surel", folded(record["email"]))):
        if key and offices.setdefault((kind, key), who) != who:
            plan.complain(record, kind, "Sudah dipakai orang lain di berkas ini.")
    if (line := offices.setdefault(("jabatan", who, organization.id, role), record.line)) != record.line:
        plan.complain(record, "peran", f"Jabatan ini sudah tertulis di baris {line}.")
    if role not in ONE_HOLDER:
        return
    start = starts_on or today(organization.clock_zone)
    holders = [held for held in here.heads.get((organization.id, role), ()) if held.ends_on is None or held.ends_on >= start]
    other = next((held for held in holders if person is None or held.person_id != person.id), None)
    if other is not None:
        plan.complain(
            record, "peran", f"{ROLES[role]} {organization.short_name} sudah dijabat {other.person.name}. Akhiri dulu jabatan itu."
        )
    if offices.setdefault(("pejabat", organization.id, role), who) != who:
        plan.complain(record, "peran", f"{ROLES[role]} {organization.short_name} tertulis untuk dua orang.")


def _lasts(office: Appointment) -> bool:
    return office.ends_on is None or office.ends_on >= today(office.organization.clock_zone)


def _day(text: str) -> date | None:
    parts = re.fullmatch(r"(\d{4})-(\d{2})-(\d{2})", text, re.ASCII)
    turned = re.fullmatch(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})", text, re.ASCII)
    numbers = parts.groups() if parts else turned.groups()[::-1] if turned else None
    try:
        day = date(*map(int, numbers)) if numbers else None
    except ValueError:
        return None
    return day if day and 1945 <= day.year <= 2100 else None
