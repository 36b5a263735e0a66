"""Doors of leaving a remark with a reason, and of taking the reason back."""

from tests.house.doors import AGENCY_ITEM, ITEM, OPD, door

DOORS: tuple = (
    door(31, "POST", f"{AGENCY_ITEM}/catatan", ITEM + "/catatan", query=OPD,
         form={"waive": "1", "remark-1": "unsigned_document|citation:{citation}", "reason-1": "Ditandatangani elektronik."}),
    door(31, "POST", f"{AGENCY_ITEM}/catatan/<int:waiver>/cabut", ITEM + "/catatan/{waiver}/cabut", query=OPD),
)
