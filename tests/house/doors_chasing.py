"""Doors of keeping an eye on a round: progress, matrix, reminders; and of the calendar."""

from tests.house.doors import P, door

ROUND = f"/pengelolaan/{P}"
AT = "/pengelolaan/{slug}"

DOORS: tuple = (
    door(46, "GET", f"{ROUND}/kemajuan", f"{AT}/kemajuan"),
    door(46, "GET", f"{ROUND}/matriks", f"{AT}/matriks"),
    door(46, "GET", f"{ROUND}/matriks/<int:submission>", f"{AT}/matriks/{{isi.submission}}"),
    door(46, "GET", f"{ROUND}/matriks/<int:submission>/<string:item>", f"{AT}/matriks/{{isi.submission}}/I12"),
    door(47, "GET", f"{ROUND}/pengingat", f"{AT}/pengingat"),
    door(47, "GET", f"{ROUND}/pengingat/riwayat", f"{AT}/pengingat/riwayat"),
    door(47, "POST", f"{ROUND}/pengingat/pratinjau", f"{AT}/pengingat/pratinjau", form={"isian": "{isi.submission}"}),
    door(47, "POST", f"{ROUND}/pengingat", f"{AT}/pengingat",
         form={"isian": "{isi.submission}", "text-{isi.submission}": "Mohon dilengkapi."},
         succeeds_in="tests/portal/test_reminders.py"),
    door(47, "POST", f"{ROUND}/pengingat/<int:reminder>/whatsapp", f"{AT}/pengingat/{{reminder}}/whatsapp"),
    door(124, "GET", "/kalender", shared=True),
    door(124, "GET", "/kalender/tanggal.ics", shared=True),
    door(124, "POST", "/kalender/langganan", shared=True),
    door(124, "POST", "/kalender/langganan/akhir", shared=True),
    door(125, "GET", "/kalender/<string:token>.ics", "/kalender/{feed}.ics", shared=True),
)
