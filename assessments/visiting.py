"""What belongs to a visit alone: the photos of what was seen."""

from sqlalchemy.orm import object_session

from .actors import Actor
from .allowing import allow
from .clock import now
from .interviewing import why_locked
from .library import remember_blob
from .models import Meeting, MeetingPhoto
from .refusal import Refused
from .texts import clean_line

MOST_PHOTOS = 100
REDRAWN = "Terbaca, foto visitasi"


def add_photo(meeting: Meeting, item: str, by: Actor, sha256: str, size: int, caption: str) -> MeetingPhoto:
    """A picture whose bytes lie in the store already, under an item of the agenda. The same picture of an item is one."""
    allow(by, "hold_meetings", meeting.assessment)
    if meeting.kind != "visit":
        raise Refused("Foto dilampirkan pada visitasi, bukan pada interviu.")
    if sentence := why_locked(meeting):
        raise Refused(sentence)
    caption = clean_line(caption, 300, "Keterangan foto", "caption")
    same = next((each for each in meeting.photos if (each.item, each.sha256) == (item, sha256)), None)
    if same is not None:
        return same
    if len(meeting.photos) >= MOST_PHOTOS:
        raise Refused(f"Paling banyak {MOST_PHOTOS} foto dalam satu visitasi.", field="files")
    session = object_session(meeting)
    remember_blob(session, sha256, size, "image/jpeg", REDRAWN)
    n = max((each.n for each in meeting.photos), default=0) + 1
    made = MeetingPhoto(meeting=meeting, n=n, item=item, sha256=sha256, caption=caption, by_id=by.person_id, at=now())
    session.add(made)
    session.flush()
    return made
