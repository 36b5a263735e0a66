from . import blueprint


@blueprint.route("/beranda", methods=["GET", "POST"])
def start():
    return "start"
