"""Every page in every state at both widths: whole, labelled, nowhere wider than the screen, clean for axe.

With PICTURES=1 pictures are kept in screenshots/ by screen and width, to be compared with the drawings.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask

from tests.browser import DESK, HEIGHTS, PHONE
from tests.journeys import town as towns
from tests.journeys.looks import faint_edges, faults
from tests.journeys.people import become
from tests.journeys.visits import GROUPS, NO_PAGE, UNTOUCHED, Visit

WIDTHS = (DESK, PHONE)


def test_every_rule_that_answers_a_page_is_visited(app: Flask):
    adapter = app.url_map.bind("portal")
    names = dict.fromkeys(
        ("waiting.bappeda", "sent.bappeda", "now.bappeda", "document", "account", "followed", "application", "holiday",
         "token", "decision", "seated", "general", "office", "temu.arranged", "temu.running", "temu.ended", "temu.visit", "temu.promise",
         "clarification"), "1"
    )
    reached = set()
    for visits in GROUPS.values():
        for visit in visits:
            if visit.status != 404:
                path = _filled(visit.path, names).partition("?")[0]
                reached.add(adapter.match(path, method="GET", return_rule=True)[0].rule)
    rules = {rule.rule for rule in app.url_map.iter_rules() if "GET" in rule.methods and rule.endpoint not in NO_PAGE}
    # The door to the tasks leads on to them while there are any.
    assert rules - reached == set(), "pages that nobody looks at"


def _filled(path: str, names: dict[str, Any]) -> str:
    for name, value in names.items():
        path = path.replace(f"{{{name}}}", str(value))
    return path.replace("{", "").replace("}", "")


@dataclass
class Looker:
    """Who looks: one page that changes its cookies, with axe and a camera."""

    page: Any
    site: str
    axe: Callable[[Any], list[str]]
    keep_screenshot: Callable[..., None]
    town: towns.Town | None = None

    def look(self, visit: Visit) -> list[str]:
        """Bring the page into its state, then look at it wide and narrow; what is wrong, in sentences."""
        become(self.page, self.site, self.town.cookies[visit.who] if visit.who else None)
        self.page.set_viewport_size({"width": DESK, "height": HEIGHTS[DESK]})
        path = _filled(visit.path, self.town.ids if self.town else {})
        answer = self.page.goto(path)
        if visit.press:
            answer = self.press(visit)
        wrong = [] if answer.status == visit.status else [f"answered {answer.status}, expected {visit.status}"]
        if visit.status == 422 and not self.page.title().startswith("Kesalahan: "):
            wrong.append(f"the title of a refused form is {self.page.title()!r}")
        for width in WIDTHS:
            self.page.set_viewport_size({"width": width, "height": HEIGHTS[width]})
            found = [*faults(self.page), *faint_edges(self.page), *self.axe(self.page)]
            wrong.extend(f"at {width}: {each}" for each in found)
            self.keep_screenshot(self.page, visit.screen)
        return [f"{visit.screen} {path} as {visit.who or 'a stranger'}: {each}" for each in wrong]

    def press(self, visit: Visit) -> Any:
        """Fill what is to be wrong and press the button; gives the answer."""
        main = self.page.get_by_role("main")
        hidden = self.page.get_by_role("button", name=visit.press, exact=True, include_hidden=True)
        fold = main.locator("details:not([open])").filter(has=hidden)
        if fold.count():
            fold.first.locator("summary").first.click()
        for label, text in visit.fill.items():
            main.get_by_label(label, exact=True).first.fill(text)
        with self.page.expect_navigation() as moved:
            main.get_by_role("button", name=visit.press, exact=True).first.click()
        return moved.value


@pytest.fixture
def looker(site, page_at, axe, keep_screenshot) -> Looker:
    page = page_at(DESK)
    page.set_default_timeout(20_000)
    return Looker(page, site, axe, keep_screenshot)


@pytest.mark.once
@pytest.mark.parametrize("group", GROUPS)
def test_the_pages_of(group: str, app: Flask, session: Any, looker: Looker):
    looker.town = towns.make(app, session)
    wrong = [complaint for visit in GROUPS[group] for complaint in looker.look(visit)]
    assert wrong == [], "\n" + "\n".join(wrong)


@pytest.mark.once
def test_the_pages_of_a_portal_where_nothing_has_begun(looker: Looker):
    wrong = [complaint for visit in UNTOUCHED for complaint in looker.look(visit)]
    assert wrong == [], "\n" + "\n".join(wrong)
