"""The door for servers and for the command line: `gunicorn wsgi:app`, `flask --app wsgi ...`."""

import gc

from sqlalchemy.orm import configure_mappers

from portal import create_app

app = create_app()
# What is loaded now stays as long as the process. The collector need not walk through all of it again in the middle
# of a request (measured: pauses of 50 ms and more).
configure_mappers()
gc.collect()
gc.freeze()
gc.set_threshold(5_000, 20, 20)
