"""Search: words, queries, and the ranking of one view's notes."""
