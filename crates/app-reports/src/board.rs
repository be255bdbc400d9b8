//! A dashboard as somebody looks at it: with whose rights its reports are asked, narrowed by which choices, and what they
//! answered. Answers are kept for a while for one user and one choice each.

use crate::column::{Author, Base};
use crate::dashboards::SavedDashboard;
use crate::definition::ReportMetadata;
use crate::filter::rewrite::logic_with_one_more;
use crate::hook::SERVICES;
use crate::kept::{self, Kept, Question};
use crate::run::{self, ReportRun, RunOptions};
use crate::saved::SavedReport;
use model::{Error, ErrorCode, Instant, RecordId, Result};
use platform::{Ctx, QueryOptions};
use sha2::{Digest, Sha256};
use std::sync::Arc;

/// With whose rights a dashboard is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RunsAs {
    /// Those of who looks.
    Reader,
    /// Those of a user who agreed.
    User { id: RecordId, name: String },
    /// A user's who has not agreed to what it shows now: nothing is shown.
    Nobody { id: RecordId, name: String, was_asked: bool, has_refused: bool },
}

/// A dashboard that is open before somebody.
pub struct Board {
    pub saved: SavedDashboard,
    pub runs_as: RunsAs,
    /// The option that is chosen of each filter.
    pub chosen: Vec<Option<usize>>,
    /// Who asks the reports; none while nobody agreed.
    asker: Option<Ctx>,
    looks: Ctx,
}

/// What one component answered.
#[derive(Clone, Debug)]
pub struct ComponentAnswer {
    pub run: Arc<ReportRun>,
    pub report: Arc<SavedReport>,
    /// The question as it was asked, filters of the dashboard included.
    pub definition: Arc<ReportMetadata>,
    /// The instant of the snapshot.
    pub asked: Instant,
    /// Filters of the dashboard that the report has no column for.
    pub unfiltered: Vec<String>,
    pub details: bool,
}

/// A question of a component, ready to be asked.
struct Asked<'b> {
    ctx: &'b Ctx,
    report: SavedReport,
    definition: ReportMetadata,
    unfiltered: Vec<String>,
    question: Question,
}

impl Board {
    /// Opens a dashboard that the reader may see. `chosen` names an option of each filter.
    ///
    /// # Errors
    /// `NOT_FOUND` for a dashboard that is not there or that the reader may not see.
    pub fn open(ctx: &Ctx, id: RecordId, chosen: Vec<Option<usize>>) -> Result<Self> {
        Self::of(ctx, SavedDashboard::fetch(ctx, id)?, chosen)
    }

    /// As [`Board::open`], for one that was found already.
    ///
    /// # Errors
    /// What the database reports.
    pub fn of(ctx: &Ctx, saved: SavedDashboard, chosen: Vec<Option<usize>>) -> Result<Self> {
        let (asker, runs_as) = match saved.definition.running_user.filter(|user| Some(*user) != ctx.user_id()) {
            None => (Some(ctx.clone()), RunsAs::Reader),
            Some(user) => with_rights_of(ctx, &saved, user)?,
        };
        let filters = &saved.definition.filters;
        let options =
            |at: usize| chosen.get(at).copied().flatten().filter(|option| *option < filters[at].options.len());
        let chosen = (0..filters.len()).map(options).collect();
        Ok(Self { saved, runs_as, chosen, asker, looks: ctx.clone() })
    }

    /// Who is asked in the name of.
    pub fn asker(&self) -> Option<&Ctx> {
        self.asker.as_ref()
    }

    /// What a component answers: what was kept for this user and these choices, or asked now.
    ///
    /// # Errors
    /// What the engine says of the report; `INSUFFICIENT_ACCESS_OR_READONLY` while nobody agreed.
    pub fn answer(&self, at: usize) -> Result<ComponentAnswer> {
        let Asked { ctx, report, definition, unfiltered, question } = self.asked(at)?;
        let details = question.details;
        let kept = match kept::find(&question, ctx.now()) {
            Some(kept) => kept,
            None => {
                let options = RunOptions { details: Some(details), ..RunOptions::default() };
                let run = run::run(ctx, &definition, &options)?;
                let kept = Kept { asked: run.as_of, run: Arc::new(ReportRun { report: Some(report.id), ..run }) };
                kept::keep(question, kept.clone());
                kept
            }
        };
        let (report, definition) = (Arc::new(report), Arc::new(definition));
        Ok(ComponentAnswer { run: kept.run, asked: kept.asked, report, definition, unfiltered, details })
    }

    /// What a component would ask, and in whose name.
    fn asked(&self, at: usize) -> Result<Asked<'_>> {
        let component = self.saved.definition.components.get(at).ok_or_else(Error::not_found)?;
        let ctx = self.asker.as_ref().ok_or_else(|| {
            let words = "Nothing is shown until the user agreed with whose rights it would be.";
            Error::new(ErrorCode::InsufficientAccessOrReadonly, words)
        })?;
        let report = SavedReport::fetch(ctx, component.report_id)?;
        let is_table = component.chart_kind().is_ok_and(|kind| kind.is_none());
        // A list of records on a dashboard is a table; everything else needs figures alone.
        let details = is_table && report.definition.groupings_down.is_empty();
        let (definition, unfiltered) = self.narrowed(ctx, &report.definition)?;
        let question = Question {
            org: ctx.org().id().to_string(),
            dashboard: self.saved.id,
            report: report.id,
            user: ctx.user_id().ok_or_else(|| Error::internal("a dashboard runs as a user"))?,
            rights: ctx.rights_print(),
            details,
            definition: definition.to_json()?,
        };
        Ok(Asked { ctx, report, definition, unfiltered, question })
    }

    /// Whether who looks may open a report of it themselves.
    pub fn may_open(&self, report: RecordId) -> bool {
        SavedReport::fetch(&self.looks, report).is_ok()
    }

    /// Forgets what was kept for its user, so that the next look asks anew.
    pub fn refresh(&self) {
        if let Some(user) = self.asker.as_ref().and_then(Ctx::user_id) {
            kept::forget(&self.looks.org().id().to_string(), self.saved.id, user);
        }
    }

    /// When the kept answer of a component was asked; none where a look would ask anew.
    pub fn asked_at(&self, at: usize) -> Option<Instant> {
        let Asked { ctx, question, .. } = self.asked(at).ok()?;
        kept::find(&question, ctx.now()).map(|kept| kept.asked)
    }

    fn narrowed(&self, ctx: &Ctx, report: &ReportMetadata) -> Result<(ReportMetadata, Vec<String>)> {
        let mut narrowed = report.clone();
        let mut unfiltered = Vec::new();
        for (filter, option) in self.saved.definition.filters.iter().zip(&self.chosen) {
            let Some(option) = option.and_then(|at| filter.options.get(at)) else { continue };
            // A column that is there and may not be read refuses the run: to leave the filter out would show more.
            if Base::bind(ctx, report, &Author::Saved)?.column("filters", &filter.column).is_err() {
                unfiltered.push(filter.name.clone());
                continue;
            }
            for added in option.filters(&filter.column).unwrap_or_default() {
                let before = narrowed.report_filters.len();
                narrowed.report_boolean_filter =
                    narrowed.report_boolean_filter.map(|logic| logic_with_one_more(&logic, before));
                narrowed.report_filters.push(added);
            }
        }
        Ok((narrowed, unfiltered))
    }
}

fn with_rights_of(ctx: &Ctx, saved: &SavedDashboard, user: RecordId) -> Result<(Option<Ctx>, RunsAs)> {
    let print = print_of(ctx, saved)?;
    let name = user_name(ctx, user)?;
    match ctx.as_agreed(saved.id, user, &print) {
        Ok(asker) => Ok((Some(asker), RunsAs::User { id: user, name })),
        Err(error) if error.code() == ErrorCode::InsufficientAccessOrReadonly => {
            let agreement = ctx.dashboard_agreement(saved.id, user)?.filter(|agreement| agreement.print == print);
            let was_asked = agreement.is_some();
            let has_refused = agreement.is_some_and(|agreement| agreement.answered.is_some() && !agreement.agreed);
            Ok((None, RunsAs::Nobody { id: user, name, was_asked, has_refused }))
        }
        Err(error) => Err(error),
    }
}

/// What a user is called, as far as the reader may see.
fn user_name(ctx: &Ctx, user: RecordId) -> Result<String> {
    let unknown = || "Somebody you cannot see".to_owned();
    if ctx.object("User").is_err() {
        return Ok(unknown());
    }
    let (_, rows) =
        ctx.query_all_rows(&format!("SELECT Name FROM User WHERE Id = '{user}'"), QueryOptions::default())?;
    Ok(rows.first().map_or_else(unknown, |row| row.cells[0].value().to_plain()))
}

/// What a dashboard shows, as who lends their rights agrees to it: its reports as they are defined, and its filters. How it
/// is laid out is no part of it.
///
/// # Errors
/// What the database reports.
pub fn print_of(ctx: &Ctx, saved: &SavedDashboard) -> Result<String> {
    let service = Ctx::for_service(ctx.org(), &SERVICES[2])?;
    let mut reports: Vec<RecordId> = saved.definition.components.iter().map(|component| component.report_id).collect();
    reports.sort();
    reports.dedup();
    let mut digest = Sha256::new();
    for report in reports {
        let text = format!("SELECT Definition FROM Report WHERE Id = '{report}'");
        let (_, rows) = service.query_all_rows(&text, QueryOptions::default())?;
        let definition = rows.first().and_then(|row| row.cells[0].value().as_text().map(str::to_owned));
        digest.update(report.to_string());
        digest.update([0]);
        digest.update(definition.unwrap_or_default());
        digest.update([0]);
    }
    digest.update(serde_json::to_string(&saved.definition.filters).map_err(Error::internal)?);
    Ok(digest.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect())
}
