"""The sentences that say what a result's figures mean."""

from assessments.comparing import Comparison

from ...formatting import listing, number, two_places


def finding(lines: Comparison) -> str:
    """The title of the chart: what it shows, as a sentence."""
    gaps = lines.largest_gaps(2)
    kept = [line.name for line in lines.lowest_tier if line.difference == 0]
    if lines.claim_index is None:
        return f"Terendah: {listing([line.name for line in lines.largest_gaps(2)])}"
    if not gaps:
        return "Tidak ada yang turun dari klaim"
    said = f"{listing([line.name for line in gaps])} paling jauh dari klaim"
    return said + (f"; {kept[0]} sesuai klaim" if len(kept) == 1 else "")


def distance(lines: Comparison) -> tuple[str, str]:
    """(how much is missing, to which predicate); empty where there is nothing above."""
    if lines.distance is None:
        return "", ""
    missing = two_places(lines.distance)
    return ("kurang dari 0,01" if missing == "0,00" else missing), lines.next_band.name


def since_claim(lines: Comparison) -> str:
    """What became of the claim, after its number: "turun 0,56 sesudah bukti diperiksa asesor".

    Who published an official result looked at the evidence elsewhere; of that only the values are known here.
    """
    judged = " sesudah bukti diperiksa asesor" if lines.result.source == "portal" else " pada hasil resmi"
    gap = lines.difference
    if gap is None:
        return ""
    if number(abs(gap), 2) == "0,00":
        return f"tetap{judged}"
    return f"{'turun' if gap < 0 else 'naik'} {two_places(abs(gap))}{judged}"


def since_earlier(lines: Comparison) -> str:
    """What became of the last index: "naik 0,12 dari 3,07 (Evaluasi SPBE 2020)"."""
    change = lines.change
    if change is None:
        return ""
    if two_places(abs(change)) == "0,00":
        word = "sama dengan"
    else:
        word = f"{'turun' if change < 0 else 'naik'} {two_places(abs(change))} dari"
    return f"{word} {two_places(lines.earlier.index)} ({lines.earlier.title})"
