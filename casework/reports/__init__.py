"""Reports: one function per number, over what its reader may see, each with a written definition."""
