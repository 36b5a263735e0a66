"""Every door of the portal, from the file of each room."""

from tests.house import (
    doors,
    doors_admin,
    doors_api,
    doors_decide,
    doors_desk,
    doors_follow,
    doors_inspection,
    doors_keep,
    doors_ladder,
    doors_public,
    doors_remarks,
    doors_results,
    doors_room,
    doors_threads,
    doors_uploads,
    doors_writing,
)

DOORS = (
    *doors.DOORS,
    *doors_desk.DOORS,
    *doors_decide.DOORS,
    *doors_room.DOORS,
    *doors_results.DOORS,
    *doors_follow.DOORS,
    *doors_api.DOORS,
    *doors_public.DOORS,
    *doors_remarks.DOORS,
    *doors_admin.DOORS,
    *doors_keep.DOORS,
    *doors_ladder.DOORS,
    *doors_inspection.DOORS,
    *doors_writing.DOORS,
    *doors_threads.DOORS,
    *doors_uploads.DOORS,
)
