"""Every door of the portal, from the file of each room."""

from tests.house import doors, doors_api, doors_desk, doors_follow, doors_results, doors_room

DOORS = (
    *doors.DOORS,
    *doors_desk.DOORS,
    *doors_room.DOORS,
    *doors_results.DOORS,
    *doors_follow.DOORS,
    *doors_api.DOORS,
)
