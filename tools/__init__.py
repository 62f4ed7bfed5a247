"""Scripts behind the Makefile; they need Python and nothing else until they have installed it."""
