"""What the resources take and give. Numbers are text with a decimal point, so that nothing is rounded on the way."""

from marshmallow import Schema, fields, validate

from assessments.models.recommendation import PRIORITIES, SOURCES, VERDICTS

MOST = 100
FARTHEST = 1_000_000
NOT_A_NUMBER = {"invalid": "harus bilangan bulat.", "null": "harus bilangan bulat."}


class Problem(Schema):
    """What every refusal says: the status, and a sentence in Indonesian."""

    code = fields.Integer(required=True)
    message = fields.String(required=True)


class Page(Schema):
    """Which part of a list."""

    limit = fields.Integer(
        load_default=50,
        strict=False,
        validate=validate.Range(1, MOST, error="antara 1 dan 100."),
        error_messages=NOT_A_NUMBER,
        metadata={"description": "Jumlah baris, paling banyak 100."},
    )
    offset = fields.Integer(
        load_default=0,
        validate=validate.Range(0, FARTHEST, error="antara 0 dan 1000000."),
        error_messages=NOT_A_NUMBER,
        metadata={"description": "Baris yang dilewati."},
    )


class RecommendationPage(Page):
    status = fields.String(
        load_default=None,
        validate=validate.OneOf(list(VERDICTS), error=f"salah satu dari {', '.join(VERDICTS)}."),
        metadata={"description": "Pernyataan inspektorat yang terbaru."},
    )
    organization = fields.String(
        load_default=None,
        validate=validate.Length(max=120, error="paling panjang 120 karakter."),
        metadata={"description": "Singkatan alamat OPD pemilik, misalnya bappeda."},
    )


class Version(Schema):
    """Which version of a result; without these the one that counts."""

    source = fields.String(
        load_default="",
        validate=validate.OneOf(["portal", "official"], error="portal atau official."),
        metadata={"description": "portal: ditetapkan di portal ini; official: diterbitkan lembaga lain."},
    )
    version = fields.Integer(
        load_default=None,
        validate=validate.Range(1, 10_000, error="antara 1 dan 10000."),
        error_messages=NOT_A_NUMBER,
    )


class Listing(Schema):
    total = fields.Integer(required=True)
    limit = fields.Integer(required=True)
    offset = fields.Integer(required=True)


class Named(Schema):
    slug = fields.String(required=True)
    name = fields.String(required=True)


class Stage(Schema):
    stage = fields.String(required=True)
    label = fields.String(required=True)
    opens_at = fields.AwareDateTime(required=True)
    closes_at = fields.AwareDateTime(required=True)


class State(Schema):
    state = fields.String(required=True)
    state_label = fields.String(required=True)


class PeriodRow(State):
    slug = fields.String(required=True)
    title = fields.String(required=True)
    year = fields.Integer(required=True)
    term = fields.Integer(required=True)
    kind = fields.String(required=True)
    track = fields.String(required=True)
    subjects = fields.String(
        required=True, metadata={"description": "instansi: satu instansi; agencies: tiap OPD, dengan angka lokal."}
    )
    instrument = fields.String(required=True, metadata={"description": "Kunci instrumen."})
    zone = fields.String(required=True)


class PeriodList(Listing):
    items = fields.List(fields.Nested(PeriodRow), required=True)


class AssessmentRow(State):
    subject = fields.Nested(Named, required=True)


class PeriodOne(PeriodRow):
    instrument_sha256 = fields.String(required=True)
    predicate_rule = fields.String(required=True)
    stages = fields.List(fields.Nested(Stage), required=True)
    assessments = fields.List(
        fields.Nested(AssessmentRow), required=True, metadata={"description": "Yang boleh Anda baca."}
    )


class AssessmentOne(AssessmentRow):
    period = fields.String(required=True)
    figure_label = fields.String(
        required=True, metadata={"description": "Yang harus tertulis di samping angka lokal; kosong untuk instansi."}
    )
    stages = fields.List(fields.Nested(Stage), required=True)
    claim_index = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "Indeks eksak klaim yang dikirim; null selama belum dikirim."},
    )
    claim_index_shown = fields.String(required=True, allow_none=True)


class ResultRow(Schema):
    period = fields.String(required=True)
    subject = fields.Nested(Named, required=True)
    source = fields.String(required=True)
    figure = fields.String(
        required=True,
        metadata={"description": "instansi: indeks instansi; local: angka lokal satu OPD, bukan indeks SPBE instansi."},
    )
    figure_label = fields.String(
        required=True, metadata={"description": "Yang harus tertulis di samping angka lokal; kosong untuk instansi."}
    )
    version = fields.Integer(required=True)
    published = fields.Boolean(required=True)
    index = fields.String(required=True, metadata={"description": "Eksak: desimal penuh, atau pecahan a/b."})
    index_shown = fields.String(required=True)
    predicate = fields.String(required=True)
    predicate_rule = fields.String(
        required=True, metadata={"description": "exact atau shown: indeks mana yang menentukan predikat."}
    )
    at = fields.AwareDateTime(required=True)
    basis = fields.String(required=True, allow_none=True, metadata={"description": "Sumber dan keputusan hasil resmi."})


class ResultList(Listing):
    items = fields.List(fields.Nested(ResultRow), required=True)


class Value(Schema):
    code = fields.String(required=True)
    number = fields.String(required=True)
    name = fields.String(required=True)
    kind = fields.String(required=True)
    weight = fields.String(required=True)
    exact = fields.String(required=True)
    shown = fields.String(required=True)


class ResultOne(ResultRow):
    instrument = fields.String(required=True)
    instrument_sha256 = fields.String(required=True)
    nodes = fields.List(fields.Nested(Value), required=True)
    items = fields.List(fields.Nested(Value), required=True)


class Owner(Named):
    part = fields.String(required=True, validate=validate.OneOf(["lead", "supporting"]))


class RecommendationRow(Schema):
    id = fields.Integer(required=True)
    number = fields.String(required=True)
    source = fields.String(required=True, validate=validate.OneOf(list(SOURCES)))
    period = fields.String(required=True, allow_none=True)
    item = fields.String(required=True, allow_none=True)
    text = fields.String(required=True)
    priority = fields.String(required=True, validate=validate.OneOf(list(PRIORITIES)))
    due_on = fields.Date(required=True, allow_none=True)
    status = fields.String(required=True, validate=validate.OneOf(list(VERDICTS)))
    status_label = fields.String(required=True)
    owners = fields.List(fields.Nested(Owner), required=True)


class RecommendationList(Listing):
    items = fields.List(fields.Nested(RecommendationRow), required=True)


class PlanOne(Schema):
    text = fields.String(required=True)
    due_on = fields.Date(required=True, allow_none=True)
    at = fields.AwareDateTime(required=True)


class ProgressOne(Schema):
    text = fields.String(required=True)
    finished = fields.Boolean(required=True)
    at = fields.AwareDateTime(required=True)


class VerdictOne(Schema):
    status = fields.String(required=True)
    status_label = fields.String(required=True)
    note = fields.String(required=True)
    at = fields.AwareDateTime(required=True)


class RecommendationOne(RecommendationRow):
    plans = fields.List(fields.Nested(PlanOne), required=True)
    progress = fields.List(fields.Nested(ProgressOne), required=True)
    verdicts = fields.List(fields.Nested(VerdictOne), required=True)
