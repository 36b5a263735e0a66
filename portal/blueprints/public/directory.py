"""S02 and S03: the one address of the city's applications, for everybody, as plain links."""

from urllib.parse import urlencode
from xml.sax.saxutils import escape

from flask import Response, abort, current_app, flash, redirect, render_template, request, url_for
from wtforms import TextAreaField

from assessments.announcing import all_announced
from assessments.clock import now, today
from assessments.inventory import publiccode
from assessments.inventory.publishing import public_applications, report_dead_link
from assessments.inventory.spelling import meant
from assessments.models import Application
from assessments.models.application import PLATFORMS
from assessments.refusal import Refused
from assessments.workflow import look

from ... import shelf, throttling
from ...access import ask, load, public
from ...errors import problem
from ...extensions import db
from ...formatting import clock, plain_date
from ...forms import Form
from . import blueprint

MOST_IN_SITEMAP = 50_000  # what the format of sitemaps allows in one file; 200 of them are for other pages
REPORTS_A_DAY = 5  # that are kept of one application from one place
FULL = f"Laporan ini tidak disimpan: dari tempat ini sudah ada {REPORTS_A_DAY} laporan tentang aplikasi ini hari ini. Kirim lagi besok."
KEPT_FROM_ROBOTS = ("/masuk", "/akun", "/beranda", "/kelola", "/pengelolaan", "/penilaian", "/inventaris", "/admin", "/api")


class ReportForm(Form):
    note = TextAreaField("Apa yang terjadi ketika Anda membukanya?")


def absolute(endpoint: str, **values) -> str:
    """An address that can be sent to somebody."""
    return current_app.config["SETTINGS"].address + url_for(endpoint, **values)


@blueprint.get("/aplikasi")
@public
def directory():
    ask("read", "public_directory")
    wish = shelf.read_wish(request.args)
    found = shelf.take_down(wish)
    facets = shelf.facets(wish)
    categories, agencies = facets.by_category(), facets.by_owner()
    canonical = wish.with_(halaman=found.page)
    return render_template(
        "public/directory.html",
        wish=wish,
        found=found,
        meant=meant(db.session, wish.q) if wish.q and (found.loose or not found.total) else "",
        categories=categories,
        agencies=agencies,
        counts=facets.by_state(),
        category=next((one for one, _count in categories if one.slug == wish.kategori), None),
        agency=next((one for one, _count in agencies if one.slug == wish.opd), None),
        states=shelf.STATES,
        letters=[] if wish.q else shelf.letters(wish),
        platforms=PLATFORMS,
        look=look,
        host_of=shelf.host_of,
        link=lambda **more: url_for("public.directory", **wish.with_(**more)),
        turn=lambda page: url_for("public.directory", **wish.with_(halaman=page)),
        canonical=absolute("public.directory", **canonical),
    )


def _shown(slug: str) -> Application:
    """A published application, or nothing at all."""
    ask("read", "public_directory")
    application = load(Application, slug=slug)
    if application is None or application.published_at is None:
        abort(404)
    return application


@blueprint.get("/aplikasi/<string:slug>")
@public
def application(slug: str):
    return _page(_shown(slug), ReportForm(formdata=None))


def _page(shown: Application, form: ReportForm, status: int = 200):
    address = absolute("public.application", slug=shown.slug)
    page = render_template(
        "public/application.html",
        application=shown,
        form=form,
        state=look(shown),
        ended=shown.state in shelf.ENDED,
        zone=shown.instansi.clock_zone,
        platforms=[PLATFORMS[code] for code in shown.platforms],
        host_of=shelf.host_of,
        where_to_go=_where_to_go(shown),
        canonical=address,
        whatsapp="https://wa.me/?" + urlencode({"text": f"{shown.name}: {address}"}),
    )
    return page, status


def _where_to_go(shown: Application) -> str:
    """The sentence at the top of one that is over, or soon will be."""
    zone, successor = shown.instansi.clock_zone, shown.successor
    day = shown.decided_on or shown.state_since
    words = {"retired": "Dihentikan", "merged": "Digabung", "migrating": "Sedang dipindahkan"}
    if shown.state not in words:
        return ""
    since = f" {plain_date(day, zone)}" if day else ""
    return f"{words[shown.state]}{since}." + (f" Gunakan {successor.name}." if successor else "")


@blueprint.post("/aplikasi/<string:slug>/laporan")
@public
def report(slug: str):
    """A dead link, from anybody: counted by address; whatever is thanked for is stored, whatever is not is said."""
    ask("report", "dead_link")
    shown = _shown(slug)
    until = throttling.take_report(db.session, request.remote_addr)
    if until is not None:
        zone = shown.instansi.clock_zone
        db.session.commit()
        wait = max(1, round((until - now()).total_seconds()))
        sentence = f"Terlalu banyak laporan dari tempat ini. Anda dapat melapor lagi sesudah pukul {clock(until, zone)}."
        return problem(429, (sentence,), {"Retry-After": str(wait)})
    form = ReportForm()
    told = (form.note.data or "").strip()
    times = throttling.times_today(db.session, request.remote_addr, f"{shown.id}", today(shown.instansi.clock_zone))
    try:
        if times > 1 and not told:
            db.session.commit()
            flash("Tautan ini sudah dilaporkan dari tempat Anda hari ini; laporan tanpa keterangan tidak dicatat dua kali.", "note")
            return redirect(url_for("public.application", slug=slug))
        if times > REPORTS_A_DAY:
            db.session.rollback()
            form.refused(Refused(FULL, field="note"))
            return _page(_shown(slug), form, 429)
        report_dead_link(db.session, shown, told)
        db.session.commit()
    except Refused as refusal:
        db.session.rollback()
        form.refused(refusal)
        return _page(_shown(slug), form, 422)
    flash("Terima kasih. Laporan Anda tersimpan; pengelola direktori akan memeriksa tautan ini.")
    return redirect(url_for("public.application", slug=slug))


@blueprint.get("/aplikasi/<string:slug>/publiccode.yml")
@public
def publiccode_file(slug: str):
    shown = _shown(slug)
    text = publiccode.written(shown, absolute("public.application", slug=shown.slug))
    return Response(
        text,
        content_type="text/yaml; charset=utf-8",
        headers={"Content-Disposition": f"attachment; filename={shown.slug}-publiccode.yml"},
    )


@blueprint.get("/peta-situs.xml")
@public
def sitemap():
    """Everything a search engine should know: the pages that live, not those of what is over."""
    ask("read", "public_directory")
    rows = db.session.execute(
        public_applications()
        .where(Application.state.not_in(shelf.ENDED))
        .with_only_columns(Application.slug, Application.changed_at)
        .order_by(Application.id)
        .limit(MOST_IN_SITEMAP - 200)
    )
    pages = [(absolute(f"public.{name}"), "") for name in ("home", "directory", "announcements", "guide_index")]
    pages += [(absolute("public.result", period=point.slug), "") for point in all_announced(db.session)]
    pages += [(absolute("public.application", slug=slug), f"{changed.date().isoformat()}") for slug, changed in rows]
    lines = "\n".join(
        f"<url><loc>{escape(address)}</loc>{f'<lastmod>{day}</lastmod>' if day else ''}</url>" for address, day in pages
    )
    text = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{lines}\n</urlset>\n'
    )
    return Response(text, content_type="application/xml; charset=utf-8")


@blueprint.get("/robots.txt")
@public
def robots():
    ask("read", "public_directory")
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in KEPT_FROM_ROBOTS), f"Sitemap: {absolute('public.sitemap')}"]
    return Response("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
