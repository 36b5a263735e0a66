from . import blueprint


@blueprint.route("/bukti", methods=["GET", "POST"])
def library():
    return "library"
