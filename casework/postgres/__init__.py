"""Database backend: Django's PostgreSQL backend that can start an embedded server when nothing answers."""
