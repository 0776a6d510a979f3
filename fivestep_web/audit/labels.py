"""What the log's page calls actions, things, facts and values; the log itself keeps the codes."""

import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from fivestep_web.core.clock import ZONE
from fivestep_web.core.permissions import ROLE_LABELS

ACTIONS: Final = {
    "account.administrator_created": "建立管理员账号",
    "account.created": "建立账号",
    "account.disabled": "停用账号",
    "account.enabled": "启用账号",
    "account.initial_passwords_made": "生成初始密码",
    "account.password_changed": "修改密码",
    "account.sessions_ended": "强制退出登录",
    "account.sign_in_failed": "登录失败",
    "account.signed_in": "登录",
    "account.signed_out": "退出",
    "achievement.registered": "登记成果",
    "achievement.withdrawn": "撤销成果登记",
    "audit.exported": "导出操作日志",
    "bulletin.drafted": "起草月通报",
    "bulletin.edited": "修改月通报文字",
    "bulletin.refreshed": "按台账重新计算月通报",
    "bulletin.reopened": "重新起草月通报",
    "bulletin.returned": "退回月通报",
    "bulletin.reviewed": "审核通过月通报",
    "bulletin.submitted": "送审月通报",
    "calendar.entered": "登记节假日和调休",
    "calendar.removed": "撤销登记的节假日或调休",
    "change.approved": "批准变更",
    "change.carried_out": "任务由承接人接手",
    "change.in_force": "变更生效",
    "change.proposed": "提出变更",
    "change.refused": "不批准变更",
    "change.revised": "修改变更内容",
    "change.withdrawn": "撤回变更",
    "demo.loaded": "载入示例",
    "demo.rehearsal_moved": "更改演练日期",
    "document.exported": "导出文档",
    "document.fetched": "接口下载文档",
    "document.issued": "印发公文",
    "document.number_dropped": "作废文号",
    "document.numbered": "批准编号",
    "document.stamp_retried": "重新生成编号后的文件",
    "documents.cancelled": "取消生成文档",
    "documents.exported": "导出全年文档",
    "documents.made": "生成文档",
    "documents.pdf_requested": "要求转成 PDF",
    "documents.requested": "要求生成文档",
    "documents.retried": "重试生成文档",
    "duty.added": "登记单位职责",
    "duty.changed": "修改单位职责",
    "duty.ended": "停用单位职责",
    "goal.changed_by_order": "按变更单修改目标",
    "goal.created": "新增目标",
    "goal.deleted": "删除目标",
    "goal.handed_over": "移交目标",
    "goal.helper_added": "增加目标分工",
    "goal.helper_ended": "结束目标分工",
    "goal.points_given": "人工评定得分",
    "goal.updated": "修改目标",
    "instance.restored": "从备份恢复",
    "key.activated": "启用签名密钥",
    "key.approved": "确认他人的新签名密钥",
    "key.ended": "停用签名密钥",
    "key.made": "建立签名密钥",
    "key.pin_changed": "修改签名 PIN",
    "key.pin_refused": "签名 PIN 未通过",
    "key.requested": "申请新的签名密钥",
    "key.tries_cleared": "签名 PIN 输错次数清零",
    "ledger.entries_opened": "建账",
    "ledger.entries_started": "到期自动启动",
    "ledger.moved": "变更台账状态",
    "ledger.started": "启动",
    "ledger.write_off_checked": "核查销号材料",
    "letter.change_begun": "责任书开始变更",
    "letter.change_ended": "责任书变更中止",
    "letter.drafted": "起草责任书",
    "letter.drawn_up": "按变更单拟定新责任书",
    "letter.exception_allowed": "批准先行发出",
    "letter.issued": "发出责任书",
    "letter.reminded": "提醒签署责任书",
    "letter.objected": "对责任书提出异议",
    "letter.revised": "责任书退回起草",
    "letter.signature_refused": "签署未通过",
    "letter.signed": "签署责任书",
    "letter.superseded": "责任书已变更",
    "letter.upper_changed": "更换上级责任书",
    "letter.voided": "作废责任书",
    "letters.run_started": "批量起草并发出责任书",
    "mandate.given": "委托他人代签",
    "mandate.revoked": "撤销代签委托",
    "mark.ended": "停用手写签名",
    "mark.set": "设置手写签名",
    "materials.downloaded": "下载任免使用材料",
    "materials.requested": "生成任免使用材料",
    "person.changed": "修改人员",
    "person.created": "新增人员",
    "post.appointed": "任职",
    "post.ended": "免职",
    "post.roles_changed": "调整角色",
    "progress.reported": "汇报进展",
    "setting.changed": "更改设置",
    "sitting.begun": "开始连续签署",
    "sitting.ended": "结束连续签署",
    "template.put_to_use": "启用文书模板",
    "template.restored": "恢复文书模板",
    "template.uploaded": "上传文书模板",
    "points.approved": "批准月度加减分",
    "points.entered": "登记月度加减分",
    "points.refused": "不批准月度加减分",
    "points.withdrawn": "撤回月度加减分",
    "review.edited": "修改季点评",
    "review.opened": "启动季点评",
    "review.refreshed": "按台账重新计算季点评",
    "review.remarked": "点评单位",
    "review.reopened": "重新起草季点评",
    "review.reported": "季点评汇报",
    "review.returned": "退回季点评",
    "review.reviewed": "审核通过季点评",
    "review.submitted": "送审季点评",
    "self_report.handed_in": "报送显绩潜绩自评",
    "token.collected": "领取接口令牌",
    "token.drawn_up": "签发接口令牌",
    "token.revoked": "停用接口令牌",
    "unit.changed": "修改单位",
    "unit.created": "新增单位",
    "view.changed": "修改常用筛选",
    "view.removed": "删除常用筛选",
    "view.saved": "保存常用筛选",
    "workbook.checked_again": "重新检查年度工作簿",
    "workbook.load_requested": "提交导入年度工作簿",
    "workbook.loaded": "导入年度工作簿",
    "workbook.uploaded": "上传年度工作簿",
    "year.step_two_opened": "开启责任步骤",
}
SUBJECTS: Final = {
    "achievement": "成果",
    "audit": "操作日志",
    "batch": "文档批次",
    "bulletin": "月通报",
    "calendar": "工作日历",
    "change": "变更单",
    "document": "文档",
    "goal": "目标",
    "instance": "系统",
    "key": "签名密钥",
    "ledger_entry": "台账",
    "letter_run": "批量办理",
    "letter": "责任书",
    "mandate": "代签委托",
    "mark": "手写签名",
    "materials": "任免使用材料包",
    "person": "人员",
    "points": "月度加减分",
    "review": "季点评",
    "self_report": "显绩潜绩自评",
    "setting": "设置",
    "sitting": "连续签署",
    "template": "文书模板",
    "token": "接口令牌",
    "unit": "单位",
    "user": "账号",
    "view": "常用筛选",
    "workbook_upload": "上传的工作簿",
    "year": "年度",
    "duty": "单位职责",
}
FACTS: Final = {
    "after": "之后",
    "agency_code_bulletin": "通报代字",
    "agency_code_decision": "决定、通知代字",
    "agency_code_report": "请示、报告代字",
    "approval_row": "确认内容",
    "approved_on": "成文日期",
    "attempt": "次数",
    "basis": "依据",
    "before": "之前",
    "capacity": "签署身份",
    "changed": "修改",
    "changes": "改动",
    "code": "编号",
    "completed_on": "完成日期",
    "completion_standard": "完成标准",
    "count": "数量",
    "county": "县（市、区）名称",
    "created": "新起草",
    "date": "日期",
    "day": "日期",
    "days": "日期",
    "deadline": "完成时限",
    "decision_note": "批准意见",
    "deputy_id": "代签人",
    "documents": "文档",
    "effective_on": "变更日期",
    "done": "累计完成",
    "entries": "条目",
    "establishment": "编制",
    "event": "进展记录",
    "failed": "失败",
    "fingerprint": "密钥指纹",
    "from_day": "自",
    "goal_id": "目标",
    "goals": "目标",
    "happened_on": "汇报日期",
    "head_id": "负责人",
    "holding": "任职记录",
    "is_assessed": "参加考核",
    "is_workday": "上班",
    "issued_at": "发出时间",
    "issued_on": "印发日期",
    "key": "密钥",
    "kind": "类别",
    "kinds": "类别",
    "last_day": "最后一天",
    "leader_id": "主管领导",
    "left": "未签",
    "letter_id": "责任书",
    "made_at": "备份时间",
    "mandate": "代签委托",
    "measure_unit": "计量单位",
    "month": "月份",
    "name": "名称",
    "new": "新增",
    "note": "说明",
    "number": "文号",
    "objected_at": "异议时间",
    "order": "变更单",
    "parent": "上级单位",
    "parent_id": "上级单位",
    "person": "人员",
    "person_id": "责任人",
    "phone": "电话",
    "points": "分值",
    "problems": "错误",
    "purpose": "用途",
    "qr": "印核验二维码",
    "quarter": "季度",
    "reason": "理由",
    "rehearsal_date": "演练日期",
    "replaces": "替换的责任书",
    "review_on": "复核日期",
    "roles": "角色",
    "row": "全部内容",
    "serial": "核验编号",
    "sha256": "校验值",
    "sheets": "工作表",
    "signature": "签署记录",
    "signature_row": "签署内容",
    "signed_sha256": "所签全文校验值",
    "size": "字节数",
    "span": "期间",
    "starts_on": "开始日期",
    "step": "步骤",
    "successor_id": "承接人",
    "target": "目标值",
    "title": "职务",
    "to": "去向",
    "unchanged": "不变",
    "unit": "单位",
    "updated": "更新",
    "username": "登录名",
    "users": "账号",
    "valid_from": "自",
    "version": "版本",
    "version_id": "版本记录",
    "year": "年度",
    "acts": "用途",
    "years": "年度",
    "expires_on": "有效期至",
    "owner": "负责人账号",
    "prefix": "识别码",
    "token": "令牌",
    "acceptance": "验收条件",
    "baseline": "基数",
    "deliverable": "交付成果",
    "duty_id": "对应职责",
    "indicator": "指标",
    "measures": "具体措施",
    "outside_duties_reason": "职责以外的理由",
    "role": "分工",
    "text": "内容",
}
VALUES: Final = {
    "research_report": "调研报告",
    "annual_work_priorities": "组织工作要点",
    "ledger_book": "台账",
    "monthly_bulletin": "月通报",
    "quarterly_review": "季点评报告",
    "recommendation_list": "推荐名单",
    "admonition_notice": "诫勉谈话通知书",
    "admonition_record": "诫勉谈话记录表",
    "achievement_file": "干部实绩考核档案",
    "consultation_minutes": "会商纪要",
    "supervision_notice": "督办单",
    "inquiry_sheet": "质询单",
    "ballot_form": "测评票",
    "tally_sheet": "计票结果表",
    "publicity_notice": "公示",
    "admonition_list": "诫勉谈话名单",
    "annual_assessment_result": "年度考核结果",
    "personal_result_notice": "个人考核结果通知",
    "changed": "已修改",
    "civil_servant": "公务员",
    "cancelled": "撤账",
    "closed": "已销号",
    "commendation_decision": "表彰决定及名单",
    "folder": "文件夹",
    "in_progress": "推进中",
    "institution": "事业",
    "issuing": "甲方签署",
    "leadership": "部领导",
    "not_started": "未启动",
    "primary_party_organization": "基层党组织",
    "reopened": "重新挂账",
    "responsibility_letter": "目标责任书",
    "responsible": "乙方签署",
    "section": "科室",
    "settled": "交账",
    "suspended": "暂缓",
    "task_book": "任务书",
    "timetable": "时间表",
    "township": "乡镇",
    "write_off_requested": "申请销号",
    "amend": "目标调整",
    "handover": "职务变动移交",
    "reassign": "调整责任人",
    "assist": "协办",
    "supervise": "督办",
    "read": "阅知",
    "lead": "责任人",
}
_ROLES = {role.value: label for role, label in ROLE_LABELS.items()}
_SPECIAL = {"*": "全部", "?": "不存在的登录名", "days": ""}
_SHOWN = re.compile(r"^(?P<name>[^\W\d_]+)\s*(?P<number>\d*)$")
_HASH, _HASH_SHOWN = re.compile(r"^[0-9a-f]{64}$"), 12
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00")  # as the log writes it
_MOST = 12  # longer lists are counted; the whole of them stays in the log


def subject_shown(subject: str) -> str:
    """Return "letter:12" as 责任书 12; an unknown kind as it stands."""
    kind, _colon, number = subject.partition(":")
    name = SUBJECTS.get(kind, kind)
    return f"{name} {_SPECIAL.get(number, number)}".strip()


def subject_meant(text: str) -> str:
    """Return what 责任书 12 or 责任书 means in the log: "letter:12", "letter"; other text unchanged."""
    match = _SHOWN.match(text.strip())
    kinds = [kind for kind, name in SUBJECTS.items() if match and name == match["name"]]
    if not match or not kinds:
        return text
    return f"{kinds[0]}:{match['number']}" if match["number"] else kinds[0]


def detail_shown(detail: Mapping[str, object]) -> str:
    """Return the facts of an entry in one line; what was left empty is not named."""
    facts = sorted(detail.items(), key=lambda fact: fact[0] != "before")  # stored by name, 之后 first
    return "；".join(
        f"{FACTS.get(name, name)}：{_value(value)}" for name, value in facts if value is not None
    )


def _value(value: object) -> str:
    if isinstance(value, list | dict):
        return _many(value) or "无"
    if isinstance(value, bool):
        return "是" if value else "否"
    if value is None or value == "":
        return "无"
    if isinstance(value, str):
        if _MOMENT.fullmatch(value):
            return f"{datetime.fromisoformat(value).astimezone(ZONE):%Y-%m-%d %H:%M}"
        return (
            value[:_HASH_SHOWN] if _HASH.match(value) else VALUES.get(value) or str(_ROLES.get(value, value))
        )
    return json.dumps(value, ensure_ascii=False)


def _many(values: list[object] | dict[str, object]) -> str:
    if len(values) > _MOST:
        return f"{len(values)}项"
    if isinstance(values, list):
        return "、".join(_value(item) for item in values)
    return "，".join(f"{FACTS.get(key, key)} {_change(item)}" for key, item in values.items())


def _change(value: object) -> str:
    """Return [old, new] as old → new; anything else as a value."""
    if isinstance(value, list) and len(value) == len(("old", "new")):
        return f"{_value(value[0])} → {_value(value[1])}"
    return _value(value)
