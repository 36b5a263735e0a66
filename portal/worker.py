"""The worker process: `python -m portal.worker`. It takes jobs when the bell rings and makes its rounds in between."""

import logging
import threading
import time

from flask import Flask

from portal import create_app, postman
from portal.housekeeping import tidy
from portal.jobs import beat, renew_leases, ring_due
from portal.notice_letters import mail_notices

ROUND_S = 5
RENEWED_EVERY = 4  # rounds
NOTICES_MAILED_EVERY = 6  # rounds
TIDIED_EVERY = 720  # rounds: once an hour, and at the start
STOPS_WITHIN_S = 8

log = logging.getLogger("portal.worker")


def main() -> None:
    app = create_app()
    consumer = app.extensions["queue"].create_consumer(
        workers=app.config["SETTINGS"].job_threads,
        periodic=False,
        max_delay=0.5,
        graceful_signal="TERM",
        shutdown_timeout=STOPS_WITHIN_S,
    )
    threading.Thread(target=_make_rounds, args=(app,), name="rounds", daemon=True).start()
    consumer.run()


def _make_rounds(app: Flask) -> None:
    turn = 0
    while True:
        with app.app_context():
            try:
                beat()
                postman.make_round()
                if turn % NOTICES_MAILED_EVERY == 0:
                    mail_notices()
                ring_due()
                if turn % RENEWED_EVERY == 0:
                    renew_leases()
                if turn % TIDIED_EVERY == 0:
                    tidy(app)
            except Exception:
                log.warning("a round of the worker failed", exc_info=True)
        turn += 1
        time.sleep(ROUND_S)


if __name__ == "__main__":
    main()
