"""Messages: their text as a document, their attachments as files."""
