"""Whether a name or a first page says of itself that it is a draft.

"Konsep" is also an idea ("Konsep Layanan Terpadu") and drafts are also talked about ("Notula pembahasan draf Perwal"),
so a word counts only where it stands as a mark: alone, in brackets, before the kind of paper it is a draft of, or at
an end of the name; never behind a word that says the paper is about a draft.
"""

import re

_MARK = r"(?:draf|draft|konsep)"
_PAPER = (
    r"(?:peraturan|perwal|perwali|perbup|pergub|perda|perdirjen|permen\w*|keputusan|kepwal|kepbup|kepgub|sk|se|surat|instruksi|"
    r"laporan|notula|notulen|notulensi|dokumen|naskah|pedoman|sop|juknis|juklak|nota|mou|perjanjian|kontrak|kebijakan|"
    r"renstra|renja|rkpd|rpjmd|kak|tor|berita\s+acara)"
)
_TALKED_ABOUT = re.compile(
    r"penyusunan|pembuatan|penyiapan|perancangan|penulisan|pembahasan|membahas|reviu|review|evaluasi|"
    r"telaah|telaahan|harmonisasi|notula|notulen|notulensi|rapat|undangan|masukan|tanggapan|perbaikan|"
    r"penyempurnaan|konsultasi|atas|terhadap|tentang|dari|mengenai|pada|terkait|pengajuan|paraf|koordinasi|"
    r"sosialisasi|pedoman|panduan|format|templat|template|contoh"
)
_END = r"(?:v(?:ersi)?\s*\d+(?:\s\d+)*|rev(?:isi)?\s*\d*|\d{1,2}|final|akhir|awal|bersih|\d{4}(?:\s\d{1,2}){0,2})"
_BILL = re.compile(
    r"^(?:rancangan\s+(?:peraturan|keputusan|instruksi|surat)|ranper\w+|raper\w+|rankep\w+)\b", re.IGNORECASE
)
_PAPER_MARK = re.compile(rf"(?:^|(?P<before>\w+)\s+)(?P<mark>{_MARK})\s+{_PAPER}\b", re.IGNORECASE)
_AT_END = re.compile(rf"(?:(?P<before>\w+)\s+)?\b(?P<mark>{_MARK})(?:\s+{_END})*$", re.IGNORECASE)
_IDEAS = ("peta", "kerangka", "dasar", "uji", "makalah", "pembuktian", "ringkasan")  # words that have a "konsep" behind them
_AT_START = re.compile(r"^(?:draf|draft)\b", re.IGNORECASE)
_BRACKETED = re.compile(rf"[(\[]\s*{_MARK}\b[^)\]]{{0,12}}[)\]]", re.IGNORECASE)
_SPACED = re.compile(r"^(?:\w ){3,}\w$")
# A word across the page comes out of a PDF behind its last line: "- 1 - DRAFT".
_ACROSS = re.compile(r"^(?P<rest>.*?)\s(?:DRAFT?|KONSEP|D R A F(?: T)?|K O N S E P)$")
_LONGEST_MARK = 12  # words of a line that can be a heading
# What a text must hold to be worth reading line by line; asked in the database, so that no other text is fetched.
SIGNS = ("draf", "konsep", "rancangan", "ranper", "raper", "rankep", "d r a f", "k o n s e p")


def names_a_draft(name: str) -> bool:
    """A title, or a file name with or without its ending."""
    if _BRACKETED.search(name):
        return True
    words = " ".join(re.sub(r"\.(?:pdf|docx?|xlsx?|pptx?|png|jpe?g|odt)$", "", name, flags=re.IGNORECASE).split())
    words = " ".join(re.split(r"[\s_\-.,;:()\[\]/–—+]+", words)).strip()
    if re.fullmatch(r"\d+(?:\s[a-z])?\s.*", words, re.IGNORECASE):
        words = re.sub(r"^\d+\s(?:[a-z]\s)?", "", words)  # the code of a file that was downloaded here: 12.a.Judul
    if _BILL.match(words) or _AT_START.match(words):
        return True
    return any(_is_mark(found) for found in (*_PAPER_MARK.finditer(words), *_AT_END.finditer(words)))


def opens_as_draft(text: str) -> bool:
    """The text of a first page: a line that is a mark, or a heading that names a draft."""
    low = text.lower()
    return any(sign in low for sign in SIGNS) and any(_line_is_mark(line) for line in text.splitlines())


def _line_is_mark(line: str) -> bool:
    across = _ACROSS.match(line.strip())
    if across and not across.group("rest").isupper():
        return True
    line = line.strip(" \t-–—*.:\"'“”|=_")
    if _SPACED.match(line):
        line = line.replace(" ", "")
    words = line.split()
    if not words or len(words) > _LONGEST_MARK:
        return False
    if _BRACKETED.search(line) or re.fullmatch(rf"{_MARK}(?:\s+{_END})*", line, re.IGNORECASE):
        return True
    if not line[:1].isupper():
        return False  # a line of a sentence that goes on
    heading = line.isupper() or line.istitle()
    bill = _BILL.match(line) and (heading or len(words) <= 4)
    return bool(bill) or (heading and re.match(rf"{_MARK}\s+{_PAPER}\b", line, re.IGNORECASE) is not None)


def _is_mark(found: re.Match[str]) -> bool:
    before = (found.group("before") or "").lower()
    return not _TALKED_ABOUT.fullmatch(before) and before not in _IDEAS
