"""A static site of what one role sees: the web application asked from inside, and its answers made to files."""
