"""Whether an installation is sound, for whoever runs it. Looks only: makes nothing, mends nothing, and its lines name
no note, no account and no secret, so that they can be shown to somebody who is asked for help."""
