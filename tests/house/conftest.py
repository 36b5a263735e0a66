"""One world for each test process: it takes longer to build than to ask."""

import pytest

from tests.house import world as worlds


@pytest.fixture(scope="module")
def world(_house, _database):
    _database.renew(_house)
    evidence = _house.config["SETTINGS"].evidence
    evidence.mkdir(parents=True, exist_ok=True)
    with _house.app_context():
        session = _house.extensions["sqlalchemy"].session
        made = worlds.make(_house, session)
        yield made
        session.rollback()
