//! Writes a document with every part into a folder, to be looked at: `cargo run -p render --example pdf_gallery -- DIR`.

use model::{Date, Decimal, Instant, Result, Value, Zone};
use render::chart::{Chart, ChartKind, Series, Stacking};
use render::format::{Formats, Locale, NumberStyle};
use render::pdf::{Block, Paper, PdfOptions, PdfWriter};
use render::{Column, Row, RowRole, Table};

fn deals() -> Table {
    let mut rows = Vec::new();
    for stage in ["Prospecting", "Qualification", "Proposal", "Negotiation", "Closed won"] {
        for at in 0..14i64 {
            let cells = vec![
                stage.into(),
                format!("Renewal {} of the framework agreement", at + 1).into(),
                ["Acme Größe GmbH", "Global Consolidated Industries Holding", "Łódź Tekstylia"][at as usize % 3].into(),
                Value::Number(Decimal::new(1_234_567 * (at + 1), 2)),
                Value::Int(10 * at % 100),
                Value::Date(Date::from_days(20_500 + at as i32 * 9)),
            ];
            rows.push(Row { role: RowRole::Detail, cells });
        }
        let cells = vec![
            format!("{stage} total").into(),
            Value::Null,
            Value::Null,
            Value::Number(Decimal::new(129_629_535, 2)),
            Value::Null,
            Value::Null,
        ];
        rows.push(Row { role: RowRole::Subtotal { level: 0 }, cells });
    }
    Table {
        title: "Pipeline by stage".into(),
        columns: vec![
            Column::text("Stage"),
            Column::text("Opportunity"),
            Column::text("Account"),
            Column::currency("Amount", "EUR"),
            Column::percent("Probability", 0),
            Column::date("Close date"),
        ],
        rows,
        totals: Some(vec![
            "Total".into(),
            Value::Null,
            Value::Null,
            Value::Number(Decimal::new(648_147_675, 2)),
            Value::Null,
            Value::Null,
        ]),
        notes: vec!["The column \"Margin\" was left out, because you may not read it.".into()],
    }
}

fn chart(kind: ChartKind) -> Chart {
    let stages = ["Prospecting", "Qualification", "Proposal", "Negotiation", "Closed won"];
    let series = |name: &str, factor: i64| Series {
        name: name.into(),
        values: (1..=5).map(|at| Some(Decimal::from(at * factor % 700_000 + 40_000))).collect(),
    };
    Chart {
        title: "Amount by stage".into(),
        subtitle: None,
        kind,
        categories: stages.map(str::to_owned).to_vec(),
        series: vec![series("This year", 412_345), series("Last year", 287_654)],
        number: NumberStyle::Currency { code: "EUR".into() },
        additive: true,
    }
}

fn main() -> Result<()> {
    let folder = std::env::args().nth(1).unwrap_or_else(|| ".".into());
    let created = Instant::from_ms(1_795_000_000_000);
    let options = PdfOptions {
        title: "Pipeline by stage".into(),
        as_of: Some((created, Zone::get("Europe/Berlin").map_err(model::Error::internal)?)),
        created,
        paper: Paper::A4,
        landscape: None,
        formats: Formats::new(Locale::EN_GB),
        protection: None,
    };
    let mut writer = PdfWriter::begin(Vec::new(), options);
    writer.block(Block::Note("Close date in this year · Owner is in my team".into()))?;
    writer.block(Block::Chart(chart(ChartKind::Column { stacking: Stacking::None })))?;
    writer.block(Block::Table(deals()))?;
    for kind in [ChartKind::Line, ChartKind::Bar { stacking: Stacking::Stacked }] {
        writer.block(Block::Chart(chart(kind)))?;
    }
    let mut donut = chart(ChartKind::Donut);
    donut.series.truncate(1);
    writer.block(Block::Chart(donut))?;
    let (bytes, _) = writer.finish()?;
    std::fs::write(format!("{folder}/gallery.pdf"), bytes).map_err(model::Error::internal)
}
