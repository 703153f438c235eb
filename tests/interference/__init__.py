"""The promise under test: pairs of vaults that are equal inside a clearance, and whatever a reader of it can ask."""
