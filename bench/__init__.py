"""The workload of the desk as runnable code: seeding by bulk SQL, floors, pages, ratios."""
