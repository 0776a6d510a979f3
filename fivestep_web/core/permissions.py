"""Who may do what: roles, permissions, their scopes, and @requires.

The matrix is domain.md section 6; what that table does not list is given to the narrowest role that needs it.
docs/permissions.md is this matrix in words, kept equal by a test.
"""

import enum
import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import abort, g
from flask_babel import gettext as _

from fivestep_web.core.errors import NotAllowed


class Role(enum.StrEnum):
    """The roles of domain.md section 6; outside evaluators have codes, no account."""

    MIN = "MIN"
    EXD = "EXD"
    DEP = "DEP"
    SHD = "SHD"
    STF = "STF"
    TSC = "TSC"
    ORG = "ORG"
    OFC = "OFC"
    HRO = "HRO"
    SUP = "SUP"
    PNL = "PNL"
    ADM = "ADM"


ROLE_LABELS = {
    Role.MIN: "部长",
    Role.EXD: "常务副部长",
    Role.DEP: "主管领导",
    Role.SHD: "科室负责人",
    Role.STF: "科室人员",
    Role.TSC: "乡镇党委书记",
    Role.ORG: "乡镇组织委员、组织干事",
    Role.OFC: "办公室",
    Role.HRO: "人事",
    Role.SUP: "干部监督",
    Role.PNL: "评定小组",
    Role.ADM: "管理员",
}


class Scope(enum.StrEnum):
    """How far a permission reaches."""

    ALL = "all"
    CHARGE = "charge"
    UNIT = "unit"
    PERSON = "person"


SCOPE_LABELS = {Scope.ALL: "全部", Scope.CHARGE: "分管单位", Scope.UNIT: "本单位", Scope.PERSON: "本人"}


class Permission(enum.StrEnum):
    """One thing that can be done."""

    SIGNED_IN = "signed_in"
    TOPIC_READ = "topic_read"
    GOAL_READ = "goal_read"
    GOAL_EDIT = "goal_edit"
    DUTY_EDIT = "duty_edit"
    LETTER_READ = "letter_read"
    LETTER_ISSUE = "letter_issue"
    LETTER_SIGN_ISSUING = "letter_sign_issuing"
    LETTER_SIGN_RESPONSIBLE = "letter_sign_responsible"
    CHANGE_REQUEST = "change_request"
    CHANGE_APPROVE = "change_approve"
    KEY_APPROVE = "key_approve"
    COVERAGE_READ = "coverage_read"
    REMIND = "remind"
    STEP_TWO_OPEN = "step_two_open"
    LEDGER_READ = "ledger_read"
    PROGRESS_REPORT = "progress_report"
    MILESTONE_ACCEPT = "milestone_accept"
    PLAN_PREPARE = "plan_prepare"
    PLAN_APPROVE = "plan_approve"
    KEY_GOAL_MARK = "key_goal_mark"
    WRITE_OFF_CHECK = "write_off_check"
    WRITE_OFF_APPROVE = "write_off_approve"
    ENTRY_SUSPEND = "entry_suspend"
    ENTRY_CANCEL = "entry_cancel"
    LIMIT_READ = "limit_read"
    LIMIT_SET = "limit_set"
    EXTENSION_READ = "extension_read"
    EXTENSION_ASK = "extension_ask"
    EXTENSION_DECIDE = "extension_decide"
    FEEDBACK_READ = "feedback_read"
    FEEDBACK_SEND = "feedback_send"
    FEEDBACK_ANSWER = "feedback_answer"
    EVALUATION_ASSESS = "evaluation_assess"
    EVALUATION_CONCLUDE = "evaluation_conclude"
    EVALUATION_SET = "evaluation_set"
    CORRECTIVE_ORDER = "corrective_order"
    CORRECTIVE_RECORD = "corrective_record"
    CORRECTIVE_REPORT = "corrective_report"
    CORRECTIVE_VERIFY = "corrective_verify"
    INQUIRY_RAISE = "inquiry_raise"
    INQUIRY_ANSWER = "inquiry_answer"
    INQUIRY_URGE = "inquiry_urge"
    NOTICE_READ = "notice_read"
    NOTICE_ANSWER = "notice_answer"
    NOTICE_JUDGE = "notice_judge"
    NOTICE_TRY_OUT = "notice_try_out"
    TALK_DECIDE = "talk_decide"
    PROBLEM_RAISE = "problem_raise"
    PROBLEM_SOLVE = "problem_solve"
    MEETING_READ = "meeting_read"
    MEETING_CALL = "meeting_call"
    MEETING_PREPARE = "meeting_prepare"
    RESOLUTION_REPORT = "resolution_report"
    RESULT_READ = "result_read"
    MANUAL_POINTS = "manual_points"
    BALLOT_READ = "ballot_read"
    BALLOT_MANAGE = "ballot_manage"
    COMMENDATION_READ = "commendation_read"
    COMMENDATION_PREPARE = "commendation_prepare"
    COMMENDATION_DECIDE = "commendation_decide"
    ADMONITION_PROPOSE = "admonition_propose"
    ADMONITION_APPROVE = "admonition_approve"
    ADMONITION_READ = "admonition_read"
    ADJUSTMENT_PROPOSE = "adjustment_propose"
    ADJUSTMENT_DECIDE = "adjustment_decide"
    CYCLE_PREPARE = "cycle_prepare"
    CYCLE_APPROVE = "cycle_approve"
    CYCLE_RUN = "cycle_run"
    BALLOT_COUNT = "ballot_count"
    CYCLE_FILE = "cycle_file"
    ADMONITION_ENTRY = "admonition_entry"
    GRADE_PREPARE = "grade_prepare"
    GRADE_BAR = "grade_bar"
    GRADE_DECIDE = "grade_decide"
    OWN_RESULT = "own_result"
    OBJECTION_FILE = "objection_file"
    OBJECTION_RECEIVE = "objection_receive"
    OBJECTION_HANDLE = "objection_handle"
    PERSON_FILE_READ = "person_file_read"
    DOCUMENT_READ = "document_read"
    DOCUMENT_BUILD = "document_build"
    DOCUMENT_NUMBER = "document_number"
    BULLETIN_ISSUE = "bulletin_issue"
    BULLETIN_READ = "bulletin_read"
    BULLETIN_PREPARE = "bulletin_prepare"
    DAILY_POINTS_APPROVE = "daily_points_approve"
    DAILY_READ = "daily_read"
    UNIT_REPORT = "unit_report"
    REMARK_WRITE = "remark_write"
    ACHIEVEMENT_REGISTER = "achievement_register"
    TEMPLATE_MANAGE = "template_manage"
    WORKBOOK_IMPORT = "workbook_import"
    ORG_MANAGE = "org_manage"
    ACCOUNT_MANAGE = "account_manage"
    YEAR_MANAGE = "year_manage"
    CALENDAR_EDIT = "calendar_edit"
    MOVED_DATE_DECIDE = "moved_date_decide"
    JOB_READ = "job_read"
    AUDIT_READ = "audit_read"
    TOKEN_MANAGE = "token_manage"  # noqa: S105 - the right, not a token
    REHEARSAL_MOVE = "rehearsal_move"


PERMISSION_LABELS = {
    Permission.SIGNED_IN: "看“今天”页、本人账号",
    Permission.TOPIC_READ: "看课题",
    Permission.GOAL_READ: "看目标和任务书",
    Permission.GOAL_EDIT: "编制目标树",
    Permission.DUTY_EDIT: "维护单位职责",
    Permission.LETTER_READ: "看责任书",
    Permission.LETTER_ISSUE: "起草、发出、作废责任书",
    Permission.LETTER_SIGN_ISSUING: "作为甲方签署责任书",
    Permission.LETTER_SIGN_RESPONSIBLE: "作为乙方签署或提出异议",
    Permission.CHANGE_REQUEST: "申请变更已生效的责任书、办理移交",
    Permission.CHANGE_APPROVE: "批准责任书变更",
    Permission.KEY_APPROVE: "确认他人的新签名密钥",
    Permission.COVERAGE_READ: "看覆盖情况和未签情况",
    Permission.REMIND: "提醒未签责任书的签署人",
    Permission.STEP_TWO_OPEN: "提前开启责任步骤、批准责任书先行发出",
    Permission.LEDGER_READ: "看台账",
    Permission.PROGRESS_REPORT: "汇报进展、申请销号",
    Permission.MILESTONE_ACCEPT: "验收阶段（单位负责人只验收个人任务，不验收本人负责和提交的）",
    Permission.PLAN_PREPARE: "编制、报批倒排工期计划，设置目标先后关系",
    Permission.PLAN_APPROVE: "批准、退回倒排工期计划（不是本人报批的）",
    Permission.KEY_GOAL_MARK: "标注、取消重点目标",
    Permission.WRITE_OFF_CHECK: "核验销号材料、重新挂账",
    Permission.WRITE_OFF_APPROVE: "批准销号",
    Permission.ENTRY_SUSPEND: "暂缓、恢复台账事项",
    Permission.ENTRY_CANCEL: "撤账",
    Permission.LIMIT_READ: "看各环节办理时限和统计",
    Permission.LIMIT_SET: "设定办理时限、信息反馈报送期限",
    Permission.EXTENSION_READ: "看延期申请",
    Permission.EXTENSION_ASK: "申请延期",
    Permission.EXTENSION_DECIDE: "批准延期（不是本人申请的）",
    Permission.FEEDBACK_READ: "看信息反馈和统计",
    Permission.FEEDBACK_SEND: "填写、报送信息反馈",
    Permission.FEEDBACK_ANSWER: "答复信息反馈",
    Permission.EVALUATION_ASSESS: "阶段效果自评",
    Permission.EVALUATION_CONCLUDE: "阶段效果评估、退回自评（不是本人自评的）",
    Permission.EVALUATION_SET: "设定阶段评估的维度和时限",
    Permission.CORRECTIVE_ORDER: "下达纠偏措施",
    Permission.CORRECTIVE_RECORD: "登记调度会定的纠偏措施",
    Permission.CORRECTIVE_REPORT: "报告纠偏落实情况",
    Permission.CORRECTIVE_VERIFY: "核实纠偏落实情况（不是本人报告的）",
    Permission.INQUIRY_RAISE: "提出质询和指导性意见，审阅答复（不是本人答复的）",
    Permission.INQUIRY_ANSWER: "签收、答复质询，报告指导性意见的落实情况",
    Permission.INQUIRY_URGE: "催办",
    Permission.NOTICE_READ: "看督办单和本人的每日提醒",
    Permission.NOTICE_ANSWER: "答复督办单",
    Permission.NOTICE_JUDGE: "审核督办单的答复（不是本人答复的）",
    Permission.NOTICE_TRY_OUT: "试算今天会发出的督办单",
    Permission.TALK_DECIDE: "决定约谈单位负责人",
    Permission.PROBLEM_RAISE: "提出目标推进中的问题、撤回本人提出的",
    Permission.PROBLEM_SOLVE: "决定问题的解决办法",
    Permission.MEETING_READ: "看全部会商、调度会、点评会及其纪要",
    Permission.MEETING_CALL: "召集临时会商，主持的会议办理到结束",
    Permission.MEETING_PREPARE: "筹备会议、记录纪要、确认议定事项办结",
    Permission.RESOLUTION_REPORT: "报告本人承担的议定事项",
    Permission.RESULT_READ: "公示前看考核结果及其由来",
    Permission.MANUAL_POINTS: "评定人工计分目标",
    Permission.BALLOT_READ: "看评价进度（只有份数）",
    Permission.BALLOT_MANAGE: "发放、换发评价码，提醒评价组，登记走访座谈",
    Permission.COMMENDATION_READ: "看表彰建议对象",
    Permission.COMMENDATION_PREPARE: "提名表彰对象，准备推荐和总结表彰会议",
    Permission.COMMENDATION_DECIDE: "决定表彰对象（不是本人提名的）",
    Permission.ADJUSTMENT_PROPOSE: "提出考核加减分、一票否决",
    Permission.ADJUSTMENT_DECIDE: "登记部务会议对加减分的决定",
    Permission.CYCLE_PREPARE: "制定考核方案",
    Permission.CYCLE_APPROVE: "批准考核方案和规则变更，决定公示和结果",
    Permission.CYCLE_RUN: "组织自评和评价，登记审核",
    Permission.BALLOT_COUNT: "计票（两人共同）",
    Permission.CYCLE_FILE: "考核归档",
    Permission.ADMONITION_PROPOSE: "提出诫勉、记录谈话和回访",
    Permission.ADMONITION_APPROVE: "审批诫勉",
    Permission.ADMONITION_READ: "看诫勉建议对象和办理情况",
    Permission.ADMONITION_ENTRY: "看诫勉登记（编号、日期、影响期），不看内容",
    Permission.GRADE_PREPARE: "拟定年度等次、登记考核程序、送达通知、登记纸质意见",
    Permission.GRADE_BAR: "登记影响等次的情形",
    Permission.GRADE_DECIDE: "确定年度等次",
    Permission.OWN_RESULT: "看本人考核结果通知、签署意见，看本人的实绩考核档案",
    Permission.OBJECTION_FILE: "看公示、提出异议、看本人异议的办理",
    Permission.OBJECTION_RECEIVE: "受理异议、替他人登记异议",
    Permission.OBJECTION_HANDLE: "答复异议（没有参与结果形成的人）",
    Permission.PERSON_FILE_READ: "看、导出他人的实绩考核档案和任免使用材料",
    Permission.DOCUMENT_READ: "看、下载文档",
    Permission.DOCUMENT_BUILD: "批量生成文档",
    Permission.DOCUMENT_NUMBER: "公文编号、印发，看发文登记",
    Permission.BULLETIN_ISSUE: "审核月通报和季点评，月通报编号、印发",
    Permission.BULLETIN_READ: "看月通报的草稿和办理情况",
    Permission.BULLETIN_PREPARE: "起草、送审月通报和季点评，登记月度加减分",
    Permission.DAILY_POINTS_APPROVE: "批准月度加减分",
    Permission.DAILY_READ: "看季点评、成果登记、显绩潜绩自评",
    Permission.UNIT_REPORT: "季点评汇报，报送显绩潜绩自评",
    Permission.REMARK_WRITE: "季点评点评单位",
    Permission.ACHIEVEMENT_REGISTER: "登记、撤销成果",
    Permission.TEMPLATE_MANAGE: "更换文书模板",
    Permission.WORKBOOK_IMPORT: "导入年度工作簿",
    Permission.ORG_MANAGE: "维护单位、人员、职务",
    Permission.ACCOUNT_MANAGE: "维护账号、发放初始密码",
    Permission.YEAR_MANAGE: "维护年度和设置",
    Permission.CALENDAR_EDIT: "录入、导入节假日和调休",
    Permission.MOVED_DATE_DECIDE: "确认工作日历变动引起的日期调整（不是本人录入的）",
    Permission.JOB_READ: "看后台任务",
    Permission.AUDIT_READ: "看操作日志",
    Permission.TOKEN_MANAGE: "签发、停用接口令牌",
    Permission.REHEARSAL_MOVE: "调整示例的演练日期",
}

EVERYONE = dict.fromkeys(Role, Scope.ALL)
DEPARTMENT = (Role.MIN, Role.EXD, Role.DEP, Role.SHD, Role.STF, Role.OFC, Role.HRO, Role.SUP, Role.PNL)

MATRIX: dict[Permission, dict[Role, Scope]] = {
    Permission.SIGNED_IN: EVERYONE,
    Permission.TOPIC_READ: {role: Scope.ALL for role in Role if role is not Role.ADM},
    Permission.GOAL_READ: {
        **dict.fromkeys(DEPARTMENT, Scope.ALL),
        Role.TSC: Scope.UNIT,
        Role.ORG: Scope.UNIT,
    },
    Permission.GOAL_EDIT: {
        Role.EXD: Scope.ALL,
        Role.DEP: Scope.CHARGE,
        Role.SHD: Scope.UNIT,
        Role.TSC: Scope.UNIT,
        Role.OFC: Scope.ALL,
    },
    Permission.DUTY_EDIT: {
        Role.SHD: Scope.UNIT,
        Role.TSC: Scope.UNIT,
        Role.OFC: Scope.ALL,
    },
    Permission.LETTER_READ: {
        Role.MIN: Scope.ALL,
        Role.EXD: Scope.ALL,
        Role.DEP: Scope.CHARGE,
        Role.SHD: Scope.UNIT,
        Role.STF: Scope.PERSON,
        Role.TSC: Scope.UNIT,
        Role.ORG: Scope.PERSON,
        Role.OFC: Scope.ALL,
        Role.HRO: Scope.ALL,
        Role.SUP: Scope.PERSON,
    },
    Permission.LETTER_ISSUE: {Role.OFC: Scope.ALL, Role.SHD: Scope.UNIT, Role.TSC: Scope.UNIT},
    Permission.LETTER_SIGN_ISSUING: {
        Role.MIN: Scope.ALL,
        Role.EXD: Scope.ALL,
        Role.DEP: Scope.CHARGE,
        Role.SHD: Scope.UNIT,
        Role.TSC: Scope.UNIT,
    },
    Permission.LETTER_SIGN_RESPONSIBLE: {
        Role.SHD: Scope.PERSON,
        Role.STF: Scope.PERSON,
        Role.TSC: Scope.PERSON,
        Role.ORG: Scope.PERSON,
        Role.OFC: Scope.PERSON,
        Role.HRO: Scope.PERSON,
        Role.SUP: Scope.PERSON,
    },
    Permission.CHANGE_REQUEST: {Role.OFC: Scope.ALL, Role.SHD: Scope.UNIT, Role.TSC: Scope.UNIT},
    Permission.CHANGE_APPROVE: {Role.MIN: Scope.ALL, Role.EXD: Scope.ALL, Role.DEP: Scope.CHARGE},
    Permission.KEY_APPROVE: dict.fromkeys((Role.EXD, Role.OFC, Role.HRO, Role.SUP), Scope.ALL),
    Permission.COVERAGE_READ: {
        **dict.fromkeys((Role.MIN, Role.EXD, Role.OFC, Role.HRO), Scope.ALL),
        Role.DEP: Scope.CHARGE,
        Role.SHD: Scope.UNIT,
        Role.TSC: Scope.UNIT,
    },
    Permission.REMIND: {
        **dict.fromkeys((Role.MIN, Role.EXD, Role.OFC), Scope.ALL),
        Role.DEP: Scope.CHARGE,
        Role.SHD: Scope.UNIT,
        Role.TSC: Scope.UNIT,
    },
    Permission.STEP_TWO_OPEN: {Role.MIN: Scope.ALL},
    Permission.LEDGER_READ: {
        **{role: Scope.ALL for role in DEPARTMENT if role is not Role.PNL},
        Role.TSC: Scope.UNIT,
        Role.ORG: Scope.UNIT,
    },
    Permission.PROGRESS_REPORT: {
        Role.SHD: Scope.UNIT,
        Role.STF: Scope.PERSON,
        Role.TSC: Scope.UNIT,
        Role.ORG: Scope.UNIT,
        Role.OFC: Scope.PERSON,
        Role.HRO: Scope.PERSON,
        Role.SUP: Scope.PERSON,
    },
    Permission.MILESTONE_ACCEPT: {
        Role.MIN: Scope.ALL,
        Role.EXD: Scope.ALL,
        Role.DEP: Scope.CHARGE,
        Role.SHD: Scope.UNIT,
        Role.TSC: Scope.UNIT,
    },
    Permission.PLAN_PREPARE: {
        Role.OFC: Scope.ALL,
        Role.SHD: Scope.UNIT,
        Role.TSC: Scope.UNIT,
        **dict.fromkeys((Role.STF, Role.ORG, Role.HRO, Role.SUP), Scope.PERSON),
    },
    Permission.PLAN_APPROVE: {Role.MIN: Scope.ALL, Role.EXD: Scope.ALL, Role.DEP: Scope.CHARGE},
    Permission.KEY_GOAL_MARK: {
        **dict.fromkeys((Role.MIN, Role.EXD, Role.OFC), Scope.ALL),
        Role.DEP: Scope.CHARGE,
    },
    Permission.WRITE_OFF_CHECK: {Role.OFC: Scope.ALL},
    Permission.WRITE_OFF_APPROVE: {Role.MIN: Scope.ALL, Role.EXD: Scope.ALL, Role.DEP: Scope.CHARGE},
    Permission.ENTRY_SUSPEND: {Role.MIN: Scope.ALL, Role.EXD: Scope.ALL, Role.DEP: Scope.CHARGE},
    Permission.ENTRY_CANCEL: {Role.MIN: Scope.ALL},
    Permission.LIMIT_READ: {
        **dict.fromkeys((Role.MIN, Role.EXD, Role.OFC), Scope.ALL),
        Role.DEP: Scope.CHARGE,
        **dict.fromkeys((Role.SHD, Role.TSC), Scope.UNIT),
        **dict.fromkeys((Role.STF, Role.ORG, Role.HRO, Role.SUP), Scope.PERSON),
    },
    Permission.LIMIT_SET: dict.fromkeys((Role.EXD, Role.OFC), Scope.ALL),
    Permission.EXTENSION_READ: {
        **dict.fromkeys((Role.MIN, Role.EXD, Role.OFC), Scope.ALL),
        Role.DEP: Scope.CHARGE,
        **dict.fromkeys((Role.SHD, Role.TSC), Scope.UNIT),
        **dict.fromkeys((Role.STF, Role.ORG, Role.HRO, Role.SUP), Scope.PERSON),
    },
    Permission.EXTENSION_ASK: {
        **dict.fromkeys((Role.SHD, Role.TSC), Scope.UNIT),
        **dict.fromkeys((Role.DEP, Role.STF, Role.ORG, Role.OFC, Role.HRO, Role.SUP), Scope.PERSON),
    },
    Permission.EXTENSION_DECIDE: {Role.MIN: Scope.ALL, Role.EXD: Scope.ALL, Role.DEP: Scope.CHARGE},
    Permission.FEEDBACK_READ: {
        **dict.fromkeys((Role.MIN, Role.EXD, Role.OFC), Scope.ALL),
        Role.DEP: Scope.CHARGE,
        **dict.fromkeys((Role.SHD, Role.STF, Role.TSC, Role.ORG, Role.HRO, Role.SUP), Scope.UNIT),
    },
    Permission.FEEDBACK_SEND: {Role.SHD: Scope.UNIT, Role.TSC: Scope.UNIT},
    Permission.FEEDBACK_ANSWER: {Role.MIN: Scope.ALL, Role.EXD: Scope.ALL, Role.DEP: Scope.CHARGE},
    Permission.EVALUATION_ASSESS: {
        **dict.fromkeys((Role.SHD, Role.TSC, Role.ORG), Scope.UNIT),
        **dict.fromkeys((Role.STF, Role.OFC, Role.HRO, Role.SUP), Scope.PERSON),
    },
    Permission.EVALUATION_CONCLUDE: {
        **dict.fromkeys((Role.MIN, Role.EXD), Scope.ALL),
        Role.DEP: Scope.CHARGE,
        **dict.fromkeys((Role.SHD, Role.TSC), Scope.UNIT),
    },
    Permission.EVALUATION_SET: {Role.OFC: Scope.ALL},
    Permission.CORRECTIVE_ORDER: {Role.MIN: Scope.ALL, Role.EXD: Scope.ALL, Role.DEP: Scope.CHARGE},
    Permission.CORRECTIVE_RECORD: {Role.OFC: Scope.ALL},
    Permission.CORRECTIVE_REPORT: {
        **dict.fromkeys((Role.SHD, Role.TSC, Role.ORG), Scope.UNIT),
        **dict.fromkeys((Role.STF, Role.OFC, Role.HRO, Role.SUP), Scope.PERSON),
    },
    Permission.CORRECTIVE_VERIFY: {
        **dict.fromkeys((Role.MIN, Role.EXD, Role.OFC), Scope.ALL),
        Role.DEP: Scope.CHARGE,
    },
    Permission.INQUIRY_RAISE: {Role.MIN: Scope.ALL, Role.EXD: Scope.ALL, Role.DEP: Scope.CHARGE},
    Permission.INQUIRY_ANSWER: {
        **dict.fromkeys((Role.SHD, Role.TSC, Role.ORG), Scope.UNIT),
        **dict.fromkeys((Role.OFC, Role.HRO, Role.SUP), Scope.PERSON),
    },
    Permission.INQUIRY_URGE: {
        **dict.fromkeys((Role.MIN, Role.EXD, Role.OFC), Scope.ALL),
        Role.DEP: Scope.CHARGE,
    },
    Permission.NOTICE_READ: {
        **dict.fromkeys((Role.MIN, Role.EXD, Role.OFC), Scope.ALL),
        Role.DEP: Scope.CHARGE,
        Role.SHD: Scope.UNIT,
        Role.STF: Scope.PERSON,
        Role.TSC: Scope.UNIT,
        Role.ORG: Scope.UNIT,
        Role.HRO: Scope.PERSON,
        Role.SUP: Scope.PERSON,
    },
    Permission.NOTICE_ANSWER: {
        Role.SHD: Scope.UNIT,
        Role.STF: Scope.PERSON,
        Role.TSC: Scope.UNIT,
        Role.ORG: Scope.PERSON,
        Role.OFC: Scope.PERSON,
        Role.HRO: Scope.PERSON,
        Role.SUP: Scope.PERSON,
    },
    Permission.NOTICE_JUDGE: {Role.MIN: Scope.ALL, Role.EXD: Scope.ALL, Role.DEP: Scope.CHARGE},
    Permission.NOTICE_TRY_OUT: dict.fromkeys((Role.MIN, Role.EXD, Role.OFC), Scope.ALL),
    Permission.TALK_DECIDE: {Role.MIN: Scope.ALL},
    Permission.PROBLEM_RAISE: {
        Role.MIN: Scope.ALL,
        Role.EXD: Scope.ALL,
        Role.DEP: Scope.CHARGE,
        **dict.fromkeys((Role.SHD, Role.STF, Role.TSC, Role.ORG, Role.OFC, Role.HRO, Role.SUP), Scope.UNIT),
    },
    Permission.PROBLEM_SOLVE: {Role.MIN: Scope.ALL, Role.EXD: Scope.ALL, Role.DEP: Scope.CHARGE},
    Permission.MEETING_READ: {role: Scope.ALL for role in DEPARTMENT if role is not Role.PNL},
    Permission.MEETING_CALL: dict.fromkeys((Role.MIN, Role.EXD, Role.DEP, Role.OFC), Scope.ALL),
    Permission.MEETING_PREPARE: {Role.OFC: Scope.ALL},
    Permission.RESOLUTION_REPORT: {role: Scope.PERSON for role in Role if role not in {Role.PNL, Role.ADM}},
    Permission.RESULT_READ: dict.fromkeys((Role.MIN, Role.EXD, Role.OFC, Role.HRO), Scope.ALL),
    Permission.MANUAL_POINTS: {Role.EXD: Scope.ALL, Role.HRO: Scope.ALL},
    Permission.BALLOT_READ: dict.fromkeys((Role.MIN, Role.EXD, Role.OFC, Role.HRO), Scope.ALL),
    Permission.BALLOT_MANAGE: {Role.OFC: Scope.ALL},
    Permission.COMMENDATION_READ: dict.fromkeys((Role.MIN, Role.EXD, Role.OFC, Role.HRO), Scope.ALL),
    Permission.COMMENDATION_PREPARE: dict.fromkeys((Role.OFC, Role.HRO), Scope.ALL),
    Permission.COMMENDATION_DECIDE: dict.fromkeys((Role.MIN, Role.EXD), Scope.ALL),
    Permission.ADMONITION_PROPOSE: {Role.SUP: Scope.ALL},
    Permission.ADMONITION_APPROVE: {Role.MIN: Scope.ALL},
    Permission.ADMONITION_READ: dict.fromkeys((Role.MIN, Role.EXD, Role.SUP), Scope.ALL),
    Permission.ADJUSTMENT_PROPOSE: dict.fromkeys((Role.OFC, Role.HRO), Scope.ALL),
    Permission.ADJUSTMENT_DECIDE: dict.fromkeys((Role.MIN, Role.EXD), Scope.ALL),
    Permission.CYCLE_PREPARE: dict.fromkeys((Role.EXD, Role.OFC, Role.HRO), Scope.ALL),
    Permission.CYCLE_APPROVE: {Role.MIN: Scope.ALL},
    Permission.CYCLE_RUN: {Role.OFC: Scope.ALL},
    Permission.BALLOT_COUNT: dict.fromkeys((Role.OFC, Role.HRO), Scope.ALL),
    Permission.CYCLE_FILE: {Role.HRO: Scope.ALL},
    Permission.ADMONITION_ENTRY: {Role.HRO: Scope.ALL},
    Permission.GRADE_PREPARE: dict.fromkeys((Role.EXD, Role.HRO), Scope.ALL),
    Permission.GRADE_BAR: {Role.HRO: Scope.ALL},
    Permission.GRADE_DECIDE: {Role.MIN: Scope.ALL},
    Permission.OWN_RESULT: {role: Scope.PERSON for role in Role if role not in {Role.PNL, Role.ADM}},
    Permission.OBJECTION_FILE: {role: Scope.PERSON for role in Role if role is not Role.ADM},
    Permission.OBJECTION_RECEIVE: dict.fromkeys((Role.OFC, Role.HRO, Role.SUP), Scope.ALL),
    Permission.OBJECTION_HANDLE: dict.fromkeys((Role.EXD, Role.DEP, Role.SUP), Scope.ALL),
    Permission.PERSON_FILE_READ: dict.fromkeys((Role.MIN, Role.EXD, Role.HRO), Scope.ALL),
    Permission.DOCUMENT_READ: {
        Role.MIN: Scope.ALL,
        Role.EXD: Scope.ALL,
        Role.DEP: Scope.CHARGE,
        Role.SHD: Scope.UNIT,
        Role.STF: Scope.PERSON,
        Role.TSC: Scope.UNIT,
        Role.ORG: Scope.PERSON,
        Role.OFC: Scope.ALL,
        Role.HRO: Scope.ALL,
        Role.SUP: Scope.PERSON,
    },
    Permission.DOCUMENT_BUILD: {Role.OFC: Scope.ALL, Role.HRO: Scope.ALL, Role.SUP: Scope.PERSON},
    Permission.DOCUMENT_NUMBER: dict.fromkeys((Role.MIN, Role.EXD, Role.OFC), Scope.ALL),
    Permission.BULLETIN_ISSUE: dict.fromkeys((Role.MIN, Role.EXD), Scope.ALL),
    Permission.BULLETIN_READ: dict.fromkeys((Role.MIN, Role.EXD, Role.DEP, Role.OFC, Role.HRO), Scope.ALL),
    Permission.BULLETIN_PREPARE: {Role.OFC: Scope.ALL},
    Permission.DAILY_POINTS_APPROVE: dict.fromkeys((Role.MIN, Role.EXD), Scope.ALL),
    Permission.DAILY_READ: {
        **dict.fromkeys((Role.MIN, Role.EXD, Role.DEP, Role.OFC, Role.HRO), Scope.ALL),
        **dict.fromkeys((Role.SHD, Role.STF, Role.TSC, Role.ORG, Role.SUP), Scope.UNIT),
    },
    Permission.ACHIEVEMENT_REGISTER: {
        Role.OFC: Scope.ALL,
        **dict.fromkeys((Role.SHD, Role.STF, Role.TSC, Role.ORG), Scope.UNIT),
    },
    Permission.UNIT_REPORT: {Role.SHD: Scope.UNIT, Role.TSC: Scope.UNIT},
    Permission.REMARK_WRITE: {Role.MIN: Scope.ALL, Role.EXD: Scope.ALL, Role.DEP: Scope.CHARGE},
    Permission.TEMPLATE_MANAGE: dict.fromkeys((Role.OFC, Role.HRO, Role.ADM), Scope.ALL),
    Permission.WORKBOOK_IMPORT: {Role.OFC: Scope.ALL, Role.ADM: Scope.ALL},
    Permission.ORG_MANAGE: {Role.ADM: Scope.ALL},
    Permission.ACCOUNT_MANAGE: {Role.ADM: Scope.ALL},
    Permission.YEAR_MANAGE: {Role.ADM: Scope.ALL},
    Permission.CALENDAR_EDIT: {Role.OFC: Scope.ALL, Role.ADM: Scope.ALL},
    Permission.MOVED_DATE_DECIDE: dict.fromkeys((Role.MIN, Role.EXD, Role.OFC), Scope.ALL),
    Permission.JOB_READ: {Role.ADM: Scope.ALL, Role.OFC: Scope.ALL},
    Permission.AUDIT_READ: {Role.ADM: Scope.ALL},
    Permission.TOKEN_MANAGE: {Role.ADM: Scope.ALL},
    Permission.REHEARSAL_MOVE: {Role.ADM: Scope.ALL},
}


@dataclass(frozen=True)
class Actor:
    """Who acts: the person, the post held today, the roles, and the units in charge of."""

    user_id: int | None
    person_id: int | None
    name: str
    position: str = ""
    unit_id: int | None = None
    roles: frozenset[Role] = frozenset()
    charge: frozenset[int] = frozenset()

    def scopes(self, permission: Permission) -> frozenset[Scope]:
        """Return every scope this actor's roles give *permission*."""
        granted = MATRIX[permission]
        return frozenset(granted[role] for role in self.roles if role in granted)

    def may(self, permission: Permission) -> bool:
        """Say whether *permission* is held in any scope; being signed in needs no role."""
        return permission is Permission.SIGNED_IN or bool(self.scopes(permission))

    def may_all(self, permission: Permission) -> bool:
        """Say whether *permission* is held without limit."""
        return Scope.ALL in self.scopes(permission)

    def may_for(self, permission: Permission, *, unit_id: int | None, person_id: int | None = None) -> bool:
        """Say whether *permission* reaches a thing of this unit and, where it has one, this person."""
        scopes = self.scopes(permission)
        return (
            Scope.ALL in scopes
            or (Scope.CHARGE in scopes and unit_id in self.charge)
            or (Scope.UNIT in scopes and unit_id is not None and unit_id == self.unit_id)
            or (Scope.PERSON in scopes and person_id is not None and person_id == self.person_id)
        )

    def units_for(self, permission: Permission) -> frozenset[int] | None:
        """Return the ids of the units *permission* reaches as a whole; None means every unit."""
        scopes = self.scopes(permission)
        if Scope.ALL in scopes:
            return None
        reach = set(self.charge) if Scope.CHARGE in scopes else set()
        if Scope.UNIT in scopes and self.unit_id is not None:
            reach.add(self.unit_id)
        return frozenset(reach)


SYSTEM = Actor(user_id=None, person_id=None, name="系统")


def actor() -> Actor:
    """Return who makes this request; 401 when nobody is signed in."""
    current: Actor | None = g.get("actor")
    if current is None:
        abort(401)
    return current


def why_nothing(actor: Actor) -> str:
    """Return why somebody who is signed in sees no work at all; empty for who has a role."""
    if actor.roles:
        return ""
    if actor.position:
        return str(_("您的职务还没有角色，看不到工作内容；请与系统管理员联系"))
    return str(_("您现在没有任职，看不到工作内容；有疑问请与办公室联系"))


def requires(*permissions: Permission) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Let a view run only for an actor who holds one of *permissions* in some scope.

    The object itself is checked again by the service's policy.
    """

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            if not any(actor().may(permission) for permission in permissions):
                raise NotAllowed(why_nothing(actor()) or _("您的岗位没有这项权限。"))
            return view(*args, **kwargs)

        guarded.requires = permissions  # type: ignore[attr-defined]
        return guarded

    return decorate


def public(view: Callable[..., Any]) -> Callable[..., Any]:
    """Mark a view as open to everyone, signed in or not; the route test demands a mark on each."""
    view.requires = ()  # type: ignore[attr-defined]
    return view
