"""What the pages show: each module gathers the content of one kind of page; views only fetch it and answer."""
