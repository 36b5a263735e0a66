from . import blueprint


@blueprint.route("/akun", methods=["GET", "POST"])
def profile():
    return "profile"
