//! A chart as spreadsheet programs draw it themselves: the parts of the package, and the sheet its values stand on. Who
//! opens the file can change it, and copy it into their own.

use super::cell::{CellColumn, push_cell, push_text};
use super::sheet;
use super::style::{Look, Styles, number_format};
use super::xml::{column_letters, escape};
use crate::chart::{Chart, ChartKind, Paint, SERIES_COLORS, Stacking, Theme};
use crate::format::NumberStyle;
use crate::table::{Column, ColumnKind};
use model::{Decimal, Value, Zone};
use std::fmt::Write;

const DECLARATION: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";
const CHART: &str = "http://schemas.openxmlformats.org/drawingml/2006/chart";
const DRAWING: &str = "http://schemas.openxmlformats.org/drawingml/2006/main";
const RELATIONSHIPS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

/// Whether spreadsheet programs have a chart of this kind. A dial and a single figure they have not.
pub(super) fn is_drawn(chart: &Chart) -> bool {
    let drawn = !matches!(chart.kind, ChartKind::Gauge { .. } | ChartKind::Metric { .. });
    drawn && !chart.categories.is_empty() && !chart.series.is_empty()
}

/// The column of its values: it has a number format of its own beside those of the table.
pub(super) fn value_column(chart: &Chart) -> Column {
    let kind = match &chart.number {
        NumberStyle::Plain { scale } => ColumnKind::Number { scale: *scale },
        NumberStyle::Currency { code } => ColumnKind::Currency { code: code.clone() },
        NumberStyle::Percent { scale } => ColumnKind::Percent { scale: *scale },
    };
    Column::new(chart.title.clone(), kind)
}

/// The sheet of its values: a row for each category. `typed` is the place of the values' format among the styles.
pub(super) fn sheet_xml(chart: &Chart, styles: &Styles, typed: usize) -> String {
    let widths: Vec<usize> =
        [28].into_iter().chain(chart.series.iter().map(|series| series.name.len().max(14))).collect();
    let headings: Vec<Column> = [Column::text("")]
        .into_iter()
        .chain(chart.series.iter().map(|series| Column::new(series.name.clone(), value_column(chart).kind)))
        .collect();
    let mut out = sheet::opening(&widths, false);
    out.push_str(&sheet::heading(&headings));
    let column = CellColumn { kind: value_column(chart).kind, zone: Zone::UTC };
    for (row, category) in (1u32..).zip(&chart.categories) {
        sheet::row_start(&mut out, row, 0);
        let style = styles.text(Look::Plain, crate::csv::is_dangerous_text(category), false);
        push_text(&mut out, row, 0, style, category);
        for (at, series) in chart.series.iter().enumerate() {
            if let Some(value) = series.values.get(row as usize - 1).copied().flatten() {
                let place = (row, at + 1);
                // A value of more digits than a cell holds stands as text, as everywhere.
                let _ = push_cell(&mut out, styles, &column, place, Look::Plain, &Value::Number(value), typed);
            }
        }
        out.push_str("</row>");
    }
    out.push_str(&sheet::closing_with_drawing());
    out
}

/// `xl/worksheets/_rels/sheetN.xml.rels`
pub(super) fn sheet_relationships() -> String {
    relationship("drawing", "../drawings/drawing1.xml")
}

/// `xl/drawings/_rels/drawing1.xml.rels`
pub(super) fn drawing_relationships() -> String {
    relationship("chart", "../charts/chart1.xml")
}

fn relationship(kind: &str, target: &str) -> String {
    format!(
        "{DECLARATION}<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"rId1\" Type=\"{RELATIONSHIPS}/{kind}\" Target=\"{target}\"/></Relationships>"
    )
}

/// `xl/drawings/drawing1.xml`: where on the sheet the chart stands, beside its values.
pub(super) fn drawing(chart: &Chart) -> String {
    let left = chart.series.len() + 2;
    let corner = |name: &str, column: usize, row: usize| {
        format!(
            "<xdr:{name}><xdr:col>{column}</xdr:col><xdr:colOff>0</xdr:colOff><xdr:row>{row}</xdr:row><xdr:rowOff>0</xdr:rowOff></xdr:{name}>"
        )
    };
    format!(
        concat!(
            "{d}<xdr:wsDr xmlns:xdr=\"http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing\" xmlns:a=\"{a}\">",
            "<xdr:twoCellAnchor>{from}{to}<xdr:graphicFrame macro=\"\"><xdr:nvGraphicFramePr><xdr:cNvPr id=\"2\" name=\"Chart\" descr=\"{title}\"/>",
            "<xdr:cNvGraphicFramePr/></xdr:nvGraphicFramePr><xdr:xfrm><a:off x=\"0\" y=\"0\"/><a:ext cx=\"0\" cy=\"0\"/></xdr:xfrm>",
            "<a:graphic><a:graphicData uri=\"{c}\"><c:chart xmlns:c=\"{c}\" xmlns:r=\"{r}\" r:id=\"rId1\"/></a:graphicData></a:graphic>",
            "</xdr:graphicFrame><xdr:clientData/></xdr:twoCellAnchor></xdr:wsDr>"
        ),
        d = DECLARATION,
        a = DRAWING,
        c = CHART,
        r = RELATIONSHIPS,
        from = corner("from", left, 1),
        to = corner("to", left + 10, 24),
        title = escape(&chart.title),
    )
}

/// `xl/charts/chart1.xml`. `sheet` is the name of the sheet with the values.
pub(super) fn chart_xml(chart: &Chart, sheet: &str) -> String {
    let format = escape(&number_format(&value_column(chart).kind));
    let series: String = (0..chart.series.len()).map(|at| series_xml(chart, at, sheet, &format)).collect();
    let grouping = |stacking: Stacking, plain: &str| match stacking {
        Stacking::None => format!("<c:grouping val=\"{plain}\"/>"),
        Stacking::Stacked => "<c:grouping val=\"stacked\"/>".to_owned(),
        Stacking::Percent => "<c:grouping val=\"percentStacked\"/>".to_owned(),
    };
    let bars = |direction: &str, stacking: Stacking| {
        let overlap = if stacking == Stacking::None { "" } else { "<c:overlap val=\"100\"/>" };
        format!(
            "<c:barChart><c:barDir val=\"{direction}\"/>{}<c:varyColors val=\"0\"/>{series}<c:gapWidth val=\"60\"/>{overlap}<c:axId val=\"1\"/><c:axId val=\"2\"/></c:barChart>{}",
            grouping(stacking, "clustered"),
            axes(direction == "bar", if stacking == Stacking::Percent { "0%" } else { &format }),
        )
    };
    let plot = match &chart.kind {
        ChartKind::Column { stacking } => bars("col", *stacking),
        ChartKind::Bar { stacking } => bars("bar", *stacking),
        ChartKind::Line => format!(
            "<c:lineChart><c:grouping val=\"standard\"/><c:varyColors val=\"0\"/>{series}<c:marker val=\"1\"/><c:axId val=\"1\"/><c:axId val=\"2\"/></c:lineChart>{}",
            axes(false, &format)
        ),
        ChartKind::Donut => format!(
            "<c:doughnutChart><c:varyColors val=\"1\"/>{series}<c:firstSliceAng val=\"0\"/><c:holeSize val=\"58\"/></c:doughnutChart>"
        ),
        // Steps from the top down say the same as a funnel.
        ChartKind::Funnel | ChartKind::Gauge { .. } | ChartKind::Metric { .. } => bars("bar", Stacking::None),
    };
    let legend = if chart.series.len() > 1 || chart.kind == ChartKind::Donut {
        "<c:legend><c:legendPos val=\"b\"/><c:overlay val=\"0\"/></c:legend>"
    } else {
        ""
    };
    format!(
        concat!(
            "{d}<c:chartSpace xmlns:c=\"{c}\" xmlns:a=\"{a}\" xmlns:r=\"{r}\"><c:roundedCorners val=\"0\"/><c:chart>",
            "<c:title><c:tx><c:rich><a:bodyPr/><a:lstStyle/><a:p><a:pPr><a:defRPr sz=\"1300\" b=\"1\"/></a:pPr><a:r><a:rPr lang=\"en-US\" sz=\"1300\" b=\"1\"/><a:t>{title}</a:t></a:r></a:p></c:rich></c:tx>",
            "<c:overlay val=\"0\"/></c:title><c:autoTitleDeleted val=\"0\"/><c:plotArea><c:layout/>{plot}</c:plotArea>{legend}",
            "<c:plotVisOnly val=\"1\"/><c:dispBlanksAs val=\"gap\"/></c:chart></c:chartSpace>"
        ),
        d = DECLARATION,
        c = CHART,
        a = DRAWING,
        r = RELATIONSHIPS,
        title = escape(&chart.title),
        plot = plot,
        legend = legend,
    )
}

fn axes(sideways: bool, format: &str) -> String {
    let (categories, values) = if sideways { ("l", "b") } else { ("b", "l") };
    // Bars are read from the top, and spreadsheets count from the bottom.
    let (order, crosses) = if sideways { ("maxMin", "max") } else { ("minMax", "autoZero") };
    format!(
        concat!(
            "<c:catAx><c:axId val=\"1\"/><c:scaling><c:orientation val=\"{order}\"/></c:scaling><c:delete val=\"0\"/><c:axPos val=\"{categories}\"/>",
            "<c:numFmt formatCode=\"General\" sourceLinked=\"0\"/><c:majorTickMark val=\"none\"/><c:minorTickMark val=\"none\"/><c:tickLblPos val=\"low\"/>",
            "<c:crossAx val=\"2\"/><c:crosses val=\"autoZero\"/><c:auto val=\"0\"/><c:lblAlgn val=\"ctr\"/><c:lblOffset val=\"100\"/><c:noMultiLvlLbl val=\"1\"/></c:catAx>",
            "<c:valAx><c:axId val=\"2\"/><c:scaling><c:orientation val=\"minMax\"/></c:scaling><c:delete val=\"0\"/><c:axPos val=\"{values}\"/>",
            "<c:majorGridlines><c:spPr><a:ln w=\"6350\"><a:solidFill><a:srgbClr val=\"E1E4E8\"/></a:solidFill></a:ln></c:spPr></c:majorGridlines>",
            "<c:numFmt formatCode=\"{format}\" sourceLinked=\"0\"/><c:majorTickMark val=\"none\"/><c:minorTickMark val=\"none\"/><c:tickLblPos val=\"nextTo\"/>",
            "<c:crossAx val=\"1\"/><c:crosses val=\"{crosses}\"/></c:valAx>"
        ),
        order = order,
        crosses = crosses,
        categories = categories,
        values = values,
        format = format,
    )
}

fn series_xml(chart: &Chart, at: usize, sheet: &str, format: &str) -> String {
    let series = &chart.series[at];
    let is_line = chart.kind == ChartKind::Line;
    let is_donut = chart.kind == ChartKind::Donut;
    let color = Theme::Light.color(Paint::Series(at % SERIES_COLORS)).trim_start_matches('#').to_ascii_uppercase();
    let fill = format!("<a:solidFill><a:srgbClr val=\"{color}\"/></a:solidFill>");
    let look = match (is_donut, is_line) {
        (true, _) => String::new(),
        (_, true) => format!(
            "<c:spPr><a:ln w=\"25400\">{fill}</a:ln></c:spPr><c:marker><c:symbol val=\"circle\"/><c:size val=\"6\"/><c:spPr>{fill}</c:spPr></c:marker>"
        ),
        _ => format!("<c:spPr>{fill}</c:spPr><c:invertIfNegative val=\"0\"/>"),
    };
    let (count, rows) = (chart.categories.len(), chart.categories.len() + 1);
    let mut letters = String::new();
    column_letters(&mut letters, at + 1);
    let sheet = escape(&sheet.replace('\'', "''"));
    let mut categories = String::new();
    for (at, name) in chart.categories.iter().enumerate() {
        // Writing to a String cannot fail, here and below.
        let _ = write!(categories, "<c:pt idx=\"{at}\"><c:v>{}</c:v></c:pt>", escape(name));
    }
    let mut values = String::new();
    for (at, value) in series.values.iter().enumerate().take(count) {
        if let Some(value) = value {
            let stored = match chart.number {
                NumberStyle::Percent { .. } => (value / Decimal::ONE_HUNDRED).normalize(),
                _ => value.normalize(),
            };
            let _ = write!(values, "<c:pt idx=\"{at}\"><c:v>{stored}</c:v></c:pt>");
        }
    }
    format!(
        concat!(
            "<c:ser><c:idx val=\"{at}\"/><c:order val=\"{at}\"/><c:tx><c:strRef><c:f>'{sheet}'!${letters}$1</c:f><c:strCache><c:ptCount val=\"1\"/>",
            "<c:pt idx=\"0\"><c:v>{name}</c:v></c:pt></c:strCache></c:strRef></c:tx>{look}",
            "<c:cat><c:strRef><c:f>'{sheet}'!$A$2:$A${rows}</c:f><c:strCache><c:ptCount val=\"{count}\"/>{categories}</c:strCache></c:strRef></c:cat>",
            "<c:val><c:numRef><c:f>'{sheet}'!${letters}$2:${letters}${rows}</c:f><c:numCache><c:formatCode>{format}</c:formatCode><c:ptCount val=\"{count}\"/>{values}</c:numCache></c:numRef></c:val>",
            "{smooth}</c:ser>"
        ),
        at = at,
        sheet = sheet,
        letters = letters,
        name = escape(&series.name),
        look = look,
        rows = rows,
        count = count,
        categories = categories,
        format = format,
        values = values,
        smooth = if is_line { "<c:smooth val=\"0\"/>" } else { "" },
    )
}
