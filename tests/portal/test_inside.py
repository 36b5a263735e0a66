"""List F, FI-05, FI-10: what is found inside files, within limits; pictures of their pages."""

import io

import pytest
from PIL import Image

from portal import previews
from portal.reading import Facts, read_facts
from tests.portal import files
from tests.portal.files import PDF, WORD


@pytest.fixture
def read(tmp_path):
    def read(content: bytes, media_type: str) -> Facts:
        path = tmp_path / "berkas"
        path.write_bytes(content)
        return read_facts(path, media_type)

    return read


@pytest.mark.parametrize(
    ("content", "warnings"),
    [
        (files.pdf_of(2), ()),
        (files.pdf_with_script(), ("script",)),
        (files.pdf_that_opens("/JavaScript", JS="app.alert(1)"), ("script",)),
        (files.pdf_that_opens("/Launch", F="cmd.exe"), ("action",)),
        (files.pdf_that_opens("/URI", URI="http://jahat.example"), ("action",)),
        (files.pdf_that_opens("/GoTo"), ()),
        (files.pdf_with_attachment(), ("embedded",)),
        (files.pdf_with_page_action(), ("script",)),
    ],
    ids=["plain", "javascript", "open-script", "launch", "open-address", "open-page", "attachment", "link-script"],
)
def test_F13_scripts_actions_and_files_inside_a_pdf_are_found(read, content, warnings):
    facts = read(content, PDF)
    assert (facts.state, facts.warnings) == ("readable", warnings)


def test_F14_F19_macros_and_fetched_templates_of_what_is_stored_already_are_found(read):
    assert read(files.docx(extra={"word/vbaProject.bin": b"x"}), WORD).warnings == ("macros",)
    assert read(files.docx(rels=files.TEMPLATE), WORD).warnings == ("template",)
    assert read(files.docx(extra={"word/embeddings/oleObject1.bin": b"x"}), WORD).warnings == ("embedded",)
    plain = read(files.docx(), WORD)
    assert (plain.state, plain.warnings) == ("readable", ())


def test_the_first_page_of_a_word_document_is_kept_as_text(read):
    body = (
        "<w:p><w:r><w:t>PERATURAN WALI KOTA</w:t></w:r></w:p><w:p><w:r><w:t>Nomor</w:t><w:tab/><w:t>12</w:t></w:r></w:p>"
        '<w:p><w:r><w:br w:type="page"/><w:t>halaman dua</w:t></w:r></w:p>'
    )
    assert read(files.docx(body=body), WORD).opening == "PERATURAN WALI KOTA\nNomor 12"
    assert len(read(files.docx("kata " * 5000), WORD).opening) <= 4000


def test_FI_05_a_bomb_of_zeros_says_so_and_is_not_unpacked(read):
    facts = read(files.docx(extra={"word/media/besar.bin": bytes(200 << 20)}), WORD)
    assert facts.state == "broken" and "terlalu besar saat dibuka" in facts.sentence


def test_FI_10_F20_a_flood_of_pixels_says_so_within_the_limits(read, tmp_path):
    facts = read(files.flood(), "image/png")
    assert facts.state == "broken" and "50000 x 50000 piksel" in facts.sentence
    path = tmp_path / "banjir.png"
    path.write_bytes(files.flood())
    assert previews.draw(tmp_path, path, "a" * 64, "image/png", 20) == 0
    assert not previews.place(tmp_path, "a" * 64).exists()


@pytest.fixture
def draw(tmp_path):
    def draw(content: bytes, media_type: str, pages: int = 20, **limits) -> int:
        path = tmp_path / "asli"
        path.write_bytes(content)
        return previews.draw(tmp_path, path, "b" * 64, media_type, pages, **limits)

    return draw


def sizes(tmp_path, page: int = 1) -> list[tuple[int, int]]:
    found = []
    for small in (False, True):
        with Image.open(previews.picture(tmp_path, "b" * 64, page, small)) as image:
            found.append(image.size)
    return found


def test_the_first_pages_of_a_pdf_become_pictures(draw, tmp_path):
    assert draw(files.pdf_of(4), PDF, 3) == 3
    (wide, tall), (small, _) = sizes(tmp_path, 3)
    assert (wide, small) == (1000, 160) and tall > wide
    assert not previews.picture(tmp_path, "b" * 64, 4).exists()
    assert [path.name for path in (tmp_path / "previews").iterdir()] == ["bb"]


def test_a_page_as_long_as_a_street_stays_bounded(draw, tmp_path):
    assert draw(files.pdf_of(1, 100, 14_000), PDF) == 1
    assert max(sizes(tmp_path)[0]) <= 2000


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "P", "1"])
def test_pictures_of_every_mode_are_scaled(draw, tmp_path, mode):
    assert draw(files.picture("PNG", 3000, 1500, mode), "image/png") == 1
    assert sizes(tmp_path)[0] == (1000, 500)


def test_FI_10_where_a_photo_was_taken_is_not_in_its_picture(draw, tmp_path):
    exif = Image.Exif()
    exif[0x010E] = "rumah saya"
    exif[0x0112] = 6  # lies on its side
    assert draw(files.picture("JPEG", 1200, 600, exif=exif), "image/jpeg") == 1
    drawn = previews.picture(tmp_path, "b" * 64, 1).read_bytes()
    with Image.open(io.BytesIO(drawn)) as image:
        assert b"rumah saya" not in drawn and not image.getexif()
    assert sizes(tmp_path)[0] == (500, 1000)


def test_what_cannot_be_drawn_leaves_nothing_behind(draw, tmp_path):
    assert draw(b"%PDF-1.7\nrusak", PDF) == 0
    assert draw(files.docx(), WORD) == 0
    assert draw(files.pdf_of(2), PDF, seconds=0.001) == 0
    assert not list((tmp_path / "previews").glob("*"))
