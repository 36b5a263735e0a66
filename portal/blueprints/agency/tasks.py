from . import blueprint


@blueprint.route("/penilaian", methods=["GET", "POST"])
def tasks():
    return "tasks"
