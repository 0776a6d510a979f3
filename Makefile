# 五步工作法. `make run` is the whole product; `make help` lists the rest.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8000

.PHONY: help setup run test bench lint fix types imports messages migrate check system

help:  ## 显示各命令的用途
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-9s %s\n", $$1, $$2}'

$(VENV)/.run: requirements.lock pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || { echo "缺少 Python 的 venv 模块：请先安装 python3-venv"; exit 1; }
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e . 2>/dev/null \
	  || $(BIN)/python -m pip install -q --disable-pip-version-check --no-deps -e .
	@touch $@

$(VENV)/.test: $(VENV)/.run requirements-dev.lock
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

setup: $(VENV)/.run  ## 建立虚拟环境并安装锁定的软件包
	@$(BIN)/python tools/system_packages.py run

run: setup  ## 一条命令启动：首次载入示例县，随后启动网页、队列和时钟
	@exec $(BIN)/fivestep demo --up --port $(PORT)

test: setup $(VENV)/.test  ## 安装测试所需并运行全部测试
	@$(BIN)/python tools/system_packages.py test
	@$(BIN)/python -m pytest -n auto --maxprocesses 4 --dist worksteal

bench: setup $(VENV)/.test  ## 运行性能基准并写出 benchmarks/results.json
	@$(BIN)/python -m benchmarks

lint: setup $(VENV)/.test types imports  ## 检查代码风格、类型和分层
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/djlint templates --lint --quiet

types:
	@$(BIN)/mypy

imports:
	@$(BIN)/lint-imports

fix: setup $(VENV)/.test  ## 自动整理代码格式
	@$(BIN)/ruff check --fix-only .
	@$(BIN)/ruff format .

messages: setup  ## 提取界面文字（gettext）
	@mkdir -p fivestep_web/translations
	@$(BIN)/pybabel -q extract -F babel.cfg -k _l -k lazy_gettext --no-location --omit-header --sort-output -o fivestep_web/translations/messages.pot .

migrate: setup  ## 由模型生成迁移脚本：make migrate m="说明"
	@$(BIN)/flask --app wsgi db migrate -d migrations -m "$(m)"

check: lint test  ## 提交前的全部检查
