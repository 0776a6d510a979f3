"""Write the Word templates of the product: `python tools/build_word_templates.py`.

The same code writes the same bytes, so a difference in the repository is a difference of wording or layout.
"""

from pathlib import Path

from word_documents import BODIES
from word_parts import members

from fivestep_web.documents.kinds import DocumentKind
from fivestep_web.documents.package import archive, packed

FOLDER = Path(__file__).parent.parent / "fivestep_web" / "documents" / "word"


def template(kind: DocumentKind) -> bytes:
    """Return the template of *kind*."""
    parts = members(BODIES[kind](), kind.code, kind.label)
    return archive(packed(name, content.encode()) for name, content in parts.items())


def main() -> None:
    """Write every template."""
    FOLDER.mkdir(exist_ok=True)
    for kind in BODIES:
        path = FOLDER / f"{kind.value}.docx"
        path.write_bytes(template(kind))
        print(path.name, path.stat().st_size)


if __name__ == "__main__":
    main()
