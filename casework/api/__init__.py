"""The API: the same scope, disclosure and moves as the pages, as JSON."""
