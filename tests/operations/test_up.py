"""`fivestep up` from outside: one command starts everything, and nothing is left when it ends."""

import http.client
import json
import os
import signal
import socket
import stat
import subprocess
import sys

import pytest

from tests.factories.machine import a_machine, children_of, descendants_of, is_alive, wait_until

pytestmark = pytest.mark.redis

COMMAND = (sys.executable, "-P", "-c", "from fivestep_web.cli import main; main()")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def readiness(port: int) -> tuple[int, dict[str, str]]:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        line.request("GET", "/readyz")
        answer = line.getresponse()
        return answer.status, json.loads(answer.read())
    except (OSError, http.client.HTTPException):
        return 0, {}
    finally:
        line.close()


def start(machine, port: int, *words: str) -> subprocess.Popen[bytes]:
    process = machine.run(*COMMAND, *(words or ("up",)), "--port", str(port))
    wait_until(lambda: readiness(port)[0] == 200)
    return process


def child_named(supervisor: int, word: str) -> int:
    """Return the id of the supervisor's child whose command line has *word*."""
    for pid in children_of(supervisor):
        with open(f"/proc/{pid}/cmdline", "rb") as file:  # noqa: PTH123
            if word.encode() in file.read():
                return pid
    raise AssertionError(word)


def test_one_command_starts_restarts_and_stops_everything(machine):
    port = free_port()
    up = start(machine, port)
    wait_until(lambda: f"已启动：http://127.0.0.1:{port}" in machine.log(up))
    assert (machine.folder / "base_url").read_text() == f"http://127.0.0.1:{port}\n"
    assert stat.S_IMODE(machine.socket.stat().st_mode) == 0o700
    assert stat.S_IMODE((machine.folder / "redis.conf").stat().st_mode) == 0o600
    wait_until(lambda: len(children_of(up.pid)) == 4)

    for word in ("tasks.worker", "tasks.clock", "redis-server"):
        killed = child_named(up.pid, word)
        os.kill(killed, signal.SIGKILL)
        wait_until(lambda: not is_alive(killed) and child_is_back(up.pid, word))  # noqa: B023
    wait_until(lambda: readiness(port)[0] == 200)

    everyone = descendants_of(up.pid)
    up.send_signal(signal.SIGINT)
    assert up.wait(40) == 0
    assert [pid for pid in everyone if is_alive(pid)] == []
    assert not machine.socket.exists()


def child_is_back(supervisor: int, word: str) -> bool:
    try:
        return child_named(supervisor, word) > 0
    except (AssertionError, OSError):
        return False


def test_the_demo_is_loaded_once_and_started_each_time(machine):
    logs = []
    for _time in range(2):
        port = free_port()
        up = start(machine, port, "demo", "--up")
        logs.append(machine.log(up))
        up.send_signal(signal.SIGTERM)
        assert up.wait(40) == 0
    assert ["示例县已载入" in log for log in logs] == [True, False]
    assert all("P0001" in log and "部长" in log for log in logs)


def test_a_second_one_and_a_taken_port_are_refused_in_one_line(machine):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        refused = machine.run(*COMMAND, "up", "--port", str(port))
        assert refused.wait(30) == 1
        [line] = machine.log(refused).strip().splitlines()
        assert line.startswith(f"错误：端口 {port} 不能使用（Address already in use）：")
    port = free_port()
    up = start(machine, port)
    second = machine.run(*COMMAND, "up", "--port", str(free_port()))
    assert second.wait(30) == 1
    assert machine.log(second).strip() == f"错误：{machine.folder} 已由另一个 fivestep up 运行，请先停止它"
    assert readiness(port)[0] == 200
    up.terminate()
    assert up.wait(40) == 0


def test_nothing_outlives_a_killed_supervisor_and_the_next_one_starts(machine):
    port = free_port()
    up = start(machine, port)
    everyone = descendants_of(up.pid)
    up.kill()
    up.wait()
    wait_until(lambda: not any(is_alive(pid) for pid in everyone), 20)
    again = start(machine, port)
    again.terminate()
    assert again.wait(40) == 0


def test_a_database_that_needs_migrating_is_told_before_anything_starts(template):
    with a_machine(template) as machine:
        machine.execute("UPDATE alembic_version SET version_num = '18a517d02943'")
        refused = machine.run(*COMMAND, "up", "--port", str(free_port()))
        assert refused.wait(30) == 1
        assert machine.log(refused).strip() == "错误：数据库还不是当前版本，请先运行 fivestep db upgrade"


def test_doctor_tells_one_line_a_check_and_fails_when_something_is_missing(machine):
    alone = machine.run(*COMMAND, "doctor")
    assert alone.wait(30) == 1
    lines = machine.log(alone).strip().splitlines()
    assert [line.split("：")[0].split()[1] for line in lines] == [
        "配置", "数据库", "Redis", "任务队列", "时钟", "待办任务", "时间", "字体", "PDF", "传输"
    ]  # fmt: skip
    assert lines[2].startswith("异常  Redis：没有应答")

    machine.start_redis()
    machine.start_worker()
    machine.start_clock()
    wait_until(lambda: doctor_is_content(machine), pause=0.5)


def doctor_is_content(machine) -> bool:
    return machine.run(*COMMAND, "doctor").wait(30) == 0
