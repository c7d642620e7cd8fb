"""The settings of the front door: limits and switches, frozen."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class DocumentLimits:
    """The limits to the size and cost of a GraphQL document."""

    depth: int = 12
    """Nested fields; the typed SLA document needs six of them below the version."""
    introspection_depth: int = 20
    """Nested fields below `__schema` and `__type`; the usual introspection query needs 13."""
    fields: int = 500
    """Fields of an operation, those of its fragments counted at each use."""
    aliases: int = 30
    """Aliases in the whole document."""
    root_fields: int = 20
    """Fields at the root of a query."""
    root_mutations: int = 5
    """Fields at the root of a mutation."""
    directives_here: int = 5
    """Directives at one place."""
    directives: int = 20
    """Directives in the whole document."""
    tokens: int = 1_000
    """Lexical tokens, comments apart."""
    comments: int = 100
    """Comments."""
    characters: int = 20_000
    """Length of the source."""
    cost: int = 20_000
    """Fields that may have to be resolved, lists counted with their size."""
    page_size: int = 50
    """Size of a page when neither `first` nor `last` is given."""
    largest_page: int = 100
    """The largest page; a larger `first` is refused by its field."""
    list_size: int = 5
    """Size a list without pages is taken for."""
    validation_errors: int = 20
    """The most validation errors that are reported."""
    cached_documents: int = 1_000
    """The number of parsed and validated documents that are kept."""
    cached_characters: int = 1_000_000
    """The most characters of all kept documents together."""
    introspection: bool = True
    """True if signed-in clients may read the schema."""


@dataclass(frozen=True, slots=True)
class VariableLimits:
    """The limits to the variables of a request; counted before GraphQL reads them."""

    items: int = 500
    """Items of a list; in the document itself too."""
    items_in_documents: int = 5_000
    """Items of a list inside an SLA document or a condition."""
    values: int = 20_000
    """Values in all, objects and lists counted too; those of a variable at each of its uses."""
    keys: int = 1_000
    """Keys of an object."""
    text: int = 65_536
    """Characters of a text; an SLA document as text may be longer."""


@dataclass(frozen=True, slots=True)
class ConnectionLimits:
    """The limits to a connection before anybody has signed in on it."""

    header_bytes: int = 65_536
    """Bytes of a request line with its headers; more is answered with 431."""
    header_lines: int = 100
    """Headers of a request; more are answered with 431."""
    header_seconds: float = 10.0
    """The longest time for a request line with its headers; longer is answered with 408."""
    body_rate: int = 1_024
    """Bytes a second that a body must bring; a slower one is answered with 408."""
    body_seconds: float = 10.0
    """Over how long the speed of a body is measured."""


@dataclass(frozen=True, slots=True)
class ApiSettings:
    """Limits and switches of the front door; times are seconds, sizes bytes."""

    limits: DocumentLimits = field(default_factory=DocumentLimits)
    variables: VariableLimits = field(default_factory=VariableLimits)
    connections: ConnectionLimits = field(default_factory=ConnectionLimits)
    body_bytes: int = 1_048_576
    """The largest HTTP body of /graphql; more is answered with 413."""
    execution_seconds: float = 10.0
    """The longest time that a query may run."""
    mutation_seconds: float = 30.0
    """The longest time that a mutation may run, which may wait for others that write about the same leads."""
    requests_per_second: float = 200.0
    """The limit of each principal, in the long run."""
    request_burst: int = 400
    """The limit of each principal at one moment."""
    init_seconds: float = 10.0
    """The time that a WebSocket waits for `connection_init`."""
    send_seconds: float = 30.0
    """The longest time that a WebSocket message may wait for a slow reader before the socket is closed."""
    subscriptions_per_connection: int = 20
    """Operations in flight on one WebSocket."""
    subscriptions_per_principal: int = 100
    """Streams of one principal in this process, over WebSocket and SSE together."""
    heartbeat_seconds: float = 12.0
    """The time after which a quiet SSE stream says that it lives."""
    checkpoint_seconds: float = 20.0
    """After how long without an event a subscription tells where it stands; less than the 30 that are promised."""
    graphiql: bool = False
    """True if the GraphiQL page is served at /."""
    origins: tuple[str, ...] = ()
    """Origins whose pages may call the API (CORS and WebSocket), beside the API's own."""
