"""`fivestep doctor`: what a working instance needs, one finding a line."""

import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

from flask import current_app
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from fivestep_web.config import LOOPBACK, Config
from fivestep_web.core import clock, jobs
from fivestep_web.core.bell import bell
from fivestep_web.documents.pdf import office
from fivestep_web.operations import health, queries

SKEW_SECONDS = 2
FONT_SECONDS = 20
WAITING_SECONDS = 600


class Level(StrEnum):
    """How a check came out; only a fault makes the command fail."""

    GOOD = "正常"
    NOTE = "注意"
    FAULT = "异常"


@dataclass(frozen=True)
class Finding:
    """The outcome of one check."""

    level: Level
    subject: str
    text: str

    @property
    def line(self) -> str:
        """The line that is printed."""
        return f"{self.level}  {self.subject}：{self.text}"

    @property
    def is_fault(self) -> bool:
        return self.level is Level.FAULT


def examine() -> list[Finding]:
    """Return every finding, in the order in which things depend on each other."""
    config: Config = current_app.config["FIVESTEP"]
    checks: tuple[Callable[[Config], Finding], ...] = (
        _configuration,
        _database,
        _redis,
        _worker,
        _clock,
        _queue,
        _skew,
        _fonts,
        _pdf,
        _https,
    )
    return [check(config) for check in checks]


def _configuration(config: Config) -> Finding:
    if config.instance.stat().st_mode & 0o077:
        text = f"{config.instance} 其他用户可以读取，请执行 chmod 700 {config.instance}"
        return Finding(Level.FAULT, "配置", text)
    if not config.witness_dir.is_dir():
        return Finding(Level.FAULT, "配置", f"FIVESTEP_WITNESS_DIR 指向的目录 {config.witness_dir} 不存在")
    return Finding(Level.GOOD, "配置", f"数据目录 {config.instance}，网址 {config.base_url}")


def _database(config: Config) -> Finding:
    kind = "SQLite" if config.database_url.startswith("sqlite") else "PostgreSQL"
    match health.database_state():
        case health.OK:
            return Finding(Level.GOOD, "数据库", f"{kind}，结构为当前版本")
        case health.PENDING:
            return Finding(Level.FAULT, "数据库", "结构不是当前版本，请运行 fivestep db upgrade")
    return Finding(Level.FAULT, "数据库", f"{kind} 无法连接，请检查 FIVESTEP_DATABASE_URL")


def _redis(config: Config) -> Finding:
    line = bell().redis
    try:
        settings = {**line.config_get("appendonly"), **line.config_get("dir")}
    except (RedisError, OSError) as error:
        hint = "请运行 fivestep up" if config.embedded_redis else "请检查 FIVESTEP_REDIS_URL"
        return Finding(Level.FAULT, "Redis", f"没有应答（{type(error).__name__}），{hint}")
    if config.embedded_redis and Path(str(settings["dir"])) != config.instance:
        return Finding(Level.FAULT, "Redis", f"应答的是另一个 Redis（数据在 {settings['dir']}），请停止它")
    if settings["appendonly"] != "yes":
        return Finding(Level.NOTE, "Redis", "没有打开 appendonly，断电后未办任务要等时钟重新通知")
    return Finding(Level.GOOD, "Redis", "内置" if config.embedded_redis else "外部")


def _worker(config: Config) -> Finding:
    del config
    return _process("任务队列", health.worker_state())


def _clock(config: Config) -> Finding:
    del config
    return _process("时钟", health.clock_state())


def _process(subject: str, state: str) -> Finding:
    if state == health.OK:
        return Finding(Level.GOOD, subject, "在运行")
    reason = "没有在运行" if state == health.NONE_ALIVE else "无法判断，Redis 没有应答"
    return Finding(Level.FAULT, subject, f"{reason}，请运行 fivestep up")


def _queue(config: Config) -> Finding:
    del config
    try:
        state = queries.get_queue_state()
    except SQLAlchemyError:
        return Finding(Level.FAULT, "待办任务", "数据库读不到")
    if state.failed:
        return Finding(Level.NOTE, "待办任务", f"有 {state.failed} 项办理失败，请到“后台任务”页查看并重试")
    if state.oldest_seconds > WAITING_SECONDS:
        return Finding(
            Level.NOTE, "待办任务", f"有 {state.waiting} 项，最早的已等 {state.oldest_seconds // 60:.0f} 分钟"
        )
    return Finding(Level.GOOD, "待办任务", f"{state.waiting} 项")


def _skew(config: Config) -> Finding:
    del config
    try:
        seconds = abs((clock.system_now() - jobs.database_now()).total_seconds())
    except SQLAlchemyError:
        return Finding(Level.FAULT, "时间", "数据库读不到")
    if seconds > SKEW_SECONDS:
        return Finding(Level.NOTE, "时间", f"本机与数据库相差 {seconds:.0f} 秒，请校准时间")
    return Finding(Level.GOOD, "时间", "本机与数据库一致")


def _fonts(config: Config) -> Finding:
    del config
    program = shutil.which("fc-list")
    missing = Finding(Level.NOTE, "字体", "没有中文字体，不影响生成 Word 文件，只影响在本机预览")
    if program is None:
        return missing
    found = subprocess.run(
        [program, ":lang=zh", "family"], capture_output=True, timeout=FONT_SECONDS, check=False
    )
    return Finding(Level.GOOD, "字体", "有中文字体") if found.stdout.strip() else missing


def _pdf(config: Config) -> Finding:
    del config
    if office.find_program():
        return Finding(Level.GOOD, "PDF", "有 LibreOffice，Word 文件可以转成 PDF")
    return Finding(Level.GOOD, "PDF", "没有 LibreOffice，只提供 Word 文件；要 PDF 请安装 libreoffice-writer")


def _https(config: Config) -> Finding:
    host = urlsplit(config.base_url).hostname or ""
    if config.is_https:
        return Finding(Level.GOOD, "传输", "HTTPS")
    if host in LOOPBACK:
        return Finding(Level.GOOD, "传输", "只在本机使用")
    return Finding(
        Level.NOTE,
        "传输",
        "没有使用 HTTPS，密码在网络上可被截获，请在前面加 HTTPS 代理并改 FIVESTEP_BASE_URL",
    )
