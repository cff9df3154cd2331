"""Rules of the capacity of Aurora Serverless v2."""

from typing import TypedDict

from edge_postgres.core.errors import ValidationError
from edge_postgres.origins.rds.limits import AURORA_CAPACITY_CEILING, AURORA_CAPACITY_STEPS


class Capacity(TypedDict):
    """Minimum and maximum capacity of Aurora Serverless v2, in ACU."""

    minimum: float
    maximum: float


def validate_capacity(minimum: float, maximum: float, *, subject: str) -> Capacity:
    """Returns the minimum and the maximum capacity of Aurora Serverless v2, in ACU.

    Raises:
        ValidationError: A bound is no multiple of 0.5 or outside of its range, or the minimum is above the maximum.
    """
    for bound, value in (("minimum", float(minimum)), ("maximum", float(maximum))):
        if not (value * AURORA_CAPACITY_STEPS).is_integer():
            problem = f"must have a {bound} capacity that is a multiple of 0.5 ACU, got {value:g} ACU"
            raise ValidationError(subject, problem, f"Set the {bound} capacity to a multiple of 0.5.")
    if minimum < 0:
        problem = f"must have a minimum capacity of at least 0 ACU, got {minimum:g} ACU"
        raise ValidationError(subject, problem, "Set the minimum capacity to 0 or more.")
    if not 1 <= maximum <= AURORA_CAPACITY_CEILING:
        problem = f"must have a maximum capacity from 1 to {AURORA_CAPACITY_CEILING} ACU, got {maximum:g} ACU"
        fix = f"Set the maximum capacity to a number from 1 to {AURORA_CAPACITY_CEILING}."
        raise ValidationError(subject, problem, fix)
    if minimum > maximum:
        problem = f"must be at least the minimum capacity, which is {minimum:g} ACU, got {maximum:g} ACU"
        raise ValidationError(subject, problem, "Set a larger maximum capacity, or a smaller minimum capacity.")
    return {"minimum": minimum, "maximum": maximum}
