"""What belongs into each part of a judgement, by domain and stage (Pedoman 3/2024 hlm. 214-223)."""

from dataclasses import dataclass

from assessments.instruments import Item

JUSTIFICATION = "Tingkat hasil dan alasannya. Wajib bila nilai berbeda dari klaim."


@dataclass(frozen=True)
class Hints:
    facts: str
    analysis: str
    justification: str = JUSTIFICATION


POLICY = Hints(
    "Nomor dan substansi indikator; instansi; jenis, nomor, dan tahun dokumen; bab, pasal, atau halaman; uraian "
    "pengaturannya; nama berkas.",
    "Telah atau belum berlaku di dalam instansi; telah atau belum mencakup substansinya; lalu tingkat demi tingkat.",
)
SERVICE = Hints(
    "Nomor dan substansi indikator; instansi; jenis bukti; uraian pemanfaatan layanan; nama berkas.",
    "Kapabilitas yang tercapai; fungsi yang menunjukkannya; lalu tingkat demi tingkat.",
)
GOVERNANCE = Hints(
    "Nomor dan substansi indikator; instansi; jenis dokumentasi; bab, halaman, atau lampiran; uraian isinya; nama berkas.",
    "Telah atau belum sesuai kriteria; lalu tingkat demi tingkat.",
)


LATER = Hints(
    "Nomor dan substansi indikator; instansi; yang disampaikan narasumber atau dilihat; nama berkas dan berkas tambahan.",
    "Pengaturan, tata kelola, penerapan, dokumen, atau layanan: belum atau telah memenuhi; lalu tingkat demi tingkat.",
)


def hints_for(item: Item, stage: str) -> Hints:
    """By the name of the first tier; instruments without such tiers ask what governance asks. One for later stages."""
    if stage != "document":
        return LATER
    tier = item.path[0].name.lower() if item.path else ""
    if "kebijakan" in tier:
        return POLICY
    return SERVICE if "layanan" in tier else GOVERNANCE
