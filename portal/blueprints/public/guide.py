from . import blueprint
from ...access import public


@blueprint.get("/panduan")
@public
def guide_index():
    return "panduan"
