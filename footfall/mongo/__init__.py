"""The connection to MongoDB, and what is kept there beside the projection."""
