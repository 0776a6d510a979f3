"""Examples of /verify, where asking changes nothing, and of what is printed on letters."""

from fivestep_web.core.permissions import Role
from tests.factories.accounts import user_with_role
from tests.security.example import Example

UNLOGGED = {"verify.verify_upload": "it hashes a file and compares; nothing is written (trust.md D7)"}
UNSAFE = {"printing.print_update": lambda: Example(user_with_role(Role.ADM), data={"qr": "y"})}
