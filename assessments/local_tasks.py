"""What there is to do in a round in which each agency is evaluated on its own, once agencies were sent."""

from .tasks_shape import Task


def settling(each) -> list[Task]:
    """`each` is the `Progress` of a round: figures that wait to be settled, and settled ones that wait to be published."""
    sent = sum(assessment.state == "sent" for assessment in each.assessments)
    settled = sum(assessment.state == "final" for assessment in each.assessments)
    found: list[Task] = []
    if each.period.track == "rehearsal":
        return found
    if sent:
        found.append(each.task("figures", f"Tetapkan angka lokal {sent} OPD", "isiannya sudah dikirim.", "Periksa angka"))
    if settled:
        found.append(each.task("figures", f"Terbitkan angka lokal {settled} OPD", "angkanya sudah ditetapkan.", "Buka angka"))
    return found
