"""Doors of an assessor at the desk."""

from tests.house.doors import I, P, S, door

DESK = f"/asesmen/{P}/{S}/butir/{I}"
AT = "/asesmen/{slug}/{subject}/butir/I12"
FREE = "/asesmen/{slug}/{subject}/butir/I05"

DOORS: tuple = (
    door(12, "GET", "/asesmen", shared=True),
    door(68, "GET", f"/asesmen/{P}/{S}/pernyataan", "/asesmen/{slug}/{subject}/pernyataan", slug="nilai"),
    door(68, "POST", f"/asesmen/{P}/{S}/pernyataan", "/asesmen/{slug}/{subject}/pernyataan", slug="nilai",
         form={"word": "free"}),
    door((72, 74), "GET", DESK, AT, slug="nilai"),
    door((70, 71), "POST", DESK, FREE, slug="nilai",
         form={"then": "berikutnya", "version": "0", "value": "3", "facts": "Fakta."}),
    door(70, "POST", f"{DESK}/simpan-otomatis", f"{FREE}/simpan-otomatis", slug="nilai",
         form={"version": "0", "value": "3", "facts": "Fakta."}),
    door(71, "POST", f"{DESK}/tarik", "/asesmen/{slug}/{subject}/butir/I20/tarik", slug="nilai"),
    door(75, "POST", f"{DESK}/bukti/<int:citation>", AT + "/bukti/{nilai.judged_citation}", slug="nilai"),
    door(64, "GET", "/bukti/<int:document>/<int:n>/berkas", "/bukti/{nilai.document}/{nilai.n}/berkas", slug="nilai"),
    door(67, "GET", f"/asesmen/{P}/{S}/klaim/{I}", "/asesmen/{slug}/{subject}/klaim/I12", slug="nilai"),
)
