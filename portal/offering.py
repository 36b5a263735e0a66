"""What may be uploaded, said before anybody chooses a file."""

from flask import current_app
from wtforms import MultipleFileField

from assessments import filetypes

from .formatting import size
from .forms import Form


class UploadForm(Form):
    files = MultipleFileField("Berkas bukti dukung")


def offer(failed: Form | None, several: bool = True) -> UploadForm:
    """The file field with its kinds and size; `failed` is shown with its mistakes when it is that form."""
    allowed = current_app.config["EVIDENCE_KINDS"]
    form = failed if isinstance(failed, UploadForm) else UploadForm(formdata=None)
    form.files.render_kw = {"multiple": several, "accept": filetypes.accept_attribute(allowed)}
    if not several:
        form.files.label.text = "Versi baru dari dokumen ini"
    most = size(current_app.config["EVIDENCE_MAX_BYTES"])
    form.files.description = f"{filetypes.labels(allowed)}; satu berkas paling besar {most}." + (
        " Boleh beberapa berkas sekaligus; memilih berkas langsung mengunggahnya." if several else ""
    )
    return form
