"""docs/permissions.md: the matrix in words. `python -m fivestep_web.core.permission_docs` writes it anew."""

from pathlib import Path

from fivestep_web.core.permissions import (
    MATRIX,
    PERMISSION_LABELS,
    ROLE_LABELS,
    SCOPE_LABELS,
    Permission,
    Role,
)

PATH = Path(__file__).resolve().parents[2] / "docs" / "permissions.md"

# what the table of domain.md section 6 does not list, and why these roles hold it
REASONS = {
    Permission.SIGNED_IN: "每个账号都要能看待办、改自己的密码，不涉及业务数据。",
    Permission.TOPIC_READ: "课题面向全系统征求意见，各角色都要看；管理员不参与业务，不给。",
    Permission.GOAL_READ: "任务书印发到各单位，机关内可互看；乡镇只看本单位，不看别的乡镇。",
    Permission.LETTER_READ: "能签、能管责任书的人才看：主要领导、办公室、人事看全部，其余按范围。",
    Permission.LETTER_ISSUE: "办公室统一发出；科室负责人、乡镇党委书记发出本单位对个人的责任书。",
    Permission.STEP_TWO_OPEN: "R1.1：要点印发前提前开启，由部长批准并写明理由。",
    Permission.ENTRY_SUSPEND: "暂缓改变督查口径，与批准销号同一范围。",
    Permission.ENTRY_CANCEL: "撤账使事项不再督办，只由部长批准。",
    Permission.LIMIT_READ: "R3.9：超时限的环节办理人和上一级都要看到，其余按范围看统计。",
    Permission.LIMIT_SET: "R3.9：时限由常务副部长或办公室设定，每次设定留有记录。",
    Permission.EXTENSION_READ: "申请人、批准人和督办的办公室要看，其余按范围。",
    Permission.EXTENSION_ASK: "谁的事项谁申请：单位负责人申请本单位的，其他人申请本人负责的。",
    Permission.EXTENSION_DECIDE: "与批准责任书变更同一范围；申请人不能批准自己的申请。",
    Permission.FEEDBACK_READ: "R3.10：反馈在单位和主管领导之间，办公室统计报送情况，本单位的人看本单位的。",
    Permission.FEEDBACK_SEND: "R3.10：由各单位负责人反馈。",
    Permission.FEEDBACK_ANSWER: "R3.10：由主管领导答复，部长、常务副部长可以代答；报送人不能答复自己的。",
    Permission.EVALUATION_ASSESS: "R3.11：先由单位自评，与汇报进展同一范围。",
    Permission.EVALUATION_CONCLUDE: "R3.11：由主管领导评估；个人任务也可由单位负责人评，本人自评的不能再评。",
    Permission.EVALUATION_SET: "R3.12：评估标准由办公室设定，本年度有人评过以后不能再改维度。",
    Permission.CORRECTIVE_ORDER: "R3.13：由领导对分管单位下达，部长、常务副部长可以对各单位下达。",
    Permission.CORRECTIVE_RECORD: "R3.13：调度会由办公室记录，会上定的措施由办公室登记。",
    Permission.CORRECTIVE_REPORT: "R3.13：由责任人报告，本单位负责人可以代报。",
    Permission.CORRECTIVE_VERIFY: "R3.13：由主管领导或办公室核实，责任人和报告人不能核实。",
    Permission.INQUIRY_URGE: "催办由主管领导、部领导和办公室进行，只提醒，不改变时限和状态。",
    Permission.NOTICE_READ: "督办单涉及滞后原因，按分管单位、本单位、本人看；收到督办单的人都能看。",
    Permission.NOTICE_ANSWER: "domain.md 8.3：由责任人、单位负责人答复，与汇报进展同一范围。",
    Permission.NOTICE_JUDGE: "答复由主管领导审核，与批准销号同一范围；答复人、责任人不能审核。",
    Permission.NOTICE_TRY_OUT: "试算会列出全系统的滞后事项，只给部长、常务副部长和办公室。",
    Permission.TALK_DECIDE: "domain.md 8.3：红灯超过15个工作日提请部长，约谈由部长决定。",
    Permission.MANUAL_POINTS: "人工评定直接影响得分，只给负责考核的常务副部长和人事。",
    Permission.COMMENDATION_READ: "建议对象未经公示，与公示前看结果的范围相同。",
    Permission.COMMENDATION_PREPARE: "R5.15：系统按结果列出，办公室、人事提名和准备材料。",
    Permission.COMMENDATION_DECIDE: "R5.15：由人决定，给部长、常务副部长；谁提名谁不能决定。",
    Permission.CYCLE_PREPARE: "domain.md 第6节：方案由办公室、人事、常务副部长制定；谁起草谁不能批准。",
    Permission.CYCLE_APPROVE: "domain.md 第6节和5.6：启动、规则变更、公示和确定结果由部长批准。",
    Permission.CYCLE_RUN: "domain.md 5.6：自评、评价的开始和截止由办公室办理，审核意见由办公室登记。",
    Permission.BALLOT_COUNT: "domain.md 第6节：办公室、人事各出一人，两个账号先后确认。",
    Permission.CYCLE_FILE: "domain.md 5.6：实绩考核档案由人事归档。",
    Permission.ADMONITION_READ: "诫勉保密，只给部长、常务副部长和干部监督；"
    "谈话人看由其谈话的，本人收到通知后看本人的。",
    Permission.OBJECTION_FILE: "N8：公示面向全体，人人可提异议，只看本人提出的；管理员不参与业务，不给。",
    Permission.OBJECTION_RECEIVE: "N8：异议由办公室、人事、干部监督受理登记；受理的人不能答复。",
    Permission.ADJUSTMENT_PROPOSE: "domain.md 7.8：加减分由办公室、人事提出，写明事由和依据文件。",
    Permission.ADJUSTMENT_DECIDE: "domain.md 7.8：部务会议批准，由部长、常务副部长登记，提出人不能登记。",
    Permission.OBJECTION_HANDLE: "N8：第二人答复，给干部监督、常务副部长、主管领导；参与过结果的逐件排除。",
    Permission.DOCUMENT_READ: "文档随其事项：能看事项的人看它的文档；"
    "个人考核结果通知给人事、部长、常务副部长，定稿后给本人。",
    Permission.DOCUMENT_BUILD: "批量生成由办公室、人事承担，个人考核结果通知只由人事生成；"
    "干部监督只生成本人经办的诫勉文档。",
    Permission.DOCUMENT_NUMBER: "与编号、印发同一范围；通报结果的公文，谁生成的就不由谁批准编号。",
    Permission.BULLETIN_ISSUE: "domain.md 第6节：月通报由办公室准备，部长、常务副部长印发。",
    Permission.BULLETIN_READ: "印发以前只给准备、审核的人和部领导、人事看；印发以后各单位在“文档”里看。",
    Permission.BULLETIN_PREPARE: "domain.md 第6节：月通报由办公室准备。",
    Permission.DAILY_POINTS_APPROVE: "加减分影响得分，与印发月通报同一范围；登记人不能批准自己登记的。",
    Permission.DAILY_READ: "各单位看本单位的汇报和点评，部领导、办公室、人事看全部。",
    Permission.UNIT_REPORT: "R5.6：由各单位负责人汇报。",
    Permission.ACHIEVEMENT_REGISTER: "R6.3：成果由做工作的单位登记，办公室可以代登；撤销的保留理由。",
    Permission.TEMPLATE_MANAGE: "文书由办公室、人事承担，管理员协助；模板不含人员信息，诫勉文书的也在内。",
    Permission.WORKBOOK_IMPORT: "年度工作簿由办公室编制，管理员协助导入。",
    Permission.CALENDAR_EDIT: "domain.md 第6节：办公室维护日历，管理员可代办。",
    Permission.JOB_READ: "后台任务由管理员处理，批量生成的进度办公室要看。",
    Permission.TOKEN_MANAGE: "令牌由管理员签发、负责人本人领取：管理员拿不到令牌，也就看不到文档。",
    Permission.AUDIT_READ: "日志只能看不能改；三员分设前由管理员查看。",
    Permission.REHEARSAL_MOVE: "只在示例中有，调整演练日期影响所有页面，只给管理员。",
}


def permissions_markdown() -> str:
    """Return the text of docs/permissions.md."""
    heads = [ROLE_LABELS[role] for role in Role]
    lines = [
        "# 角色和权限",
        "",
        "本表由 `fivestep_web/core/permissions.py` 生成（`python -m fivestep_web.core.permission_docs`），",
        "测试保证两者一致。角色随任职而来，任职结束即失效；一人可有几个角色，权限合并计算。",
        "“本单位”“分管单位”“本人”之外的对象对其不可见（404），可见而无权办理的为 403。",
        "",
        f"| 事项 | {' | '.join(heads)} |",
        f"| --- |{' --- |' * len(heads)}",
    ]
    for permission, label in PERMISSION_LABELS.items():
        cells = [_cell(permission, role) for role in Role]
        lines.append(f"| {label} | {' | '.join(cells)} |")
    lines += [
        "",
        "## 权限表之外的事项为什么这样给",
        "",
        "domain.md 第6节没有单独列出的事项，按“给最少的、确有需要的角色”确定：",
        "",
    ]
    lines += [f"- **{PERMISSION_LABELS[permission]}**：{reason}" for permission, reason in REASONS.items()]
    return "\n".join([*lines, ""])


def _cell(permission: Permission, role: Role) -> str:
    scope = MATRIX[permission].get(role)
    return "–" if scope is None else SCOPE_LABELS[scope]


if __name__ == "__main__":
    PATH.write_text(permissions_markdown(), encoding="utf-8")
