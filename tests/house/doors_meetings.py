"""Doors of interviu and visitasi: schedule, session, promised evidence, minutes."""

from tests.house.doors import I, P, S, door

ROOM = f'/asesmen/{P}/{S}/<any("interviu","visitasi"):room>'
ONE = f"{ROOM}/<int:meeting>"
AT = "/asesmen/{slug}/{subject}/interviu"
NEW, RUNS, DONE = AT + "/{temu.arranged}", AT + "/{temu.running}", AT + "/{temu.ended}"
VISIT = "/asesmen/{slug}/{subject}/visitasi/{temu.visit}"
PROMISE = f"{ONE}/janji/<int:promise>"
MINUTES = f"{ONE}/berita-acara"
TRIED = "tests/portal/test_session_minutes.py"
WHEN = {"day": "2027-01-10", "since": "09.00", "until": "11.00", "mode": "online", "link": "https://rapat.contoh.go.id/a",
        "butir": "I12", "tanya-I12": "Apa?"}

DOORS: tuple = (
    door(176, "GET", ROOM, AT, slug="temu"),
    door(78, "GET", f"{ROOM}/baru", AT + "/baru", slug="temu"),
    door(78, "POST", f"{ROOM}/baru", AT + "/baru", slug="temu", form=WHEN),
    door(176, "GET", ONE, NEW, slug="temu"),
    door(177, "GET", f"{ONE}/jadwal", NEW + "/jadwal", slug="temu"),
    door(177, "POST", f"{ONE}/jadwal", NEW + "/jadwal", slug="temu", form={"day": ""}),
    door(177, "POST", f"{ONE}/konfirmasi", NEW + "/konfirmasi", slug="temu"),
    door(177, "POST", f"{ONE}/pembatalan", NEW + "/pembatalan", slug="temu", form={"why": ""}),
    door(78, "GET", f"{ONE}/agenda", NEW + "/agenda", slug="temu"),
    door(78, "POST", f"{ONE}/agenda", NEW + "/agenda", slug="temu", form={"butir": "I12", "tanya-I12": "Bagaimana penerapan I12?"}),
    door(78, "GET", f"{ONE}/peserta", NEW + "/peserta", slug="temu"),
    door(78, "POST", f"{ONE}/peserta", NEW + "/peserta", slug="temu", form={"nama": "x" * 161, "jabatan": "", "pihak": "respondent"}),
    door(176, "GET", f"{ONE}/undangan.ics", NEW + "/undangan.ics", slug="temu"),
    door(78, "POST", f"{ONE}/mulai", RUNS + "/mulai", slug="temu"),
    door(78, "POST", f"{ONE}/kehadiran", RUNS + "/kehadiran", slug="temu", form={"hadir-1": "hadir"}),
    door(176, "GET", f"{ONE}/butir/{I}", RUNS + "/butir/I12", slug="temu"),
    door(78, "POST", f"{ONE}/butir/{I}", RUNS + "/butir/I12", slug="temu", form={"answer": "Dijelaskan.", "version": "1"}),
    door(78, "POST", f"{ONE}/butir/{I}/simpan-otomatis", RUNS + "/butir/I12/simpan-otomatis", slug="temu",
         form={"answer": "Dijelaskan.", "version": "2"}),
    door(78, "POST", f"{ONE}/butir/{I}/janji", RUNS + "/butir/I12/janji", slug="temu",
         form={"text": "SK", "organization": "{temu.agency}", "due_day": "2027-02-01"}),
    door(78, "POST", f"{ONE}/butir/{I}/foto", VISIT + "/butir/I12/foto", slug="temu", succeeds_in="tests/portal/test_session_notes.py"),
    door(66, "GET", f"{ONE}/foto/<int:n>", VISIT + "/foto/1", slug="temu"),
    door(176, "GET", PROMISE, RUNS + "/janji/{temu.promise}", slug="temu"),
    door(77, "POST", PROMISE, RUNS + "/janji/{temu.promise}", slug="temu", form={"document": ""}),
    door(78, "POST", f"{PROMISE}/pencabutan", RUNS + "/janji/{temu.promise}/pencabutan", slug="temu"),
    door(78, "POST", f"{ONE}/selesai", RUNS + "/selesai", slug="temu"),
    door(66, "GET", MINUTES, DONE + "/berita-acara", slug="temu"),
    door(178, "POST", MINUTES, DONE + "/berita-acara", slug="temu", succeeds_in=TRIED),
    door(178, "POST", f"{MINUTES}/penarikan", DONE + "/berita-acara/penarikan", slug="temu", succeeds_in=TRIED),
    door(66, "GET", f"{MINUTES}/<string:number>", DONE + "/berita-acara/{temu.minutes}", slug="temu"),
)
