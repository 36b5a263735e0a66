"""Papers: what was signed, as a PDF that is printed once, sealed, kept and can be verified by anybody.

Any form is printed the same way, from a template of `portal/papers/templates/` and plain content:

    from portal.papers.printing import Verbatim, printed
    from portal.papers.codes import square

    pdf = printed("receipt.typ", {"institution": "Pemerintah Kota Denpasar", "lines": [...]}, title="Tanda terima ...")

`printed(template, content, *, title, at=None) -> bytes` runs in a process of its own with limits, so it may be called
from a page or a job; it takes about 0.3 s. `content` is anything JSON can say; every string in it comes out as text,
whatever it holds. A string that must arrive letter by letter (an address for `link`, an SVG for `image`) is given as
`Verbatim(text)`; `square(address)` is a QR code of that sort. `at`: the date in the file, now unless given. A template
that cannot be printed raises `NotPrinted`.

A template starts so, and has the letterhead (`c.institution`, `c.address_line` if given), A4 with margins of 2 cm,
"Halaman x dari y", the language and the tags from there:

    #import "paper.typ": paper, facts
    #let c = json(bytes(sys.inputs.content))
    #show: paper.with(c)
"""
