"""The history of the schema, oldest first. A revision that was released is never changed."""
