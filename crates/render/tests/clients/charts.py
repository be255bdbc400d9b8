"""Opens workbooks with charts in openpyxl and in LibreOffice: both must find the chart, and its values on the sheet."""

import os
import pathlib
import subprocess

import openpyxl
from openpyxl.chart import BarChart, DoughnutChart, LineChart

folder = pathlib.Path(os.environ["FOLDER"])
expected = {
    "column": (BarChart, 2, {"barDir": "col", "grouping": "clustered"}),
    "stacked": (BarChart, 2, {"barDir": "col", "grouping": "stacked"}),
    "bar": (BarChart, 1, {"barDir": "bar", "grouping": "clustered"}),
    "line": (LineChart, 2, {"grouping": "standard"}),
    "donut": (DoughnutChart, 1, {}),
}
for name, (kind, count, traits) in expected.items():
    book = openpyxl.load_workbook(folder / f"{name}.xlsx")
    assert book.sheetnames == ["Deals", "Chart", "Notes"], book.sheetnames
    sheet = book["Chart"]
    [chart] = sheet._charts
    assert type(chart) is kind, chart
    for trait, value in traits.items():
        assert getattr(chart, trait) == value, (name, trait, getattr(chart, trait))
    assert len(chart.series) == count
    for at, series in enumerate(chart.series):
        column = "BC"[at]
        assert series.val.numRef.f == f"'Chart'!${column}$2:${column}$4", series.val.numRef.f
        assert series.cat.strRef.f == "'Chart'!$A$2:$A$4"
        cached = {point.idx: float(point.v) for point in series.val.numRef.numCache.pt}
        cells = [sheet.cell(row=row, column=at + 2) for row in (2, 3, 4)]
        stored = {row: float(cell.value) for row, cell in enumerate(cells) if cell.value is not None}
        assert cached == stored and 1 in cached, (cached, stored)
        assert cells[1].number_format == "[$EUR] #,##0.00", cells[1].number_format
    categories = [sheet.cell(row=row, column=1) for row in (2, 3, 4)]
    assert [cell.value for cell in categories] == ["=Prospecting", "Größe & <Co>", "Closed"]
    assert categories[0].data_type == "s" and categories[0].quotePrefix, "never a formula"
for name in ("gauge", "none"):
    assert "Chart" not in openpyxl.load_workbook(folder / f"{name}.xlsx").sheetnames, name

# LibreOffice draws each chart: its title stands on the page.
names = list(expected)
profile = (folder / "profile").as_uri()
subprocess.run(
    ["soffice", f"-env:UserInstallation={profile}", "--headless", "--convert-to", "pdf", "--outdir", str(folder)]
    + [str(folder / f"{name}.xlsx") for name in names],
    check=True,
    timeout=100,
    capture_output=True,
)
for name in names:
    text = subprocess.run(
        ["pdftotext", "-layout", str(folder / f"{name}.pdf"), "-"], check=True, capture_output=True, timeout=20
    ).stdout.decode()
    assert "Amount by stage" in text, (name, text)
    assert "=Prospecting" in text and "Größe & <Co>" in text, (name, text)
print("ok")
