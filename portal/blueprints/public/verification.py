from . import blueprint
from ...access import public


@blueprint.get("/verifikasi")
@public
def verify():
    return "verifikasi"
