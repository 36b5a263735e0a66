from . import blueprint


@blueprint.route("/persetujuan", methods=["GET", "POST"])
def approvals():
    return "approvals"
