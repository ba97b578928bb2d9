# `make run` starts the app, `make test` passes the tests. Both set up everything they need.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: help run test check lint bench clean
.DEFAULT_GOAL := help

help: ## 列出全部命令
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

run: .venv/run ## 安装并启动网页（http://localhost:8501）
	$(BIN)/streamlit run app.py

test: .venv/dev ## 安装并运行全部测试
	$(BIN)/python -m pytest
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m eligibility check

check: .venv/run ## 检查规则，跑一遍例子
	$(BIN)/python -m eligibility check

lint: .venv/dev ## 整理代码格式
	$(BIN)/ruff check --fix .
	$(BIN)/mypy

bench: .venv/bench ## 测速（结果打印在屏幕上；与同类软件的对比写进 docs/benchmarks.md）
	$(BIN)/python -m benchmarks.assess
	$(BIN)/python -m benchmarks.questions
	$(BIN)/python -m benchmarks.impact
	$(BIN)/python -m benchmarks.table
	$(BIN)/python -m benchmarks.sessions
	$(BIN)/python -m benchmarks.peers

clean: ## 删除虚拟环境和缓存
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis

.venv/run: requirements.txt
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet -r requirements.txt
	@touch $@

.venv/bench: requirements.txt requirements-dev.txt requirements-bench.txt
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet -r requirements-bench.txt
	@touch $@

.venv/dev: requirements.txt requirements-dev.txt
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet -r requirements-dev.txt
	@touch $@
