from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder


def exposition(registry: CollectorRegistry, accept: str) -> tuple[bytes, str]:
    """Give what a scrape is answered with, and its content type.

    Args:
        registry: the metrics of this process.
        accept: the header by which a scraper says what it reads; may be empty.
    """
    encode, content_type = choose_encoder(accept)
    return encode(registry), content_type
