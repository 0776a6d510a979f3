"""Examples of /verify: asking changes nothing."""

UNLOGGED = {"verify.verify_upload": "it hashes a file and compares; nothing is written (trust.md D7)"}
