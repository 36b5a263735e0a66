"""The store of evidence: compared with the rows, swept on request, and its pictures made again."""

import sys

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import select, update

from assessments.models import Blob

from .. import fsck, previews
from ..evidence_jobs import DRAW
from ..extensions import db
from ..jobs import enqueue

LOST, LEFTOVERS = 1, 3
WORDS = {
    "missing": "HILANG: ada barisnya, tidak ada berkasnya",
    "damaged": "RUSAK: isinya tidak sesuai sidik SHA-256-nya",
    "wrong_size": "SALAH UKURAN: panjangnya tidak sesuai catatan",
    "short_uploads": "UNGGAHAN TERPOTONG: yang tersimpan kurang dari yang dicatat",
    "unnamed_rows": "BARIS TANPA DOKUMEN: tidak dipakai dokumen mana pun",
    "orphans": "TANPA BARIS: berkas yang tidak disebut siapa pun",
    "partials": "POTONGAN TANPA BARIS: sisa unggahan yang tidak lagi dikenal",
    "pictures": "GAMBAR TANPA BERKAS: gambar halaman yang tidak diperlukan lagi",
    "strangers": "ASING: bukan berkas portal",
}


@click.command("fsck")
@click.option("--sweep", is_flag=True, help="Hapus sisa yang tidak disebut baris mana pun dan cukup lama tak disentuh.")
@click.option("--grace", default=24.0, show_default=True, help="Jam: sisa yang lebih baru dibiarkan.")
@click.option("--quick", is_flag=True, help="Hanya keberadaan dan ukuran; isi berkas tidak dihitung ulang.")
@with_appcontext
def fsck_command(sweep: bool, grace: float, quick: bool) -> None:
    """Bandingkan simpanan bukti dengan basis data. Status keluar: 0 utuh, 1 ada yang hilang atau rusak, 3 hanya ada sisa."""
    store = current_app.extensions["storage"]
    found = fsck.examine(db.session, store, hashes=not quick)
    for name, words in WORDS.items():
        for each in getattr(found, name):
            click.echo(f"{words}: {each}", err=True)
    counts = ", ".join(f"{len(getattr(found, name))} {words.partition(':')[0].lower()}" for name, words in WORDS.items())
    click.echo(f"{found.checked} berkas diperiksa{' (tanpa menghitung sidik)' if quick else ''}: {counts}.")
    if sweep:
        removed = fsck.sweep(db.session, store, found, grace=grace * 3600)
        click.echo(f"{removed} sisa dihapus.")
        found = fsck.examine(db.session, store, hashes=False) if removed and not found.lost else found
    if found.lost:
        sys.exit(LOST)
    if found.leftovers:
        sys.exit(LEFTOVERS)


@click.command("previews")
@click.option("--remove", is_flag=True, help="Hapus semua gambar halaman; yang asli tidak disentuh.")
@with_appcontext
def previews_command(remove: bool) -> None:
    """Minta pekerja menggambar halaman bukti yang gambarnya tidak ada."""
    root = current_app.config["EVIDENCE_FOLDER"]
    if remove:
        hashes = list(previews.walk(root))
        for sha256 in hashes:
            previews.remove(root, sha256)
        db.session.execute(update(Blob.__table__).values(previews=None))
        db.session.commit()
        click.echo(f"Gambar dari {len(hashes)} berkas dihapus.")
        return
    wanted = db.session.execute(
        select(Blob.sha256, Blob.previews).where(
            Blob.reading_state == "readable", Blob.media_type.in_(previews.DRAWN), Blob.scan_state != "quarantined"
        )
    ).all()
    lacking = [sha256 for sha256, drawn in wanted if drawn != 0 and not previews.place(root, sha256).is_dir()]
    for sha256 in lacking:
        enqueue(db.session, DRAW, {"sha256": sha256}, dedupe_key=f"{DRAW}:{sha256}")
    db.session.commit()
    click.echo(f"{len(lacking)} berkas diminta digambar.")
