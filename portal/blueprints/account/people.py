from . import blueprint


@blueprint.route("/kelola/pengguna", methods=["GET", "POST"])
def people():
    return "people"
