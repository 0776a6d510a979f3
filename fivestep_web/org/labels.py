"""How kinds of unit and establishments are called on pages."""

from fivestep_web.org.models import Establishment, MovedState, UnitKind

UNIT_KIND_LABELS = {
    UnitKind.LEADERSHIP: "部领导",
    UnitKind.SECTION: "科室",
    UnitKind.TOWNSHIP: "乡镇",
    UnitKind.PRIMARY_PARTY_ORGANIZATION: "基层党组织",
}
MOVED_STATE_LABELS = {
    MovedState.PROPOSED: "待确认",
    MovedState.APPROVED: "已调整",
    MovedState.KEPT: "保持原日期",
    MovedState.LAPSED: "不再变动",
}
ESTABLISHMENT_LABELS = {Establishment.CIVIL_SERVANT: "公务员", Establishment.INSTITUTION: "事业"}
