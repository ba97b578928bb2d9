"""A ledger becomes clients: every kind of file, every way to write an answer, and every fault told by row and column."""

from __future__ import annotations

from datetime import date, datetime
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from openpyxl import Workbook, load_workbook

from eligibility.logic.answers import Answer, Choices
from eligibility.profile import Certificate, Origin
from eligibility.rulebook.book import Rulebook
from eligibility.screening import sheets
from eligibility.screening.headers import ColumnMapError, read_column_map, write_column_map
from eligibility.screening.ledger import Ledger, Reading, UnknownHeadersError, open_ledger
from eligibility.screening.sheets import UnreadableLedgerError
from tests.screening.files import csv_file, parquet_file, workbook, xlsx

ROWS = [["企业名称", "营业收入（万元）", "从业人员", "所在城市", "高新技术企业"], ["甲公司", 1200.5, 20, "沈阳", "是"], ["乙公司", None, 0, None, None]]


def read(rows: list[list[Any]], rulebook: Rulebook) -> Reading:
    return open_ledger(xlsx(rows), "台账.xlsx", rulebook).read()


def cell(rulebook: Rulebook, header: str, value: Any) -> tuple[Answer | None, list[str]]:
    """What one cell under one header says to the question it answers, and what is told of it."""
    found = open_ledger(csv_file([["企业名称", header], ["甲公司", value]], "utf-8"), "a.csv", rulebook)
    (column,) = (c for c in found.columns if c.place == 1)
    assert column.target is not None
    done = found.read()
    (client,) = done.clients
    assert "company_name" in client.profile.answers
    return client.profile.answers.get(column.target.question), [str(x) for x in (*done.faults, *done.remarks)]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("台账.xlsx", xlsx(ROWS)),
        ("台账.CSV", csv_file(ROWS, "utf-8")),
        ("台账.csv", csv_file(ROWS, "utf-8-sig")),
        ("台账.csv", csv_file(ROWS, "gb18030")),
        ("台账.csv", csv_file(ROWS, "utf-16")),
        ("台账.csv", csv_file(ROWS, "utf-8").replace(b",", b"\t")),
        ("台账.parquet", parquet_file(ROWS)),
    ],
)
def test_the_same_ledger_says_the_same_in_every_file(rulebook: Rulebook, name: str, content: bytes) -> None:
    found = open_ledger(content, name, rulebook).read()
    assert (found.faults, found.remarks) == ((), ())
    first, second = found.clients
    titles = rulebook.questions["titles"].option.keys()
    assert first.profile.answers == {"company_name": "甲公司", "revenue": 1200.5, "staff": 20.0, "city": "shenyang", "titles": Choices(frozenset({"high_tech"}), titles - {"high_tech"})}
    assert set(first.profile.origins.values()) == {Origin.LEDGER}
    assert second.profile.answers == {"company_name": "乙公司", "staff": 0.0}
    assert (first.row, second.row) == (2, 3)


@pytest.mark.parametrize("separator", [",", "\t", ";", "，"])
@pytest.mark.parametrize("title", ["", "某园区企业台账，2024年度，单位：万元\n", "某园区企业台账；2024年度;单位:万元,人;截至12月\n\n"])
def test_a_csv_file_is_split_by_what_separates_most_of_its_lines(rulebook: Rulebook, separator: str, title: str) -> None:
    lines = [["企业名称", "所在市"], ["甲（机床 刀具）", "沈阳"], ["乙 a b c", "大连"]]
    content = title + "\n".join(separator.join(line) for line in lines)
    found = open_ledger(content.encode(), "a.csv", rulebook).read()
    assert [(c.name, c.profile.answers["city"]) for c in found.clients] == [("甲（机床 刀具）", "shenyang"), ("乙 a b c", "dalian")]


def test_remarks_in_a_csv_file_do_not_tell_how_it_is_split(rulebook: Rulebook) -> None:
    found = open_ledger("企业名称,备注\n甲,机床，刀具，夹具，模具\n乙,软件，芯片，云".encode(), "a.csv", rulebook).read()
    assert [c.name for c in found.clients] == ["甲", "乙"]


@pytest.mark.parametrize(
    ("header", "value", "meant", "told"),
    [
        ("营业收入", "1200", 1200, []),
        ("营业收入", "1,200.5", 1200.5, []),
        ("营业收入", "１，２００", 1200, []),
        ("营业收入", "1,200万", 1200, []),
        ("营业收入", "3.5 亿元", 35000, ["第 2 行“营业收入”：3.5 亿元 → 35,000 万元"]),
        ("营业收入", "12,000,000元", 1200, ["第 2 行“营业收入”：12,000,000 元 → 1,200 万元"]),
        ("营业收入（元）", "12000000", 1200, ["第 2 行“营业收入（元）”：12,000,000 元 → 1,200 万元"]),
        ("营业收入 (亿元)", "0.12", 1200, ["第 2 行“营业收入 (亿元)”：0.12 亿元 → 1,200 万元"]),
        ("营业收入/元", "1,200万元", 1200, []),
        ("营业收入（单位：元）", "12000000", 1200, ["第 2 行“营业收入（单位：元）”：12,000,000 元 → 1,200 万元"]),
        ("营业收入，单位：万元", "1200", 1200, []),
        ("营业收入（单位:亿）", "0.12", 1200, ["第 2 行“营业收入（单位:亿）”：0.12 亿元 → 1,200 万元"]),
        ("营业收入（万）", "1200", 1200, []),
        ("从业人员（个）", "20个", 20, []),
        ("Ⅰ类知识产权（个）", "3 个", 3, []),
        ("营业收入", "无", 0, ["第 2 行“营业收入”：“无”按 0 读"]),
        ("营业收入", "0", 0, []),
        ("从业人员", "1.2万人", 12000, ["第 2 行“从业人员”：1.2 万人 → 12,000 人"]),
        ("从业人员", "20名", 20, []),
        ("资产负债率（%）", "45.5%", 45.5, []),
        ("成立时间", "2024/7/15", date(2024, 7, 15), []),
        ("成立时间", "2024年7月15日", date(2024, 7, 15), []),
        ("成立时间", "20240715", date(2024, 7, 15), []),
        ("成立时间", "2024-07-15 00:00:00", date(2024, 7, 15), []),
        ("成立时间", "2024/7/15 0:00", date(2024, 7, 15), []),
        ("成立时间", "2024/7/1 00:00", date(2024, 7, 1), []),
        ("成立时间", "2024年7月15日0:00", date(2024, 7, 15), []),
        ("成立时间", "2024-07-15T00:00:00.000", date(2024, 7, 15), []),
        ("毕业年月", "2024/7/15 0:00:00", "2024-07", []),
        ("毕业年月", "2024年7月", "2024-07", []),
        ("毕业年月", "2024.7", "2024-07", []),
        ("毕业年月", "2024-07-15", "2024-07", []),
        ("攻关任务", "√", True, []),
        ("攻关任务", "×", False, []),
        ("攻关任务", "无", False, []),
        ("所有制", "民 营", "private", []),
        ("主体", "个体户", "individual_business", []),
        ("统一社会信用代码", "91210100MA0000000X", "91210100MA0000000X", ["第 2 行：统一社会信用代码“91210100MA0000000X”不是有效的统一社会信用代码（18 位，末位校验不符或有误），请核对；不影响结果。"]),
    ],
)
def test_an_answer_is_understood_as_it_is_usually_written(rulebook: Rulebook, header: str, value: str, meant: Answer, told: list[str]) -> None:
    assert cell(rulebook, header, value) == (meant, told)


CODE = "91350100M000100Y43"


@pytest.mark.parametrize("value", ["９１３５０１００Ｍ０００１００Ｙ４３", f"'{CODE}", f"’{CODE}", f'="{CODE}"', f'＝"{CODE}"', "91350100 M0001 00Y43", "9135 0100\nM000100Y43", CODE.lower(), f"\u200b'{CODE} "])
def test_a_code_is_stored_in_its_plain_form_and_the_change_is_told(rulebook: Rulebook, value: str) -> None:
    written = " ".join(value.replace("\u200b", "").split())
    assert cell(rulebook, "统一社会信用代码", value) == (CODE, [f"第 2 行“统一社会信用代码”：“{written}”按 {CODE} 读"])


@pytest.mark.parametrize(("value", "meant"), [(CODE, CODE), (f" {CODE}　", CODE), (f"{CODE}\u200b", CODE), ("'", None)])
def test_a_code_that_is_plain_already_tells_no_change(rulebook: Rulebook, value: str, meant: str | None) -> None:
    answer, told = cell(rulebook, "统一社会信用代码", value)
    assert (answer, [line for line in told if "读" in line]) == (meant, [])


def test_a_code_that_is_written_in_another_form_is_told_as_coming_twice(rulebook: Rulebook) -> None:
    found = read([["企业名称", "统一社会信用代码"], ["甲", CODE], ["乙", f"'{CODE}"]], rulebook)
    assert str(found.remarks[-1]) == "第 3 行“统一社会信用代码”：和第 2 行相同，两行都照样判断"


@pytest.mark.parametrize(("header", "value", "told"), [("攻关任务", "也许\n是吧", "看不懂“也许 是吧”。"), ("营业收入", "一千\r\n多", "“一千 多”不是数字。"), ("主体", "公司\n分公司", "没有“公司 分公司”这个选项。")])
def test_what_is_said_of_a_cell_with_a_line_break_stands_in_one_line(rulebook: Rulebook, header: str, value: str, told: str) -> None:
    (said,) = cell(rulebook, header, value)[1]
    assert said.startswith(f"第 2 行“{header}”：{told}")


@pytest.mark.parametrize("value", ["", "  ", "不清楚"])
def test_an_empty_cell_is_unknown_and_nothing_is_told(rulebook: Rulebook, value: str) -> None:
    assert cell(rulebook, "营业收入", value) == (None, [])


@pytest.mark.parametrize("value", ["/", "——", "N/A", "待补"])
def test_a_filler_is_unknown_and_told(rulebook: Rulebook, value: str) -> None:
    assert cell(rulebook, "攻关任务", value) == (None, [f"第 2 行“攻关任务”：“{value}”按没有填处理"])


def test_the_id_of_an_option_is_that_option_even_if_it_looks_like_a_filler(rulebook: Rulebook) -> None:
    choices = [(q, o.id) for q in rulebook.questions.values() if q.kind == "choice" for o in q.options]
    assert ("project_stage", "none") in [(q.id, option) for q, option in choices]
    for question, option in choices:
        assert cell(rulebook, question.short, option) == (option, [])
    assert cell(rulebook, "技术项目", "None") == (None, ["第 2 行“技术项目”：“None”按没有填处理"])


@pytest.mark.parametrize(
    ("header", "value", "fault"),
    [
        ("营业收入", "一千多", "“一千多”不是数字。请只写数字，单位是万元。"),
        ("营业收入", "1,2", "“1,2”不是数字。请只写数字，单位是万元。"),
        ("营业收入", "1200～1500", "“1200～1500”不是数字。请只写数字，单位是万元。"),
        ("营业收入", "100 万美元", "“100 万美元”里的“万美元”不是能换算成万元的单位。请换算成万元，只写数字。"),
        ("营业收入", "20%", "“20%”里的“%”不是能换算成万元的单位。请换算成万元，只写数字。"),
        ("营业收入", "-5", "-5 超出范围。应在 0 到 100,000,000 万元之间；请核对单位。"),
        ("从业人员", "2.5", "2.5 不是整数。单位是人，请写整数。"),
        ("成立时间", "2024-07", "“2024-07”没有写是哪一天。日期请写成 2021-03-15 的样子。"),
        ("成立时间", "2024/7/15 8:30", "看不懂“2024/7/15 8:30”。日期请写成 2021-03-15 的样子。"),
        ("成立时间", "2024-W10", "看不懂“2024-W10”。日期请写成 2021-03-15 的样子。"),
        ("毕业年月", "2024 春", "看不懂“2024 春”。年月请写成 2024-07 的样子。"),
        ("成立时间", "2024-02-30", "看不懂“2024-02-30”。日期请写成 2021-03-15 的样子。"),
        ("攻关任务", "也许", "看不懂“也许”。这一列请写是或否；不清楚就空着。"),
        ("高新技术企业", "2023年", "看不懂“2023年”。这一列请写是或否；不清楚就空着。"),
        ("营业收入", "9" * 3000, "有 3,000 个字，太长了。一个单元格最多 2,000 个字。"),
    ],
)
def test_what_is_not_plainly_meant_is_refused_with_the_reason(rulebook: Rulebook, header: str, value: str, fault: str) -> None:
    assert cell(rulebook, header, value) == (None, [f"第 2 行“{header}”：{fault}"])


def test_about_is_an_estimate(rulebook: Rulebook) -> None:
    (client,) = read([["企业名称", "营业收入（万元）"], ["甲", "约1200"]], rulebook).clients
    assert (client.profile.answers["revenue"], client.profile.estimates) == (1200, {"revenue"})


def test_excel_dates_percentages_and_numbers_are_read_as_shown(rulebook: Rulebook) -> None:
    book = Workbook()
    book.active.append(["企业名称", "成立日期", "资产负债率（%）", "统一社会信用代码"])
    book.active.append(["甲", datetime(2019, 3, 2), 0.455, 912101000000000012])
    book.active["C2"].number_format = "0.0%"
    target = BytesIO()
    book.save(target)
    found = open_ledger(target.getvalue(), "a.xlsx", rulebook).read()
    answers = found.clients[0].profile.answers
    assert answers == {"company_name": "甲", "founded": date(2019, 3, 2), next(q.id for q in rulebook.questions.values() if q.short == "资产负债率"): 45.5}
    assert "末几位可能已经丢失" in str(found.faults[0])


def shown_as(value: Any, number_format: str, header: str) -> bytes:
    """A ledger with a cell in a number format."""
    book = Workbook()
    book.active.append(["企业名称", header])
    book.active.append(["甲", value])
    book.active["B2"].number_format = number_format
    target = BytesIO()
    book.save(target)
    return target.getvalue()


@pytest.mark.parametrize(
    "number_format",
    [
        "General",
        "0",
        "0_ ",
        "0.00",
        "#,##0",
        "#,##0.00",
        "#,##0_);(#,##0)",
        "0.00_);[Red]\\(0.00\\)",
        "#,##0.00_);[Red](#,##0.00)",
        "¥#,##0",
        '"¥"#,##0.00;"¥"-#,##0.00',
        "[$￥-804]#,##0.00",
        '_ ¥* #,##0.00_ ;_ ¥* -#,##0.00_ ;_ ¥* "-"??_ ;_ @_ ',
        '_(* #,##0_);_(* (#,##0);_(* "-"_);_(@_)',
        "#,##0_,",
        "#,##0\\,",
        "[DBNum1][$-804]General",
        "[>=1000]#,##0;0.0",
        "0.00E+00",
        "@",
    ],
)
def test_a_number_in_an_ordinary_format_counts(rulebook: Rulebook, number_format: str) -> None:
    found = open_ledger(shown_as(1200, number_format, "营业收入（万元）"), "a.xlsx", rulebook).read()
    assert (found.clients[0].profile.answers["revenue"], found.faults, found.remarks) == (1200, (), ())


@pytest.mark.parametrize(
    "number_format",
    ["#,##0,", "#,##0.0,", "0,.0", '0.0,,"M"', '0!.0,"万"', '0!.0,"万";-0!.0,"万"', "0\\.0,", '0"."0,', '0!.0000"万元"', "0!.0000", '0"万元"', "0.0,\\千", '[>=100000000]0.00,,"亿";0', "[$万]0"],
)
def test_a_number_that_is_shown_as_another_one_is_not_used_and_told(rulebook: Rulebook, number_format: str) -> None:
    found = open_ledger(shown_as(12_345_000, number_format, "营业收入（万元）"), "a.xlsx", rulebook).read()
    assert "revenue" not in found.clients[0].profile.answers
    assert [str(f) for f in found.faults] == ["第 2 行“营业收入（万元）”：单元格的格式让数显示成了别的大小或单位，看不出按哪个读。请把格式改成常规，按列名的单位写数。"]


def test_nothing_is_nothing_in_every_format(rulebook: Rulebook) -> None:
    found = open_ledger(shown_as(0, '0!.0,"万"', "营业收入（万元）"), "a.xlsx", rulebook).read()
    assert (found.clients[0].profile.answers["revenue"], found.faults) == (0, ())


@pytest.mark.parametrize(("value", "number_format"), [(0.455, "0.0%"), (45.5, '0.0"%"'), (45.5, "0.0\\%")])
def test_a_percentage_is_read_as_it_is_shown(rulebook: Rulebook, value: float, number_format: str) -> None:
    found = open_ledger(shown_as(value, number_format, "资产负债率（%）"), "a.xlsx", rulebook).read()
    assert list(found.clients[0].profile.answers.values())[1:] == [45.5]


@pytest.mark.parametrize("number_format", ["yyyy-mm-dd", 'yyyy"年"m"月"d"日"', "m/d/yy", "[$-804]yyyy/m/d;@"])
def test_a_date_is_one_in_every_format_of_dates(rulebook: Rulebook, number_format: str) -> None:
    found = open_ledger(shown_as(datetime(2019, 3, 2), number_format, "成立日期"), "a.xlsx", rulebook).read()
    assert (found.clients[0].profile.answers["founded"], found.faults) == (date(2019, 3, 2), ())


def test_a_column_may_ask_whether(rulebook: Rulebook) -> None:
    asking, plain = (read([["企业名称", *header], ["甲公司", "是", "否"]], rulebook) for header in (["是否高新技术企业", "是否为科技型中小企业"], ["高新技术企业", "科技型中小企业"]))
    assert asking.clients[0].profile == plain.clients[0].profile
    assert asking.clients[0].profile.answers["titles"].chosen == {"high_tech"}  # type: ignore[union-attr]


def test_several_names_in_one_cell_may_hold_the_separator_themselves(rulebook: Rulebook) -> None:
    answer, told = cell(rulebook, "创始人和核心成员", "高校、科研院所在职科研人员、博士后；在校大学生")
    assert (answer, told) == (Choices(frozenset({"academic_staff", "postdoc", "student"})), [])
    assert cell(rulebook, "创始人和核心成员", "都没有") == (Choices(), [])


def test_a_name_that_is_no_option_leaves_the_rest_unsure_not_denied(rulebook: Rulebook) -> None:
    answer, told = cell(rulebook, "资质", "高企、ISO9001")
    others = rulebook.questions["titles"].option.keys() - {"high_tech"}
    assert answer == Choices(frozenset({"high_tech"}), others)
    assert told[0].startswith("第 2 行“资质”：没有“ISO9001”这个选项。")
    assert told[0].endswith("认得的选项照用，其余的按不清楚处理。")


def test_columns_of_single_options_say_nothing_of_the_others(rulebook: Rulebook) -> None:
    rows = [["名称", "资质：高新技术企业", "资质：雏鹰企业", "资质：高新技术企业编号", "资质：高新技术企业有效期至"], ["甲", "是", "否", "GR202321000123", "2026-12-01"], ["乙", None, None, "GR202321000124", None]]
    found = read(rows, rulebook)
    first, second = found.clients
    assert first.profile.answers["titles"] == Choices(frozenset({"high_tech"}), rulebook.questions["titles"].option.keys() - {"high_tech", "fledgling"})
    assert first.profile.certificates == {("titles", "high_tech"): Certificate("GR202321000123", date(2026, 12, 1))}
    assert "titles" not in second.profile.answers
    assert [str(f) for f in found.faults] == ["第 3 行“资质：高新技术企业编号”：没有写现在是不是有“资质：高新技术企业”，这一格没有用。请先写明有没有。"]


@pytest.mark.parametrize(("header", "said"), [("是否高新技术企业", "否"), ("资质", "雏鹰企业"), ("资质", "无")])
def test_a_certificate_of_what_is_said_not_to_be_there_is_told_as_that(rulebook: Rulebook, header: str, said: str) -> None:
    found = read([["名称", header, "资质：高新技术企业编号", "资质：高新技术企业有效期至"], ["甲", said, "GR202321000123", "2026-12-01"]], rulebook)
    told = "写的是没有“资质：高新技术企业”，这一格没有用。请改成一致。"
    assert [str(f) for f in found.faults] == [f"第 2 行“资质：高新技术企业编号”：{told}", f"第 2 行“资质：高新技术企业有效期至”：{told}"]
    assert "high_tech" not in found.clients[0].profile.answers["titles"].chosen  # type: ignore[union-attr]
    assert found.clients[0].profile.certificates == {}


def test_two_columns_that_contradict_each_other_leave_the_option_unsure(rulebook: Rulebook) -> None:
    found = read([["名称", "资质", "高新技术企业"], ["甲", "雏鹰企业", "是"]], rulebook)
    assert found.clients[0].profile.answers["titles"] == Choices(frozenset({"fledgling"}), frozenset({"high_tech"}))
    assert [str(f) for f in found.faults] == ["第 2 行“高新技术企业”：和“资质”一列说法不一致。按不清楚处理，请改成一致。"]


def test_bad_cells_do_not_take_good_ones_with_them_and_all_are_told(rulebook: Rulebook) -> None:
    found = read([["企业名称", "营业收入（万元）", "从业人员（人）"], ["甲", "一千多", "很多"], ["乙", 5, "x"]], rulebook)
    assert [c.profile.answers.get("revenue") for c in found.clients] == [None, 5]
    assert [(f.row, f.column) for f in found.faults] == [(2, "营业收入（万元）"), (2, "从业人员（人）"), (3, "从业人员（人）")]


def test_rows_keep_their_numbers_under_a_title_and_over_gaps(rulebook: Rulebook) -> None:
    found = read([["某园区企业台账"], [], ["企业名称", "营业收入（万元）"], ["甲", 1], [], ["乙", 2], ["合计", 3]], rulebook)
    assert [(c.name, c.row) for c in found.clients] == [("甲", 4), ("乙", 6)]
    assert [str(r) for r in found.remarks] == ["第 7 行：“合计”一行没有当成企业"]


@pytest.mark.parametrize("name", ["合计", "总　计", "“小计”", "共计", "累计", "合计：3 家", "合计（3 家）", "总计 3", "合计3家"])
def test_a_line_of_totals_is_no_client_whatever_else_it_says(rulebook: Rulebook, name: str) -> None:
    found = read([["企业名称", "营业收入（万元）"], ["甲", 1], [name, 1]], rulebook)
    assert ([c.name for c in found.clients], [str(r) for r in found.remarks]) == (["甲"], [f"第 3 行：“{' '.join(name.split())}”一行没有当成企业"])


@pytest.mark.parametrize("name", ["浑南区小计", "本页合计", "全区合计（3 家）", "2024年合计", "其中：高企", "平均", "平均值", "均值", "最大值", "中位数"])
def test_subtotals_and_averages_are_no_clients(rulebook: Rulebook, name: str) -> None:
    assert [c.name for c in read([["企业名称", "营业收入（万元）"], ["甲", 1], [name, 1]], rulebook).clients] == ["甲"]


@pytest.mark.parametrize("name", ["一、和平区", "（二）高新技术企业", "第二部分 民营", "数据来源：税务局", "单位负责人：张三 填表人：李四", "*本表为不完全统计", "—— 以下空白 ——", "联系电话：024-1234", "单位：元"])
def test_headings_and_notes_that_stand_alone_are_no_clients(rulebook: Rulebook, name: str) -> None:
    assert [c.name for c in read([["企业名称", "营业收入（万元）"], ["甲", 1], [name, None], ["乙", None]], rulebook).clients] == ["甲", "乙"]


def test_a_header_that_is_repeated_on_every_page_is_no_client(rulebook: Rulebook) -> None:
    header = ["企业名称", "营业收入（万元）", "备注"]
    found = read([header, ["甲", 1, None], header, ["乙", 2, None]], rulebook)
    assert [(c.name, c.profile.answers["revenue"]) for c in found.clients] == [("甲", 1), ("乙", 2)]
    assert [str(r) for r in found.remarks] == ["第 3 行：又写了一遍列名，没有当成企业"]


@pytest.mark.parametrize("header", [["企业名称", "营业收入（元）"], ["企业名称", "研发费用（万元）"]])
def test_another_table_below_the_first_is_told_and_not_read_as_the_first(rulebook: Rulebook, header: list[Any]) -> None:
    ledger = open_ledger(xlsx([["企业名称", "营业收入（万元）"], ["甲", 1], header, ["乙", 20_000], ["丙", 7]]), "a.xlsx", rulebook)
    assert [c.name for c in ledger.read().clients] == ["甲"]
    assert [str(u) for u in ledger.unread] == ["“第 3 行起”这张表也像台账（2 行），没有读。请分开上传，或合在一张表里。"]


@pytest.mark.parametrize("numbers", [[1, 2, 3], ["(1)", "(2)", "(3)"], ["4", "5", "6"]])
def test_a_row_that_numbers_the_columns_is_no_client(rulebook: Rulebook, numbers: list[Any]) -> None:
    found = read([["企业名称", "营业收入（万元）", "从业人员"], numbers, ["360", 1200, 35]], rulebook)
    assert ([c.name for c in found.clients], [str(r) for r in found.remarks]) == (["360"], ["第 2 行：这一行是列号，没有当成企业"])


def test_a_separated_row_with_more_cells_than_the_header_is_refused(rulebook: Rulebook) -> None:
    found = open_ledger("企业名称,营业收入（万元）,从业人员\n甲,1,200,35\n乙,300,40\n丙,5,6,\n".encode(), "a.csv", rulebook).read()
    assert [c.name for c in found.clients] == ["乙", "丙"]
    assert [str(f) for f in found.faults] == ["第 2 行“第 4 列”：这一行有 4 格，列名只有 3 个，对不齐，整行没有用。数字里的逗号请去掉，或者给这一格加上引号。"]


@pytest.mark.parametrize("written", [0.453, "0.453"])
def test_a_fraction_is_not_taken_for_percent_unless_the_column_says_percent(rulebook: Rulebook, written: Any) -> None:
    found = read([["企业名称", "资产负债率"], ["甲", written], ["乙", "45.3%"], ["丙", 45.3]], rulebook)
    assert [c.profile.answers.get("debt_ratio") for c in found.clients] == [None, 45.3, 45.3]
    assert [str(f) for f in found.faults] == ["第 2 行“资产负债率”：看不出“0.453”是 0.453% 还是 45.3%。请写成带 % 的数，或在列名后写明（%）。"]
    assert read([["企业名称", "资产负债率（%）"], ["甲", written]], rulebook).clients[0].profile.answers["debt_ratio"] == 0.453


@pytest.mark.parametrize("name", ["注：数据截至 2025 年底。", "备注1：企业自报", "填表人：张三　审核人：李四", "填报单位（盖章）：", "制表：王五", "审核人 李四"])
def test_a_note_below_the_companies_is_no_client_unless_its_row_answers_something(rulebook: Rulebook, name: str) -> None:
    found = read([["企业名称", "营业收入（万元）", "联系人"], ["甲", 1], [name, None, "张三"], [name, 2]], rulebook)
    shown = " ".join(name.split())
    assert ([c.name for c in found.clients], [str(r) for r in found.remarks]) == (["甲", shown], [f"第 3 行：“{shown}”一行没有当成企业"])


@pytest.mark.parametrize("name", ["合计（北京）科技有限公司", "总计算力有限公司", "小计量仪器厂", "注册会计师事务所", "审核人力资源有限公司", "制表科技有限公司", "360 合计"])
def test_a_company_whose_name_only_begins_like_that_is_a_client(rulebook: Rulebook, name: str) -> None:
    assert [c.name for c in read([["企业名称", "营业收入（万元）"], [name, None]], rulebook).clients] == [name]


def test_lines_that_were_not_filled_in_and_totals_in_another_column_are_no_clients(rulebook: Rulebook) -> None:
    rows = [["序号", "企业名称", "营业收入（万元）"], [1, "甲", 1], [2, None, 2], [3, None, " "], [4, None, None], ["合计", None, 3], ["填表人：张三", None, None]]
    found = read(rows, rulebook)
    assert [c.name for c in found.clients] == ["甲", "第 3 行"]
    assert [str(r) for r in found.remarks] == [
        "第 4 行：用得上的列都空着，没有当成企业",
        "第 5 行：用得上的列都空着，没有当成企业",
        "第 6 行：“合计”一行没有当成企业",
        "第 7 行：用得上的列都空着，没有当成企业",
    ]
    assert found.faults == ()


def test_where_no_column_says_the_names_a_total_stands_at_the_head_of_its_row(rulebook: Rulebook) -> None:
    found = read([["公司", "口径", "营业收入（万元）"], ["甲", "合计", 1], ["乙", "合计", 2], ["合计", None, 3]], rulebook)
    assert ([c.row for c in found.clients], [r.row for r in found.remarks]) == ([2, 3], [4])


def test_the_same_name_twice_is_told(rulebook: Rulebook) -> None:
    assert [str(r) for r in read([["企业名称"], ["甲"], ["甲 "]], rulebook).remarks] == ["第 3 行“企业名称”：和第 2 行相同，两行都照样判断"]


def columns_of(ledger: Ledger) -> dict[str, str | None]:
    return {c.header: c.remark for c in ledger.columns if c.target is None}


def test_marks_of_what_must_be_filled_in_belong_to_no_name(rulebook: Rulebook) -> None:
    found = read([["企业名称＊", "*营业收入（元）", "资产总额（万元）（必填）", "从业人员（选填项）", "*"], ["甲", 70000, 6, 20, 1]], rulebook)
    assert found.clients[0].profile.answers == {"company_name": "甲", "revenue": 7, "assets": 6, "staff": 20}
    assert columns_of(found.ledger) == {"*": "认不出是哪一题，没有用。"}


@pytest.mark.parametrize(
    ("rows", "number", "headers"),
    [
        ([["某孵化器统计表"], ["名头", "收成", "人手"], ["甲公司", 5, 2]], 2, ["名头", "收成", "人手"]),
        ([["某孵化器统计表"], ["填报：某孵化器", None, "二〇二四"], ["名头", "收成", "人手", "地头", "行当"], ["甲公司", "5", "2", "沈阳", "制造"]], 3, ["名头", "收成", "人手", "地头", "行当"]),
        ([["名头"], ["甲公司"]], 1, ["名头"]),
        ([[2024], [1]], 1, ["2024"]),
    ],
)
def test_where_no_column_is_known_the_row_that_looks_like_a_header_is_offered(rulebook: Rulebook, rows: list[list[Any]], number: int, headers: list[str]) -> None:
    with pytest.raises(UnknownHeadersError) as caught:
        open_ledger(xlsx(rows), "a.xlsx", rulebook)
    assert [c.header for c in caught.value.columns] == headers
    assert str(caught.value).startswith(f"认不出任何一列（第{'一' if number == 1 else f' {number} '}行是“{headers[0]}”")
    said = read_column_map(f"columns: [{{header: '{headers[0]}', question: company_name}}]", rulebook)
    ledger = open_ledger(xlsx(rows), "a.xlsx", rulebook, said)
    assert [r[0] for r in ledger.raw] == list(range(number + 1, len(rows) + 1))


def test_where_no_column_is_known_a_cover_is_not_offered(rulebook: Rulebook) -> None:
    with pytest.raises(UnknownHeadersError, match=r"第一行是“名头”、“收成”"):
        open_ledger(workbook({"封面": [["园区企业台账"], ["二〇二四年"]], "数据": [["名头", "收成"], ["甲公司", 5]]}), "a.xlsx", rulebook)


def test_a_column_that_is_not_known_is_reported_with_what_it_might_be_and_not_used(rulebook: Rulebook) -> None:
    ledger = open_ledger(xlsx([["企业名称", "营业总收入", "联系人", "营业收入（吨）"], ["甲", 5, "张三", 1]]), "a.xlsx", rulebook)
    assert columns_of(ledger) == {
        "营业总收入": "认不出是哪一题，没有用。是不是“营业收入”、“基期营业收入”、“主营业务收入”？",
        "联系人": "认不出是哪一题，没有用。",
        "营业收入（吨）": "列名里的“吨”和营业收入的单位（万元）换算不了，没有用",
    }
    assert ledger.read().clients[0].profile.answers.keys() == {"company_name"}


@pytest.mark.parametrize("header", ["从业人员（万）", "从业人员（件）", "Ⅰ类知识产权（人）", "资产负债率（万）", "营业收入（个）", "营业收入（单位）"])
def test_a_unit_that_does_not_fit_is_not_made_to(rulebook: Rulebook, header: str) -> None:
    (said,) = columns_of(open_ledger(csv_file([["企业名称", header], ["甲", 1]], "utf-8"), "a.csv", rulebook)).values()
    assert said is not None
    assert said.endswith("换算不了，没有用")


def test_two_columns_for_one_question_are_not_chosen_between(rulebook: Rulebook) -> None:
    content = xlsx([["企业名称", "营业收入（万元）", "营收（元）"], ["甲", 5, 70000]])
    ledger = open_ledger(content, "a.xlsx", rulebook)
    assert [c.header for c in ledger.clashes] == ["营业收入（万元）", "营收（元）"]
    assert "revenue" not in ledger.read().clients[0].profile.answers
    settled = read_column_map("columns: [{header: 营收（元）, question: revenue, unit: 元}]", rulebook)
    ledger = open_ledger(content, "a.xlsx", rulebook, settled)
    assert [c.header for c in ledger.clashes] == ["营业收入（万元）"]
    assert ledger.read().clients[0].profile.answers["revenue"] == 7


GROUPED = [["企业名称", "所在市", "经营情况（元）", None, "人员情况", None], [None, None, "营业收入", "资产总额（万元）", "从业人员", "联系人"]]
COMPANY = ["甲", "沈阳", 5_000_000, 600, 20, "张三"]


@pytest.mark.parametrize(
    "header",
    [
        pytest.param(GROUPED, id="more known below"),
        pytest.param([[*GROUPED[0], "成立日期", "行业"], [*GROUPED[1], None, None]], id="more known above"),
        pytest.param([["某园区企业台账"], ["填报单位：某园区", None, None, "单位：万元"], *GROUPED], id="below a title"),
    ],
)
def test_a_header_of_two_rows_is_read_as_one_and_the_group_says_the_unit(rulebook: Rulebook, header: list[list[Any]]) -> None:
    ledger = open_ledger(xlsx([*header, COMPANY]), "a.xlsx", rulebook)
    assert columns_of(ledger) == {"联系人": "认不出是哪一题，没有用。"}
    remarks = {c.header: c.remark for c in ledger.columns if c.target and c.remark}
    assert remarks == {"营业收入": "单位照上面的“经营情况（元）”，没有写单位的数按元读", "从业人员": "列名里没有写单位，没有写单位的数按人读"}
    found = ledger.read()
    (client,) = found.clients
    assert (client.name, client.row) == ("甲", len(header) + 1)
    assert client.profile.answers == {"company_name": "甲", "city": "shenyang", "revenue": 500, "assets": 600, "staff": 20}
    assert [str(r) for r in found.remarks] == [f"第 {client.row} 行“营业收入”：5,000,000 元 → 500 万元"]


def test_a_row_of_units_below_the_header_is_no_client(rulebook: Rulebook) -> None:
    rows = [["企业名称", "营业收入", "资产总额（万元）", "研发费用（万元）"], [None, "（元）", "（元）", "万元"], ["甲", 70000, 70000, 7]]
    ledger = open_ledger(xlsx(rows), "a.xlsx", rulebook)
    assert columns_of(ledger) == {"资产总额（万元）": "列名里的单位是万元，第 2 行写的是元，没有用。请改成一致。"}
    found = ledger.read()
    assert ([c.row for c in found.clients], found.faults) == ([3], ())
    assert found.clients[0].profile.answers == {"company_name": "甲", "revenue": 7, "rd_expense": 7}


@pytest.mark.parametrize(
    ("above", "revenue", "where"),
    [
        (["单位：元"], 7, "第 1 行的“单位：元”"),
        (["某园区企业情况表（元）"], 7, "第 1 行的“某园区企业情况表（元）”"),
        (["某园区企业台账", None, "金额单位: 人民币元"], 7, "第 1 行的“金额单位: 人民币元”"),
        (["填报单位：某园区", None, "单位： 元　币种：人民币"], 7, "第 1 行的“单位： 元 币种：人民币”"),
        *((["某园区", None, said], 7, f"第 1 行的“{said}”") for said in ("单位：人民币（元）", "单位: 元 (人民币)", "单位：人民币、元", "单位：￥元", "单位：RMB元", "单位：圆", "单位 元", "单位为元", "金额：元", "本表金额以元为单位", "单位（元）", "（元）", "元")),
        (["某园区", None, "（金额单位：人民币千元）"], 7_000, "第 1 行的“（金额单位：人民币千元）”"),
        (["某园区", "货币单位：人民币 金额单位：千元"], 7_000, "第 1 行的“货币单位：人民币 金额单位：千元”"),
        (["单位：", "元"], 7, "第 1 行的“元”"),
        (["单位：千元、人、件"], 7_000, "第 1 行的“单位：千元、人、件”"),
        (["单位：万元"], 70_000, "第 1 行的“单位：万元”"),
    ],
)
def test_a_unit_stated_above_the_table_holds_for_columns_that_name_none(rulebook: Rulebook, above: list[Any], revenue: float, where: str) -> None:
    ledger = open_ledger(xlsx([above, ["企业名称", "营业收入", "资产总额（万元）", "从业人员"], ["甲", 70_000, 600, 20]]), "a.xlsx", rulebook)
    unit = ledger.columns[1].unit
    assert ledger.columns[1].remark == f"单位照{where}，没有写单位的数按{unit}读"
    assert ledger.read().clients[0].profile.answers == {"company_name": "甲", "revenue": revenue, "assets": 600, "staff": 20}


@pytest.mark.parametrize("above", ["单位：某某有限公司", "填报单位：元氏科技局", "单位：吨", "2024年度（上报）", "货币单位：人民币", "企业财务数据（人民币）", "多元化企业（2,000万元以上）", "年营业收入 2000 万元以上"])
def test_what_stands_above_the_table_and_is_not_one_unit_for_its_figures_changes_none(rulebook: Rulebook, above: str) -> None:
    ledger = open_ledger(xlsx([[above], ["企业名称", "营业收入"], ["甲", 7]]), "a.xlsx", rulebook)
    assert ledger.columns[1].remark == "列名里没有写单位，没有写单位的数按万元读"
    assert ledger.read().clients[0].profile.answers["revenue"] == 7


@pytest.mark.parametrize("above", [["单位：元、万元"], ["单位：万美元"], ["（单位：万元）", "（单位：元）"], [None, None, "上年财务（元）"]])
def test_money_is_not_used_where_the_unit_above_the_table_is_not_clear(rulebook: Rulebook, above: list[Any]) -> None:
    rows = [above, ["序号", "企业名称", "营业收入", "研发费用（万元）", "从业人员"], [1, "甲", 70_000, 8, 20]]
    found = read(rows, rulebook)
    assert found.clients[0].profile.answers == {"company_name": "甲", "rd_expense": 8, "staff": 20}
    places = "、".join(f"第 1 行的“{a}”" for a in above if a)
    assert found.ledger.columns[2].remark == f"列名里没有写单位，{places}又看不出说的是不是这一列，没有用。请在列名里写明单位。"
    said = read_column_map("columns: [{header: 营业收入, question: revenue, unit: 元}]", rulebook)
    assert open_ledger(xlsx(rows), "a.xlsx", rulebook, said).read().clients[0].profile.answers["revenue"] == 7


def test_a_currency_is_no_unit(rulebook: Rulebook) -> None:
    (said,) = columns_of(open_ledger(xlsx([["企业名称", "营业收入（人民币）"], ["甲", 1200]]), "a.xlsx", rulebook)).values()
    assert said == "列名里的“人民币”和营业收入的单位（万元）换算不了，没有用"
    assert cell(rulebook, "营业收入（人民币元）", "12000000")[0] == 1200
    assert cell(rulebook, "营业收入", "1,200万元人民币")[0] == 1200


@pytest.mark.parametrize(
    ("unit", "revenue"), [("（元）", 7), ("（人民币千元）", 7_000), ("", 70_000), ("（税务口径）", 70_000), ("（万美元）", None)]
)
def test_a_column_that_somebody_maps_is_in_the_unit_that_its_header_names(rulebook: Rulebook, unit: str, revenue: float | None) -> None:
    content = xlsx([["企业名称", f"2024年营业收入{unit}"], ["甲", 70_000]])
    said = read_column_map(f"columns: [{{header: 2024年营业收入{unit}, question: revenue}}]", rulebook)
    assert open_ledger(content, "a.xlsx", rulebook, said).read().clients[0].profile.answers.get("revenue") == revenue


def test_a_column_that_somebody_maps_is_in_the_unit_of_the_table_or_of_its_group(rulebook: Rulebook) -> None:
    said = read_column_map("columns: [{header: 2024年营业收入, question: revenue}]", rulebook)
    above: list[list[Any]] = [["单位：元"], ["企业名称", "2024年营业收入"], ["甲", 70_000]]
    grouped: list[list[Any]] = [["企业名称", "主要经济指标（元）", None], [None, "营业收入", None], [None, "2023年", "2024年"], ["甲", 50_000, 70_000]]
    for rows in (above, grouped):
        assert open_ledger(xlsx(rows), "a.xlsx", rulebook, said).read().clients[0].profile.answers == {"company_name": "甲", "revenue": 7}


def test_a_unit_nearer_to_the_figures_goes_before_the_one_above_the_table(rulebook: Rulebook) -> None:
    rows = [["单位：元"], ["企业名称", "营业收入", "资产总额"], [None, "万元", None], ["甲", 7, 70_000]]
    assert read(rows, rulebook).clients[0].profile.answers == {"company_name": "甲", "revenue": 7, "assets": 7}


@pytest.mark.parametrize("years", [["2023年", "2024年"], ["2023年度", "2024年度"], ["2023", "2024"], [2023, 2024]])
def test_figures_of_several_years_are_not_taken_for_those_that_are_asked(rulebook: Rulebook, years: list[Any]) -> None:
    rows = [["企业名称", "营业收入（元）", None, "从业人员"], [None, *years, None], ["甲", 50_000, 70_000, 20]]
    found = read(rows, rulebook)
    names = [f"{y}年营业收入（元）" if str(y).isdigit() else f"{y}营业收入（元）" for y in years]
    assert [c.header for c in found.ledger.columns] == ["企业名称", *names, "从业人员"]
    assert [(c.row, c.profile.answers) for c in found.clients] == [(3, {"company_name": "甲", "staff": 20})]
    said = read_column_map(f"columns: [{{header: {names[1]}, question: revenue, unit: 元}}]", rulebook)
    assert open_ledger(xlsx(rows), "a.xlsx", rulebook, said).read().clients[0].profile.answers["revenue"] == 7


@pytest.mark.parametrize(
    "labels",
    [
        ["2023年", "2024年", "同比增长"],
        ["2022年（万元）", "2023年（万元）", None],
        ["2023年（审计）", "2024年（审计）", None],
        ["2022年实际", "2023年实际", "2024年预计"],
        ["2024年", "2025年1-9月", None],
        ["本年", "上年", "增减"],
        ["本期金额", "上期金额", None],
        ["前年", "去年", "今年"],
        ["22年", "23年", "24年"],
        ["2024-12-31", "2023-12-31", None],
        ["总数", "其中：研发", None],
        ["2023年", None, None],
    ],
)
@pytest.mark.parametrize("others", [["人", None], [None, "企业自报"], ["在册", None]])
def test_what_stands_under_one_name_for_several_columns_is_not_chosen_between(rulebook: Rulebook, labels: list[Any], others: list[Any]) -> None:
    rows = [["企业名称", "营业收入", None, None, "从业人员", "备注"], [None, *labels, *others], ["甲", 1, 2, 3, 20, "x"]]
    found = read(rows, rulebook)
    assert [c.row for c in found.clients] == [3]
    assert "revenue" not in found.clients[0].profile.answers
    assert sum(c.header.startswith("营业收入：") or c.header.endswith("营业收入") for c in found.ledger.columns) == len([x for x in labels if x])


def test_labels_under_several_names_and_a_row_of_units_between_are_read_together(rulebook: Rulebook) -> None:
    rows = [["企业名称", "营业收入", None, "知识产权", None], [None, "元", "元", "件", "件"], [None, "2022年", "2023年", "Ⅰ类知识产权", "Ⅱ类知识产权"], ["甲", 1, 2, 3, 4]]
    found = read(rows, rulebook)
    assert [c.header for c in found.ledger.columns] == ["企业名称", "2022年营业收入", "2023年营业收入", "Ⅰ类知识产权", "Ⅱ类知识产权"]
    assert found.clients[0].profile.answers == {"company_name": "甲", "ip_class_1": 3, "ip_class_2": 4}


def test_a_year_above_a_column_is_part_of_its_name(rulebook: Rulebook) -> None:
    found = read([["企业名称", "2022年", None, "从业人员"], [None, "营业收入（万元）", "研发费用（万元）", None], ["甲", 100, 200, 35]], rulebook)
    assert [c.header for c in found.ledger.columns] == ["企业名称", "2022年营业收入（万元）", "2022年研发费用（万元）", "从业人员"]
    assert found.clients[0].profile.answers == {"company_name": "甲", "staff": 35}


def test_figures_that_look_like_years_are_a_company(rulebook: Rulebook) -> None:
    found = read([["企业名称", "从业人员", "营业收入（万元）"], [None, 1999, 2050], ["乙", 300, 400]], rulebook)
    assert [c.profile.answers.get("staff") for c in found.clients] == [1999, 300]


@pytest.mark.parametrize(("header", "first"), [("成立日期", "2015年"), ("从业人员", 2000), ("备注", "2024年")])
def test_a_year_that_may_be_an_answer_names_no_column(rulebook: Rulebook, header: str, first: Any) -> None:
    ledger = open_ledger(xlsx([["企业名称", header], [None, first], ["甲", None]]), "a.xlsx", rulebook)
    assert ([c.header for c in ledger.columns], len(ledger)) == (["企业名称", header], 2)


@pytest.mark.parametrize(("rows", "said"), [(["（全称）", "（元）", "人"], 7), (["（必填）", "填上年数", "年末人数"], 70_000)])
def test_a_line_that_says_what_to_write_is_no_client(rulebook: Rulebook, rows: list[Any], said: float) -> None:
    found = read([["企业名称", "营业收入", "从业人员"], rows, ["甲", 70_000, 35]], rulebook)
    assert [(c.name, c.profile.answers["revenue"]) for c in found.clients] == [("甲", said)]


def test_a_column_without_a_header_is_reported_if_it_holds_anything(rulebook: Rulebook) -> None:
    ledger = open_ledger(xlsx([[None, "企业名称", "", "城市"], [1, "甲", None, "沈阳", "新迁入"]]), "a.xlsx", rulebook)
    assert columns_of(ledger) == {"第 1 列（没有列名）": "认不出是哪一题，没有用。", "第 5 列（没有列名）": "认不出是哪一题，没有用。"}


@pytest.mark.parametrize("above", [["高企", 12], ["高企", "12"], ["高企"], ["高企：", "12 家"]])
def test_what_stands_above_the_header_and_is_none_names_no_column(rulebook: Rulebook, above: list[Any]) -> None:
    ledger = open_ledger(xlsx([above, [None, "企业名称", "城市"], [1, "甲", "沈阳"]]), "a.xlsx", rulebook)
    assert columns_of(ledger) == {"第 1 列（没有列名）": "认不出是哪一题，没有用。"}


@pytest.mark.parametrize("first", [["高企", "沈阳", None], [None, "沈阳", "高企"], ["公司", None, "2"], ["企业名称", "沈阳", "甲"]])
def test_no_row_that_answers_anything_is_taken_for_a_header(rulebook: Rulebook, first: list[Any]) -> None:
    assert [c.row for c in read([["企业名称", "城市", None], first, ["乙", "大连", None]], rulebook).clients] == [2, 3]


def test_a_line_that_only_names_again_what_is_known_is_no_header(rulebook: Rulebook) -> None:
    found = read([["企业名称", "城市", "备注"], [None, None, "企业"], ["乙", "大连", None]], rulebook)
    assert ([c.name for c in found.clients], columns_of(found.ledger)) == (["乙"], {"备注": "认不出是哪一题，没有用。"})


def test_a_line_without_a_name_of_which_nothing_can_be_used_is_told_and_no_client(rulebook: Rulebook) -> None:
    found = read([["企业名称", "从业人员"], [None, "总数"], ["甲", 20]], rulebook)
    assert [c.row for c in found.clients] == [3]
    assert [str(x) for x in (*found.faults, *found.remarks)] == ["第 2 行“从业人员”：“总数”不是数字。请只写数字，单位是人。", "第 2 行：没有名称，也没有一格用得上，没有当成企业"]


def test_a_column_map_is_kept_corrected_and_used_again(rulebook: Rulebook) -> None:
    content = xlsx([["企业名称", "去年卖了多少", "高企", "备注"], ["甲", 70000, "有", "x"]])
    kept = write_column_map(open_ledger(content, "a.xlsx", rulebook).columns)
    assert "- header: 去年卖了多少\n" in kept
    corrected = kept.replace("- header: 去年卖了多少\n", "- header: 去年卖了多少\n  question: revenue\n  unit: 元\n")
    ledger = open_ledger(content, "a.xlsx", rulebook, read_column_map(corrected, rulebook))
    answers = ledger.read().clients[0].profile.answers
    assert answers["revenue"] == 7
    assert "high_tech" in answers["titles"].chosen  # type: ignore[union-attr]
    assert columns_of(ledger) == {"备注": None}
    assert write_column_map(ledger.columns) == corrected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("columns: [\n", "列对照看不懂（第 2 行）。"),
        ("- a", "列对照看不懂（内容）。"),
        ("columns: [{header: 甲, question: revenu}]", "列对照里“甲”写的题目“revenu”不存在。"),
        ("columns: [{header: 甲, question: titles, option: x}]", "列对照里“甲”写的选项“x”不存在。"),
        ("columns: [{header: 甲, question: city, option: dalian}]", "列对照里“甲”：只有多选题的选项能单独成列"),
        ("columns: [{header: 甲, question: revenue, unit: 吨}]", "列对照里“甲”的单位“吨”和题目的单位“万元”换算不了。"),
    ],
)
def test_a_column_map_that_cannot_be_used_is_one_sentence(rulebook: Rulebook, text: str, message: str) -> None:
    with pytest.raises(ColumnMapError) as caught:
        read_column_map(text, rulebook)
    assert str(caught.value).startswith(message)


def test_hostile_names_stay_text(rulebook: Rulebook) -> None:
    names = ["<script>alert(1)</script>", "'); DROP TABLE clients;--", "=HYPERLINK(\"http://x\")", "𠮷野家🏭公司", "甲\u202e乙", "../../etc/passwd"]
    found = open_ledger(csv_file([["企业名称"], *([n] for n in names)], "utf-8"), "a.csv", rulebook).read()
    assert [c.name for c in found.clients] == [*names[:4], "甲乙", names[5]]  # invisible marks that turn the text round are dropped
    assert found.faults == ()


def test_formulas_are_read_as_saved_and_told_where_nothing_was_saved(rulebook: Rulebook) -> None:
    found = read([["企业名称", "营业收入（万元）"], ["甲", "=1+1"]], rulebook)
    assert "revenue" not in found.clients[0].profile.answers
    assert [str(f) for f in found.faults] == ["第 2 行“营业收入（万元）”：单元格是公式，没有存下结果。请在 Excel 或 WPS 里打开、算好后保存，或者直接写数。"]


def test_a_saved_result_of_a_formula_counts_and_an_error_value_is_told(rulebook: Rulebook) -> None:
    import xlsxwriter

    target = BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["企业名称", "营业收入（万元）", "从业人员（人）"])
        sheet.write_string(1, 0, "甲")
        sheet.write_formula(1, 1, "=600*2", None, 1200)
        sheet.write_formula(1, 2, "=1/0", None, "#DIV/0!")
    found = open_ledger(target.getvalue(), "a.xlsx", rulebook).read()
    assert found.clients[0].profile.answers == {"company_name": "甲", "revenue": 1200}
    assert [f.what for f in found.faults] == ["单元格是错误值 #DIV/0!"]


def repacked(content: bytes, name: str, data: bytes) -> bytes:
    target = BytesIO()
    with ZipFile(BytesIO(content)) as old, ZipFile(target, "w", ZIP_DEFLATED) as new:
        for entry in old.namelist():
            new.writestr(entry, data if entry == name else old.read(entry))
    return target.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.xlsx", b"no workbook", "这不是 .xlsx 文件"),
        ("a.xlsx", xlsx(ROWS)[:-200], "这不是 .xlsx 文件"),
        ("a.xlsx", repacked(xlsx(ROWS), "xl/worksheets/sheet1.xml", b"<worksheet><sheetData><row"), "读不了这个工作簿"),
        ("a.xlsx", repacked(xlsx(ROWS), "xl/worksheets/sheet1.xml", b" " * 60_000_000), "这个文件解开后有 60 MB，不像一份台账，没有读。"),
        ("a.xls", b"x", "这是旧格式的表格。"),
        ("a.docx", b"x", "读不了 .docx 文件。"),
        ("a.csv", b"", "表里什么都没有。"),
        ("a.csv", b"\xff\xff\xff", "看不出文件的编码。"),
        ("a.csv", "企业名称\n甲\n\"乙\n丙".encode(), "从第 3 行起读不下去：引号没有配对"),
        ("a.csv", "甲,乙\n1,2".encode(), "认不出任何一列（第一行是“甲”、“乙”）。"),
        ("a.csv", "企业名称,城市\n".encode(), "只有列名，没有企业。"),
        ("a.csv", ("企业名称" + ",x" * 600 + "\n甲").encode(), "第 1 行有 500 列以上。"),
        ("a.parquet", b"PAR1", "读不了这个 Parquet 文件"),
    ],
)
def test_a_file_that_cannot_be_used_is_one_sentence(rulebook: Rulebook, name: str, content: bytes, message: str) -> None:
    with pytest.raises(UnreadableLedgerError) as caught:
        open_ledger(content, name, rulebook)
    assert str(caught.value).startswith(message)


def test_too_many_rows_or_bytes_are_refused_not_cut_off(rulebook: Rulebook, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "MAX_ROWS", 2)
    assert len(open_ledger(csv_file([["企业名称"], ["甲"], ["乙"]], "utf-8"), "a.csv", rulebook)) == 2
    with pytest.raises(UnreadableLedgerError, match="超过 2 行"):
        open_ledger(csv_file([["企业名称"], ["甲"], ["乙"], ["丙"]], "utf-8"), "a.csv", rulebook)
    monkeypatch.setattr(sheets, "MAX_BYTES", 5)
    with pytest.raises(UnreadableLedgerError, match="太大了"):
        open_ledger(csv_file([["企业名称"], ["甲"]], "utf-8"), "a.csv", rulebook)


def test_progress_is_told_and_raising_in_it_cancels(rulebook: Rulebook) -> None:
    ledger = open_ledger(csv_file([["企业名称"], *([f"甲{n}"] for n in range(120))], "utf-8"), "a.csv", rulebook)
    told: list[tuple[int, int]] = []
    assert len(ledger.read(lambda done, of: told.append((done, of))).clients) == 120
    assert told == [(20, 120), (40, 120), (60, 120), (80, 120), (100, 120), (120, 120)]

    class StopError(Exception):
        pass

    def stop(done: int, of: int) -> None:
        raise StopError

    with pytest.raises(StopError):
        ledger.read(stop)


def test_every_other_sheet_that_looks_like_a_ledger_is_told(rulebook: Rulebook) -> None:
    header = ["序号", "企业名称", "所在市", "营业收入（万元）"]
    sheets = {
        "封面": [["园区企业台账"], ["2024 年度"]],
        "沈阳": [header, [1, "甲", "沈阳", 5]],
        "大连分园": [["大连分园台账"], header, [1, "乙", "大连", 5], [2, "丙", "大连", 5]],
        "空表": [header],
        "联系人": [["企业名称", "电话"], ["甲", "024"]],
    }
    ledger = open_ledger(workbook(sheets), "a.xlsx", rulebook)
    assert (ledger.sheet, [str(s) for s in ledger.unread]) == ("沈阳", ["“大连分园”这张表也像台账（2 行），没有读。请分开上传，或合在一张表里。"])
    assert ledger.faults == 1


def test_the_sheet_with_the_most_known_columns_is_read_and_hidden_ones_are_not(rulebook: Rulebook) -> None:
    book = load_workbook(BytesIO(xlsx([["说明"], ["企业名称在第二张表"]])))
    for name, state in (("数据", "visible"), ("旧数据", "hidden")):
        sheet = book.create_sheet(name)
        sheet.append(["企业名称", "城市", *(["行业"] if state == "hidden" else [])])
        sheet.append([name, "大连市"])
        sheet.sheet_state = state
    target = BytesIO()
    book.save(target)
    ledger = open_ledger(target.getvalue(), "a.xlsx", rulebook)
    assert (ledger.sheet, ledger.read().clients[0].name) == ("数据", "数据")
