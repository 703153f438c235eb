"""One error tree: every error carries a message that fits one line and says what to do next."""


class WikiError(Exception):
    """Anything that a person at the command line can put right."""


class ConfigError(WikiError):
    """A setting that can't be used; the message names file, table, key and value."""


class VaultError(WikiError):
    """A vault folder that can't be read at all."""


class AccountError(WikiError):
    """An account that can't be made or changed as asked."""
