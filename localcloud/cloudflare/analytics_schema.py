"""The schema of the GraphQL Analytics API, for the datasets of Hyperdrive.

It has the fields of https://developers.cloudflare.com/hyperdrive/observability/metrics/ (May 2026), and the dimensions
of time. Other fields are unknown, so that a query with a wrong field fails here too.
"""

from datetime import UTC, date, datetime

from graphql import GraphQLError, GraphQLScalarType, GraphQLSchema, build_schema

TIME_DIMENSIONS = ("date", "datetimeMinute", "datetimeHour")
QUERY_DIMENSIONS = ("configId", "cacheStatus", "eventStatus")
POOL_DIMENSIONS = ("configId", "coloCode")
OPERATORS = {"": "string", "_neq": "string", "_in": "[string!]", "_notin": "[string!]"}
COMPARISONS = ("_geq", "_gt", "_leq", "_lt")


def create_schema() -> GraphQLSchema:
    """Returns the schema. Its resolvers read attributes of the root value, and call methods with the arguments."""
    schema = build_schema(_definition())
    for name, parse in (("Time", _parse_time), ("Date", _parse_date)):
        scalar = schema.type_map[name]
        assert isinstance(scalar, GraphQLScalarType)
        scalar.coerce_input_value = parse
    return schema


def parse_moment(text: str) -> datetime:
    """Returns the moment of a `Time` or a `Date`, which is the start of the day. Raises ``ValueError``."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _parse_time(value: object) -> object:
    try:
        parse_moment(str(value))
    except ValueError:
        raise GraphQLError(f"{str(value)[:40]!r} is not a time such as 2026-11-21T12:00:00Z") from None
    return value


def _parse_date(value: object) -> object:
    try:
        date.fromisoformat(str(value)[:10])
    except ValueError:
        raise GraphQLError(f"{str(value)[:40]!r} is not a date such as 2026-11-21") from None
    return value


def _definition() -> str:
    return f"""
    scalar string
    scalar Time
    scalar Date
    scalar uint64
    scalar float64

    type Query {{ viewer: viewer }}
    type viewer {{ accounts(filter: AccountFilter!): [account!]! }}
    input AccountFilter {{ accountTag: string! }}

    type account {{
      {_dataset("Queries", "hyperdriveQueriesAdaptiveGroups")}
      {_dataset("PoolSizes", "hyperdrivePoolSizesAdaptiveGroups")}
    }}

    type Queries {{ count: uint64! dimensions: QueriesDimensions avg: QueriesAvg sum: QueriesSum }}
    type QueriesAvg {{ connectionLatency: float64! queryLatency: float64! }}
    type QueriesSum {{ queryBytes: uint64! resultBytes: uint64! }}
    {_dimensions("Queries", QUERY_DIMENSIONS)}

    type PoolSizes {{ dimensions: PoolSizesDimensions avg: PoolSizesAvg max: PoolSizesMax }}
    type PoolSizesAvg {{ currentPoolSize: float64! availablePoolSlots: float64! waitingClients: float64! }}
    type PoolSizesMax {{ maxPoolSize: uint64! currentPoolSize: uint64! waitingClients: uint64! }}
    {_dimensions("PoolSizes", POOL_DIMENSIONS)}
    """


def _dataset(type_name: str, field: str) -> str:
    return f"{field}(limit: Int!, filter: {type_name}Filter, orderBy: [{type_name}Order!]): [{type_name}!]!"


def _dimensions(type_name: str, names: tuple[str, ...]) -> str:
    """Returns the types of the dimensions, of the filter and of the order of a dataset."""
    times = {"date": "Date", "datetimeMinute": "Time", "datetimeHour": "Time"}
    fields = " ".join([f"{name}: {kind}!" for name, kind in times.items()] + [f"{name}: string!" for name in names])
    filters = [f"{name}{operator}: {kind}" for name in names for operator, kind in OPERATORS.items()]
    filters += [f"datetime{each}: Time date{each}: Date" for each in COMPARISONS] + ["date: Date"]
    sortable = (*TIME_DIMENSIONS, *names, *(("count",) if type_name == "Queries" else ()))
    order = " ".join(f"{name}_{direction}" for name in sortable for direction in ("ASC", "DESC"))
    return f"""
    type {type_name}Dimensions {{ {fields} }}
    input {type_name}Filter {{ {" ".join(filters)} }}
    enum {type_name}Order {{ {order} }}
    """
