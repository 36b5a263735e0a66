"""What every table shares: names of constraints, exact numbers, instants in UTC, states as short text."""

from datetime import UTC, datetime
from fractions import Fraction

from sqlalchemy import BigInteger, CheckConstraint, DateTime, MetaData, String, TypeDecorator
from sqlalchemy.orm import DeclarativeBase

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

UNIT = 10_000


class Exact(TypeDecorator):
    """A number kept as an integer of 1/10000, the same on every engine (a REAL would drift)."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value, dialect):
        if value is None:
            return None
        scaled = Fraction(value) * UNIT
        if scaled.denominator != 1:
            raise ValueError(f"{value} has more than four decimals")
        return int(scaled)

    def process_result_value(self, value, dialect):
        return None if value is None else Fraction(value, UNIT)


class Instant(TypeDecorator):
    """A moment: aware UTC in Python, whatever the engine keeps."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value, dialect):
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value, dialect):
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {datetime: Instant, Fraction: Exact}


def one_of(column: str, *values: str) -> CheckConstraint:
    """CHECK that a text column holds one of the known codes."""
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=f"known_{column}")


Code = String(40)
Digest = String(64)
