"""Who works here: organizations, persons, accounts and their dated offices."""

import re
from datetime import date

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, object_session

from .actors import Actor
from .clock import now, today
from .linking import end_links
from .mailing import tell_of_account, usable
from .models import Account, Appointment, Organization, OrganizationState, Person
from .models import Session as SignedIn
from .models.organization import KINDS
from .models.people import APPOINTMENT_KINDS, ROLES
from .policies import obstacle
from .refusal import Refused
from .texts import clean_line, folded
from .workflow import happened

NIP = re.compile(r"[0-9]{18}\Z")
USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{2,58}\Z")
# No password verifies against it: whoever has it comes in by a link.
NO_PASSWORD = "!"  # noqa: S105
PHONE = re.compile(r"[0-9+() -]{5,20}\Z")
ONE_HOLDER = ("agency_head", "coordinator", "responsible_officer", "entry_officer")


def slug_from(session: Session, name: str) -> str:
    """A short address part that no other organization has."""
    base = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:60] or "organisasi"
    taken = set(session.scalars(select(Organization.slug).where(Organization.slug.like(f"{base}%"))))
    slug, n = base, 2
    while slug in taken:
        slug, n = f"{base}-{n}", n + 1
    return slug


def add_organization(
    session: Session,
    by: Actor,
    *,
    name: str,
    kind: str,
    instansi: Organization | None,
    code: str = "",
    short_name: str = "",
    parent: Organization | None = None,
    valid_from: date | None = None,
    zone: str | None = None,
) -> Organization:
    """A new organization under an instansi (or an instansi of its own), named from `valid_from` on."""
    name = clean_line(name, 200, "Nama organisasi", "name", required=True)
    short_name = clean_line(short_name, 60, "Nama singkat", "short_name")
    code = clean_line(code, 40, "Kode", "code")
    if kind not in KINDS:
        raise Refused(f"Jenis organisasi “{kind}” tidak dikenal.", field="kind")
    if code and instansi is not None and organization_by_code(session, instansi, code) is not None:
        raise Refused(f"Kode {code} sudah dipakai organisasi lain.", field="code")
    organization = Organization(instansi=instansi, slug=slug_from(session, short_name or name), zone=zone)
    organization.states.append(
        OrganizationState(
            valid_from=valid_from or date(2000, 1, 1),
            parent_id=parent.id if parent else (instansi.id if instansi else None),
            kind=kind,
            code=code or None,
            name=name,
            short_name=short_name or None,
        )
    )
    session.add(organization)
    return organization


def organization_by_code(session: Session, instansi: Organization, code: str) -> Organization | None:
    """The organization that bears a code now."""
    return session.scalar(
        select(Organization)
        .join(OrganizationState, OrganizationState.organization_id == Organization.id)
        .where(
            or_(Organization.instansi_id == instansi.id, Organization.id == instansi.id),
            OrganizationState.code == code,
            OrganizationState.valid_to.is_(None),
        )
    )


def add_person(
    session: Session, *, name: str, nip: str = "", home: Organization | None = None, local_id: str = "", phone: str = ""
) -> Person:
    """Somebody with a NIP (18 digits), or without one: then the home office gives a local ID."""
    name = clean_line(name, 120, "Nama", "name", required=True)
    nip = re.sub(r"\s", "", nip or "")
    local_id = clean_line(local_id, 30, "ID lokal", "local_id")
    if nip and not NIP.match(nip):
        raise Refused("NIP harus 18 angka.", field="nip")
    if nip and session.scalar(select(Person.id).where(Person.nip == nip)):
        raise Refused("NIP ini sudah terdaftar.", field="nip")
    if not nip and home is None:
        raise Refused("Pegawai tanpa NIP harus punya organisasi asal.", field="nip")
    if not nip and not local_id:
        local_id = _next_local_id(session, home)
    elif local_id and session.scalar(select(Person.id).where(Person.home_org == home, Person.local_id == local_id)):
        raise Refused("ID lokal ini sudah dipakai di organisasi itu.", field="local_id")
    person = Person(
        name=name,
        nip=nip or None,
        home_org=home,
        local_id=local_id or None,
        phone=clean_line(phone, 20, "Telepon", "phone") or None,
    )
    session.add(person)
    return person


def _next_local_id(session: Session, home: Organization) -> str:
    return local_id_of(home, local_ids(session, home) + 1)


def local_ids(session: Session, home: Organization) -> int:
    """How many people of this office go by a local ID."""
    return session.scalar(select(func.count()).where(Person.home_org_id == home.id, Person.local_id.is_not(None))) or 0


def local_id_of(home: Organization, n: int) -> str:
    # An office without a code lends its slug, which is longer than the column.
    return f"{(home.code or home.slug)[:24].rstrip('-')}-{n:03d}"


def add_account(
    session: Session, person: Person, *, username: str, email: str = "", password_hash: str, first: bool = False
) -> Account:
    """A way to sign in. Names that look alike cannot coexist. A `first` password must be changed at the first sign-in."""
    key = folded(username)
    if not USERNAME.match(key):
        raise Refused(
            "Nama pengguna 3 sampai 59 huruf kecil, angka, titik, garis bawah, atau tanda hubung.", field="username"
        )
    if NIP.match(key):
        raise Refused("Nama pengguna tidak boleh berupa NIP; dengan NIP orang sudah dapat masuk.", field="username")
    if session.scalar(select(Account.id).where(Account.username_folded == key)):
        raise Refused("Nama pengguna ini sudah dipakai.", field="username")
    email = free_email(session, email)
    account = Account(
        person=person,
        username=key,
        username_folded=key,
        email=email or None,
        email_folded=folded(email) if email else None,
        password=password_hash,
        must_change_password=first,
    )
    session.add(account)
    return account


def free_email(session: Session, email: str, owner: Account | None = None) -> str:
    """The address as it is kept; refused where it is no address, or where it is somebody else's."""
    email = clean_line(email, 254, "Surel", "email")
    if not email:
        return ""
    if not usable(email):
        raise Refused("Alamat surel tidak lengkap. Contoh: nama@kota.go.id.", field="email")
    holder = session.scalar(select(Account.id).where(Account.email_folded == folded(email)))
    if holder is not None and (owner is None or holder != owner.id):
        raise Refused("Alamat surel ini sudah dipakai.", field="email")
    return email


def introduce(person: Person, name: str, phone: str) -> None:
    """What one is called and where one is reached."""
    name = clean_line(name, 120, "Nama", "name", required=True)
    phone = clean_line(phone, 20, "Telepon", "phone")
    if phone and not PHONE.match(phone):
        raise Refused("Nomor telepon hanya angka, spasi, dan tanda +, -, ( ).", field="phone")
    person.name, person.phone = name, phone or None


def change_email(session: Session, account: Account, email: str, by: Actor) -> bool:
    """Another address for notices and, later, for a forgotten password. Leaves a line the owner sees; False if the same."""
    email = free_email(session, email, account)
    if email == (account.email or ""):
        return False
    tell_of_account(session, account, "Alamat surel akun Anda di portal SPBE diganti.", f"email:{now().isoformat()}")
    end_links(session, account)
    account.email, account.email_folded = email or None, folded(email) if email else None
    happened(account, "email", "Alamat surel akun diubah", by)
    return True


def appoint(
    session: Session,
    person: Person,
    organization: Organization,
    role: str,
    by: Actor,
    *,
    title: str = "",
    starts_on: date | None = None,
    ends_on: date | None = None,
    kind: str = "definitive",
    acting_for: Person | None = None,
    decision_no: str = "",
    decision_on: date | None = None,
) -> Appointment:
    """Give somebody an office from one day on. One definitive holder at a time where the office has only one."""
    if role not in ROLES:
        raise Refused("Peran tidak dikenal.", field="role")
    starts_on = starts_on or today(organization.clock_zone)
    if organization.ended_on is not None:
        raise Refused(f"{organization.short_name} sudah berakhir, jadi tidak ada jabatan baru di sana.", field="organization")
    if ends_on and ends_on < starts_on:
        raise Refused("Tanggal selesai mendahului tanggal mulai.", field="ends_on")
    if kind != "definitive" and not (acting_for and decision_no.strip() and decision_on):
        raise Refused("Plt. atau Plh. harus menyebut pejabat yang diwakili, nomor dan tanggal keputusan.", field="decision_no")
    if kind not in APPOINTMENT_KINDS:
        raise Refused("Jenis jabatan tidak dikenal.", field="kind")
    if acting_for is not None and acting_for is person:
        raise Refused("Pejabat yang diwakili harus orang lain.", field="acting_for")
    if person.id is not None and person.id == by.person_id and not by.system:
        raise Refused("Anda tidak dapat mengubah akun atau jabatan Anda sendiri.")
    if role in ONE_HOLDER:
        # Two who appoint at once take turns: the second sees what the first wrote.
        session.execute(select(Organization.id).where(Organization.id == organization.id).with_for_update())
        rival = _overlapping(session, organization, role, starts_on, ends_on, kind == "definitive")
        if rival is not None:
            raise Refused(
                f"{rival.label} {organization.short_name} pada tanggal itu sudah dijabat {rival.person.name}. "
                "Akhiri dulu jabatan itu.",
                field="starts_on",
            )
    if person.id is not None and _held_already(session, person, organization, role, starts_on, ends_on):
        raise Refused(f"{person.name} sudah memegang jabatan itu pada hari-hari tersebut.", field="role")
    appointment = Appointment(
        person=person,
        organization=organization,
        role=role,
        title=clean_line(title, 160, "Jabatan", "title") or None,
        starts_on=starts_on,
        ends_on=ends_on,
        kind=kind,
        acting_for=acting_for,
        decision_no=clean_line(decision_no, 80, "Nomor keputusan", "decision_no") or None,
        decision_on=decision_on,
    )
    session.add(appointment)
    return appointment


def _held_already(
    session: Session, person: Person, organization: Organization, role: str, starts_on: date, ends_on: date | None
) -> bool:
    """Whether this person holds the very same office in some of these days."""
    same = select(Appointment.id).where(
        Appointment.person_id == person.id, Appointment.organization_id == organization.id, Appointment.role == role,
        or_(Appointment.ends_on.is_(None), Appointment.ends_on >= starts_on),
    )
    if ends_on is not None:
        same = same.where(Appointment.starts_on <= ends_on)
    return session.scalar(same.limit(1)) is not None


def _overlapping(
    session: Session, organization, role: str, starts_on: date, ends_on: date | None, definitive: bool
) -> Appointment | None:
    """Who holds the office in these days, or acts in it: one holder, and beside him one acting official, at a time."""
    rivals = select(Appointment).where(
        Appointment.organization_id == organization.id,
        Appointment.role == role,
        (Appointment.kind == "definitive") == definitive,
        or_(Appointment.ends_on.is_(None), Appointment.ends_on >= starts_on),
    )
    if ends_on is not None:
        rivals = rivals.where(Appointment.starts_on <= ends_on)
    return session.scalar(rivals.limit(1))


def end_appointment(session: Session, appointment: Appointment, by: Actor, ends_on: date | None = None) -> None:
    """Withdraw an office; it stops to count on the next request once its last day is over.

    Without a day it ends yesterday, that is at once. The last system admin of an instansi stays.
    """
    sentence = obstacle(by, "write", appointment)
    if sentence:
        raise Refused(sentence)
    day = today(appointment.organization.clock_zone)
    last = ends_on if ends_on is not None else date.fromordinal(day.toordinal() - 1)
    if ends_on is not None and ends_on < appointment.starts_on:
        raise Refused("Tanggal akhir jabatan mendahului tanggal mulainya.", field="ends_on")
    if appointment.ends_on is not None and appointment.ends_on < day:
        raise Refused("Jabatan ini sudah berakhir. Beri jabatan baru bila orangnya kembali.")
    _keep_an_admin(session, appointment)
    if last < appointment.starts_on:
        # It had not counted for a whole day: it is as if it had never begun.
        appointment.starts_on = last
    appointment.ends_on = last


def set_active(session: Session, account: Account, active: bool, by: Actor) -> None:
    """Switch an account off or on; switched off it is signed out everywhere at once."""
    sentence = obstacle(by, "write", account)
    if sentence:
        raise Refused(sentence)
    if not active:
        for appointment in account.person.appointments:
            if appointment.held_on():
                _keep_an_admin(session, appointment)
        end_links(session, account)
        for signed_in in session.scalars(select(SignedIn).where(SignedIn.account_id == account.id)):
            session.delete(signed_in)
    account.active = active


def _keep_an_admin(session: Session, leaving: Appointment) -> None:
    if leaving.role != "system_admin":
        return
    root = leaving.organization.root_id
    day = today(leaving.organization.clock_zone)
    # Every possible admin is locked, office and account, so that two people cannot remove the last two at once.
    others = session.scalars(
        select(Appointment)
        .join(Account, Account.person_id == Appointment.person_id)
        .join(Organization, Organization.id == Appointment.organization_id)
        .where(
            Appointment.role == "system_admin",
            Appointment.starts_on <= day,
            or_(Appointment.ends_on.is_(None), Appointment.ends_on >= day),
            Account.active,
            or_(Organization.id == root, Organization.instansi_id == root),
        )
        .order_by(Appointment.id)
        .with_for_update(of=(Appointment, Account))
        .execution_options(populate_existing=True)
    ).all()
    if all(other.person_id == leaving.person_id for other in others):
        raise Refused("Ini admin sistem terakhir. Angkat admin lain dulu.")


def change_password(
    session: Session, account: Account, password_hash: str, by: Actor, keep: str | None = None
) -> None:
    """A new password ends every link and every other session of the account (`keep` is the token hash that stays)."""
    end_links(session, account)
    tell_of_account(
        session, account, "Kata sandi akun Anda di portal SPBE diganti, dan semua perangkat lain sudah dikeluarkan.",
        f"password:{now().isoformat()}",
    )
    account.password, account.password_changed_at, account.must_change_password = password_hash, now(), False
    happened(account, "password", "Kata sandi akun diganti", by)
    for signed_in in session.scalars(select(SignedIn).where(SignedIn.account_id == account.id)):
        if signed_in.token_hash != keep:
            session.delete(signed_in)


def issue_first_password(account: Account, password_hash: str, by: Actor) -> None:
    """Another first password for an account whose owner has not set one: it was lost before it was used."""
    sentence = obstacle(by, "write", account)
    if sentence:
        raise Refused(sentence)
    if not account.must_change_password:
        raise Refused("Pemilik akun sudah memakai kata sandinya sendiri; orang lain tidak dapat menggantinya.")
    end_links(object_session(account), account)
    account.password = password_hash
    happened(account, "first_password", "Kata sandi awal dibuat", by)


def rename_organization(
    session: Session, organization: Organization, by: Actor, from_day: date, *, name: str, short_name: str, code: str,
    kind: str, parent: Organization | None,
) -> OrganizationState:
    """What an organization is called, and where it stands, from one day on; what it was called before stays."""
    name = clean_line(name, 200, "Nama organisasi", "name", required=True)
    short_name = clean_line(short_name, 60, "Nama singkat", "short_name")
    code = clean_line(code, 40, "Kode", "code")
    if kind not in KINDS:
        raise Refused("Pilih jenis organisasi.", field="kind")
    if organization.instansi_id is None and kind != organization.kind:
        raise Refused("Jenis instansi tidak dapat diganti.", field="kind")
    if parent is not None:
        _refuse_circle(session, organization, parent)
    root = organization.instansi or organization
    bearer = organization_by_code(session, root, code) if code else None
    if bearer is not None and bearer is not organization:
        raise Refused(f"Kode {code} sudah dipakai {bearer.name}.", field="code")
    return organization.rename(
        from_day, name=name, short_name=short_name or None, code=code or None, kind=kind,
        parent_id=parent.id if parent else organization.instansi_id,
    )


def _refuse_circle(session: Session, organization: Organization, parent: Organization) -> None:
    """Nobody stands under themselves."""
    above = dict(
        session.execute(
            select(OrganizationState.organization_id, OrganizationState.parent_id).where(
                OrganizationState.valid_to.is_(None)
            )
        ).all()
    )
    at = parent.id
    while at is not None:
        if at == organization.id:
            raise Refused("Organisasi tidak dapat berada di bawah dirinya sendiri.", field="parent")
        at = above.get(at)
