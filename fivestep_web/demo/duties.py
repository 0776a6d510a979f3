"""The invented county's written duties: each section's own, the same for every township (R2.2)."""

from typing import Final

from sqlalchemy import select

from fivestep_web.core.permissions import Actor
from fivestep_web.extensions import db
from fivestep_web.org.models import Unit, UnitKind
from fivestep_web.responsibility.goals import duty_services

OF_SECTIONS: Final = {
    "K01": (
        "部机关文电、会务、机要、档案和保密工作",
        "重要工作部署的督促检查和情况综合",
        "部机关人事、财务和后勤服务",
        "年度目标管理和考核的日常工作",
    ),
    "K02": (
        "组织工作调查研究和重要文稿起草",
        "组织工作信息、宣传和网络舆情",
        "组织工作创新项目的论证和总结",
    ),
    "K03": (
        "农村、社区和机关基层党组织建设",
        "后进党组织整顿和村级活动场所建设",
        "发展党员和党内统计",
        "党代表联络服务",
    ),
    "K04": (
        "党员教育培训和远程教育站点管理",
        "党员教育片和课件制作",
        "流动党员教育管理",
    ),
    "K05": (
        "领导班子和领导干部的考察、任免和调整",
        "年轻干部培养选拔和后备干部管理",
        "干部教育培训计划的制定和落实",
    ),
    "K06": (
        "领导干部选拔任用工作的监督检查",
        "领导干部个人有关事项报告和经济责任审计联络",
        "干部监督举报的受理和查核",
    ),
    "K07": (
        "公务员录用、登记、考核和奖惩",
        "公务员平时考核和职务职级管理",
        "参照公务员法管理单位的审核",
    ),
    "K08": (
        "人才工作规划、政策和重点项目",
        "专家和乡土人才的选拔、联系和服务",
        "人才工作目标责任考核",
    ),
    "K09": (
        "干部人事档案的收集、审核、整理和保管",
        "干部人事档案数字化",
        "干部信息系统维护和数据统计",
    ),
}
OF_TOWNSHIPS: Final = (
    "辖区基层党组织建设和村级组织换届",
    "村干部队伍管理和后备力量培养",
    "党员发展、教育和管理",
    "乡镇干部日常管理和考核",
    "辖区人才的摸底、联系和服务",
)


def write(actor: Actor) -> None:
    """Put every section's and township's duties on its list."""
    for unit in db.session.scalars(select(Unit).order_by(Unit.code)).all():
        own = OF_TOWNSHIPS if unit.kind is UnitKind.TOWNSHIP else OF_SECTIONS.get(unit.code, ())
        for text in own:
            duty_services.add_duty(actor, unit, text)
