"""Doors of the general questions of a round and of the packages for the national application."""

from tests.house.doors import PERIOD, ROUND, SUBJECT, I, door

QUESTIONS, ASKED = f"{PERIOD}/pertanyaan-umum", "/kelola/periode/{slug}/pertanyaan-umum"
ANSWERS, ANSWERED = f"{ROUND}/pertanyaan-umum", SUBJECT + "/pertanyaan-umum"
OUT, OUT_AT = f"{ROUND}/ekspor", SUBJECT + "/ekspor"
DOCUMENT = {"document": "{general_document}", "n": "1"}

DOORS: tuple = (
    door(25, "GET", QUESTIONS, ASKED),
    door(25, "POST", QUESTIONS, ASKED),
    door(25, "POST", QUESTIONS + '/<any("pedoman","salinan"):start>', ASKED + "/pedoman"),
    door(25, "POST", QUESTIONS + "/<int:question>", ASKED + "/{general}"),
    door(25, "POST", QUESTIONS + '/<int:question>/<any("naik","turun"):step>', ASKED + "/{general}/turun"),
    door(25, "POST", QUESTIONS + "/<int:question>/penghapusan", ASKED + "/{general2}/penghapusan", gone_after=True),
    door(115, "GET", ANSWERS, ANSWERED),
    door(66, "GET", ANSWERS, ANSWERED, slug="nilai"),
    door(115, "GET", ANSWERS + "/<int:question>", ANSWERED + "/{general}"),
    door(126, "POST", ANSWERS + "/<int:question>", ANSWERED + "/{general}", form={"version": "{general.version}", "text": "Jawaban."}),
    door(126, "POST", ANSWERS + "/<int:question>/berkas", ANSWERED + "/{general3}/berkas", form=DOCUMENT),
    door(126, "POST", ANSWERS + "/<int:question>/pelepasan", ANSWERED + "/{general}/pelepasan", form=DOCUMENT),
    door(57, "GET", OUT, OUT_AT),
    door(57, "GET", f"{OUT}/paket", OUT_AT + "/paket", slug="klaim"),
    door(57, "GET", f"{OUT}/rekap.xlsx", OUT_AT + "/rekap.xlsx", slug="klaim"),
    door(57, "GET", f"{OUT}/kuesioner", OUT_AT + "/kuesioner", slug="klaim"),
    door(57, "GET", f"{OUT}/pertanyaan-umum", OUT_AT + "/pertanyaan-umum"),
    door(57, "GET", f"{OUT}/butir/{I}", OUT_AT + "/butir/I12", slug="klaim"),
    door(57, "GET", f"{OUT}/butir/{I}/paket", OUT_AT + "/butir/I12/paket", slug="klaim"),
    door(57, "GET", f"{OUT}/butir/{I}/penjelasan", OUT_AT + "/butir/I12/penjelasan", slug="klaim"),
)
