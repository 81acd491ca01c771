"""The projection in MongoDB. Nothing outside this package imports its driver."""

from footfall.projection.mongo.store import MongoStore

__all__ = ["MongoStore"]
