"""The base of every form: Indonesian by its labels, checked for forgery once for all, and able to show why the domain said no."""

from flask_wtf import FlaskForm

from assessments.refusal import Refused


class Form(FlaskForm):
    """Tokens are checked for every unsafe request by `portal.check_form`, so no form carries its own."""

    class Meta:
        csrf = False

    def show(self, refusal: Refused) -> None:
        """Put the sentences of a refusal at the field they name, or above the form where they name none."""
        field = self._fields.get(refusal.field or "")
        if field is None:
            self.form_errors = [*self.form_errors, *refusal.sentences]
        else:
            field.errors = [*field.errors, *refusal.sentences]
