//! The files of a run, made once by the sealed renderer and sent to every recipient alike.

use crate::schedule::Schedule;
use jiff::civil;
use model::{Error, ErrorCode, Result};
use platform::{Ctx, ReportAnswer, ReportFileFormat};
use render::mail::Attachment;
use render::worker::{self, ChartFile, Rendered};
use sha2::{Digest, Sha256};

/// Width of the chart in a mail.
const CHART_WIDTH: f64 = 632.0;
/// A message larger than this is refused by many servers.
const MAX_BYTES: usize = 20_000_000;

pub(crate) struct Files {
    pub(crate) attachments: Vec<Attachment>,
    /// Of the first attachment; empty without one.
    pub(crate) sha256: String,
    /// The chart as a PNG, with what it shows in words.
    pub(crate) chart: Option<(Rendered, String)>,
}

impl Files {
    pub(crate) fn none() -> Self {
        Self { attachments: Vec::new(), sha256: String::new(), chart: None }
    }

    /// # Errors
    /// When the renderer fails, or the files are too large for a message.
    pub(crate) fn make(
        ctx: &Ctx,
        schedule: &Schedule,
        answer: &ReportAnswer,
        day: civil::Date,
        part: Option<&str>,
    ) -> Result<Self> {
        let mut attachments = Vec::new();
        if schedule.links_only() {
            return Ok(Self::none());
        }
        if schedule.attaches() {
            for format in &schedule.formats {
                attachments.push(attachment(ctx, schedule, answer, day, part, *format)?);
            }
        }
        let chart = answer
            .chart
            .as_ref()
            .map(|chart| {
                let file = ChartFile::new(CHART_WIDTH, &ctx.user().locale);
                let made = render(ctx, worker::chart_png_request(chart, &file)?)?;
                Ok::<_, Error>((made, chart.description(&render::chart::SvgOptions::default())))
            })
            .transpose()?;
        let bytes: usize = attachments.iter().map(|attachment| attachment.content.len()).sum();
        if bytes > MAX_BYTES {
            return Err(Error::new(
                ErrorCode::QueryTooComplicated,
                format!(
                    "The files have {} MB; a message holds {}. Narrow the report.",
                    bytes / 1_000_000,
                    MAX_BYTES / 1_000_000
                ),
            ));
        }
        let sha256 = attachments.first().map(|first| hex::encode(Sha256::digest(&first.content))).unwrap_or_default();
        Ok(Self { attachments, sha256, chart })
    }
}

fn attachment(
    ctx: &Ctx,
    schedule: &Schedule,
    answer: &ReportAnswer,
    day: civil::Date,
    part: Option<&str>,
    format: ReportFileFormat,
) -> Result<Attachment> {
    let made = ctx.report_file(answer, format, &schedule.rule.spec().zone)?;
    Ok(Attachment {
        file_name: match part {
            Some(part) => format!("{} {part} {day}.{}", answer.name, format.ending()),
            None => format!("{} {day}.{}", answer.name, format.ending()),
        },
        content_type: made.media_type,
        content: made.bytes,
    })
}

fn render(ctx: &Ctx, request: Vec<u8>) -> Result<Rendered> {
    worker::read_answer(&ctx.org().renderer().render(request)?)
}
