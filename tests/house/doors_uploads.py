"""Doors of files that come in piece by piece, and of their queue."""

from tests.house.doors import door

ONE, AT = "/unggahan/<string:id>", "/unggahan/{upload}"
TUS = {"Tus-Resumable": "1.0.0"}
PIECE = TUS | {"Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
BEGUN = TUS | {"Upload-Length": "10", "Upload-Metadata": "filename YS5wZGY=,document {document64}"}
QUEUE = "/bukti/unggahan"

DOORS: tuple = (
    door(59, "POST", "/unggahan", headers=BEGUN),
    door(59, "PATCH", ONE, AT, headers=PIECE, body=b"%"),
    door(59, "DELETE", ONE, "/unggahan/{upload2}", headers=TUS, gone_after=True),
    door(58, "GET", QUEUE, is_list=True),
    door(59, "POST", f"{QUEUE}/<string:id>/hapus", f"{QUEUE}/{{upload3}}/hapus", gone_after=True),
)
