"""Where files are chosen; which of them are kept is decided by the services."""

from functools import cached_property

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, MultipleFileField
from werkzeug.datastructures import FileStorage

from fivestep_web.core.forms import BaseForm
from fivestep_web.core.plain_files import ACCEPTED


class PhotoField(FileField):  # type: ignore[misc]
    """A photo taken now; kept like the other files when the form is refused."""


class EvidenceFields(BaseForm):
    """Files beside what is typed; the camera of a phone opens at the first."""

    photo = PhotoField(_l("现场拍照"), render_kw={"accept": "image/jpeg,image/png", "capture": "environment"})
    files = MultipleFileField(
        _l("佐证材料"),
        description=_l(
            "照片（.jpg、.png）、PDF、Word（.docx）、Excel（.xlsx），可选几份，每份不超过 20 MB，"
            "一次合计不超过 60 MB；照片里的位置和拍摄信息会去掉"
        ),
        render_kw={"accept": ACCEPTED},
    )

    @cached_property
    def uploads(self) -> list[tuple[str, bytes]]:
        """Return the names and bytes of what was sent."""
        sent = [self.photo.data, *(self.files.data or [])]
        return [
            (item.filename, item.read()) for item in sent if isinstance(item, FileStorage) and item.filename
        ]
