"""What is wrong in a vault. The rules know no files: the command feeds them from a vault, the page from a view."""
