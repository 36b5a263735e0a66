"""What waits for a name: both papers for the Koordinator, the sending for the penanggung jawab."""

from .tasks_shape import Task


def signing(each) -> list[Task]:
    """To the Koordinator of a round (`tasks.Progress`): pressing where nothing is sent without the papers; none in a round of agencies."""
    if each.period.of_agencies or not any(assessment.state == "ready_to_sign" for assessment in each.assessments):
        return []
    return [
        each.task("papers", "Tandatangani berita acara dan persetujuan publikasi", "semua klaim sudah disetujui.",
                  "Baca dan tandatangani", pressing=each.period.asks_papers)
    ]


def sending(each) -> list[Task]:
    """To the penanggung jawab: send, or whose signature is awaited."""
    states = {assessment.state for assessment in each.assessments}
    if "signed" in states:
        return [each.task("send", "Kirim penilaian mandiri", "Koordinator SPBE sudah menandatangani.", "Periksa dan kirim")]
    if "ready_to_sign" not in states:
        return []
    if each.period.asks_papers:
        return [each.task("papers", "Menunggu tanda tangan Koordinator SPBE", "semua klaim sudah disetujui.",
                          "Lihat berita acara", pressing=False)]
    return [each.task("send", "Kirim penilaian mandiri", "semua klaim sudah disetujui.", "Periksa dan kirim")]
