from . import blueprint


@blueprint.route("/kelola/periode", methods=["GET", "POST"])
def periods():
    return "periods"
