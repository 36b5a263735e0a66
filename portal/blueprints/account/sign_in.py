from . import blueprint


@blueprint.route("/masuk", methods=["GET", "POST"])
def sign_in():
    return "sign_in"


@blueprint.post("/keluar")
def sign_out():
    return "keluar"


def page_that_keeps_the_form():
    return "masuk", 401
